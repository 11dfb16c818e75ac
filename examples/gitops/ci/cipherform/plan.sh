#!/usr/bin/env bash
# Plans one environment and leaves every form of the plan in KIT_OUT. Wants the read-only key, in CIPHERFORM_API_KEY.
# With KIT_EXPECTED_FINGERPRINT it fails (4) if this is not the plan that was approved, and there is something to do.
# Exit codes: 0 there is a plan (`outcome` says whether anything changes), 1 there is none, 4 another plan.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"
. "$here/values.sh"

make_plan() {
  local code=0
  make_place "$environment.plan" plan.txt plan.md plan.json plan.html stdout log fingerprint
  echo failed >"$out/outcome" # until something better is known
  cipherform -C "$directory" plan -e "$environment" --detailed-exitcode --out "$out/$environment.plan" \
    --format "text=$out/plan.txt" --format "markdown=$out/plan.md" --format "json=$out/plan.json" \
    --format "html=$out/plan.html" >"$out/stdout" 2>"$out/log" || code=$?
  print_untrusted "The plan for $environment" "$out/plan.txt"
  print_untrusted "What cipherform said about $environment" "$out/log"
  case $code in
    0) outcome=no-changes ;;
    2) outcome=changes ;;
    3) outcome=refused ;;
    *) no_plan "cipherform plan ended with $code" ;;
  esac
}

no_plan() { # no_plan WHY
  printf '### cipherform: no plan for %s\n\n%s; the log of this run says more.\n' "$environment" "$1" | add_summary
  die "no plan for $environment: $1"
}

read_place
set_output directory "$out"
make_plan
fingerprint=$(jq -r '.cipherform.fingerprint // ""' "$out/plan.json") || no_plan "its JSON cannot be read"
is_fingerprint "$fingerprint" || no_plan "it has no fingerprint"
[ -s "$out/plan.md" ] || no_plan "it has no Markdown form"

printf '%s\n' "$outcome" >"$out/outcome"
printf '%s\n' "$fingerprint" >"$out/fingerprint"
set_output outcome "$outcome"
set_output fingerprint "$fingerprint"
add_summary <"$out/plan.md"

if [ "$outcome" = refused ]; then
  say warning "A guardrail refuses the plan for $environment, or something in it is blocked: see its first lines."
fi
expected=${KIT_EXPECTED_FINGERPRINT:-}
[ -z "$expected" ] || is_fingerprint "$expected" || die "KIT_EXPECTED_FINGERPRINT is no fingerprint"
if [ -n "$expected" ] && [ "$expected" != "$fingerprint" ] && [ "$outcome" != no-changes ]; then
  say error "The plan for $environment is now $fingerprint, and $expected was approved. Nothing is applied."
  exit 4
fi
