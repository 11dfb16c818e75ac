#!/usr/bin/env bash
# Applies one environment, if its plan is still the one with KIT_FINGERPRINT. Wants the key that may write, in
# CIPHERFORM_API_KEY. KIT_ACKNOWLEDGE may hold acknowledgements of guardrails: "removals=37 creates=250".
# Exit code: cipherform's own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"
. "$here/values.sh"

meaning() { # meaning EXIT_CODE
  case $1 in
    0) echo "$environment is as the declaration says." ;;
    3) echo "A guardrail refused the plan for $environment, or a part of it is blocked and was left out." ;;
    4) echo "The plan for $environment is not the one that was approved any more. Nothing was changed." ;;
    5) echo "$environment was changed in part. Plan again, and apply what is left." ;;
    130) echo "The apply to $environment was interrupted. Plan again, and apply what is left." ;;
    *) echo "The apply to $environment failed." ;;
  esac
}

read_place
fingerprint=${KIT_FINGERPRINT:-}
is_fingerprint "$fingerprint" || die "KIT_FINGERPRINT is no fingerprint: nothing was approved for $environment"
arguments=(--auto-approve --expect-fingerprint "$fingerprint" --json)
read_acknowledgements "${KIT_ACKNOWLEDGE:-}"
for acknowledgement in "${acknowledgements[@]}"; do arguments+=(--ack "$acknowledgement"); done

make_place events.jsonl messages log
code=0
cipherform -C "$directory" apply -e "$environment" "${arguments[@]}" >"$out/events.jsonl" 2>"$out/log" || code=$?

# One line for each event; a line that is no event is shown as it is.
jq -Rr '(fromjson? | objects | ."@message" | strings) // .' "$out/events.jsonl" >"$out/messages"
print_untrusted "What the apply to $environment did" "$out/messages"
print_untrusted "What cipherform said about $environment" "$out/log"
{
  printf '### cipherform: apply to %s\n\n%s Exit code %s, fingerprint %s.\n\n' "$environment" "$(meaning "$code")" \
    "$code" "$fingerprint"
  preformatted "$out/messages"
} | add_summary
if [ "$code" -eq 0 ]; then say notice "$(meaning 0)"; else say error "$(meaning "$code")"; fi
set_output exit-code "$code"
exit "$code"
