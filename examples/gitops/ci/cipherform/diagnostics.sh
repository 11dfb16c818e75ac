#!/usr/bin/env bash
# Turns lines of the form `file:line:column: error: message`, or `file: error: message` where a whole file is wrong, on
# standard input into what a forge shows at that line; every other line is left out. File names and messages come from
# the pull request: they are escaped for where they go.
#   diagnostics.sh github [DIRECTORY]       ::error file=…,line=…,col=…::message
#   diagnostics.sh codequality [DIRECTORY]  a Code Quality report for GitLab
# DIRECTORY is where the project is in the repository.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"

diagnostics() { # JSON objects, one a line
  harmless | jq -Rc --arg directory "$1" '
    capture("^(?:(?<whole>[^:]+\\.ya?ml)|(?<file>.+?):(?<line>[0-9]+):(?<column>[0-9]+)): "
            + "(?<level>error|warning): (?<message>.*)$")?
    | .file = ($directory | sub("^(\\./)+"; "") | sub("/+$"; "") | if . == "" or . == "." then "" else . + "/" end)
              + (.whole // .file)'
}

github() {
  jq -r '
    def data: gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
    def property: data | gsub(":"; "%3A") | gsub(","; "%2C");
    (if .line then "line=\(.line),col=\(.column)," else "" end) as $place
    | "::\(.level) file=\(.file | property),\($place)title=cipherform::\(.message | data)"'
}

codequality() {
  local diagnostic fingerprint
  while IFS= read -r diagnostic; do
    fingerprint=$(printf '%s' "$diagnostic" | sha256sum)
    jq -c --arg fingerprint "${fingerprint%% *}" '{
      description: .message, check_name: "cipherform-validate", fingerprint: $fingerprint,
      severity: (if .level == "error" then "major" else "minor" end),
      location: {path: .file, lines: {begin: (.line // "1" | tonumber)}}}' <<<"$diagnostic"
  done | jq -s .
}

case ${1:-} in
  github | codequality) diagnostics "${2:-.}" | "$1" ;;
  *)
    echo "usage: diagnostics.sh github|codequality [DIRECTORY]" >&2
    exit 1
    ;;
esac
