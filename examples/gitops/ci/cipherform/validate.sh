#!/usr/bin/env bash
# Checks the declaration, offline, without a key: safe for anybody's pull request. Errors become annotations of the
# lines that they are about; with KIT_CODEQUALITY=FILE also a Code Quality report for GitLab.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"

directory=${KIT_DIRECTORY:-.}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
cipherform -C "$directory" validate >"$log" 2>&1 || code=$?
print_untrusted "cipherform validate" "$log"
if on_github; then bash "$here/diagnostics.sh" github "$directory" <"$log"; fi
if [ -n "${KIT_CODEQUALITY:-}" ]; then bash "$here/diagnostics.sh" codequality "$directory" <"$log" >"$KIT_CODEQUALITY"; fi
if [ "$code" -ne 0 ]; then
  printf '### cipherform: the declaration is not valid\n\n%s\n' "$(preformatted "$log")" | add_summary
fi
exit "$code"
