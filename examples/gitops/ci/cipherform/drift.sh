#!/usr/bin/env bash
# One issue for each environment that is not as main declares it: opened when plan.sh finds something to change, brought
# up to date by later runs, closed when there is nothing left. Wants GH_TOKEN (issues: write) and what plan.sh left in
# KIT_OUT; no key.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"
. "$here/values.sh"
. "$here/sticky.sh"

issue_body() { # issue_body FIELDS: the issue as JSON
  local head
  head=$marker$'\n'"$environment is not as the default branch declares it: the tenant was changed by hand, or a merge was "
  head+="not applied. What an apply would change, as of $(run_link):"$'\n\n'
  body_json "$head" "$out/plan.md" "The plan does not fit here; it is in the run's summary." "$1"
}

open_or_update() {
  if [ -n "$own" ]; then
    gh api --method PATCH "$issues/${own%%$'\n'*}" --input - <<<"$(issue_body '{}')" >/dev/null
  else
    gh api --method POST "$issues" --input - \
      <<<"$(issue_body "{\"title\": \"cipherform: $environment has drifted\"}")" >/dev/null
  fi
  say warning "$environment has drifted from the declaration."
}

close_all() {
  local id
  for id in $own; do
    is_number "$id" || die "an issue's number cannot be read"
    gh api --method POST "$issues/$id/comments" --input - \
      <<<"$(jq -n --arg body "$environment is as declared again, says $(run_link)." '{body: $body}')" >/dev/null
    gh api --method PATCH "$issues/$id" --input - <<<'{"state": "closed", "state_reason": "completed"}' >/dev/null
  done
}

read_place
marker="<!-- cipherform:drift:$environment -->"
issues=repos/$GITHUB_REPOSITORY/issues
outcome=$(<"$out/outcome")
own=$(gh api --paginate "$issues?state=open&per_page=100" |
  jq -c 'map(.id = .number)' | own_ids "$marker")
case $outcome in
  changes | refused) open_or_update ;;
  no-changes) close_all ;;
  *) die "there is no plan for $environment" ;;
esac
