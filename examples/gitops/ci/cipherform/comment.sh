#!/usr/bin/env bash
# Shows the plan of one environment in the pull request: one comment, which later plans replace. Its second line is the
# record that approved.sh reads after the merge: environment, head commit, fingerprint.
# Wants GH_TOKEN (pull-requests: write) and what plan.sh left in KIT_OUT; no key.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"
. "$here/values.sh"
. "$here/sticky.sh"

read_place
number=$(jq -r '.pull_request.number // ""' "$GITHUB_EVENT_PATH")
head=$(jq -r '.pull_request.head.sha // ""' "$GITHUB_EVENT_PATH")
is_number "$number" || die "this run belongs to no pull request"
is_commit "$head" || die "this run's event names no head commit"
marker="<!-- cipherform:plan:$environment -->"
text=$(mktemp)
trap 'rm -f "$text"' EXIT

outcome=failed
[ ! -f "$out/outcome" ] || outcome=$(<"$out/outcome")
case $outcome in
  changes | no-changes | refused)
    fingerprint=$(<"$out/fingerprint")
    is_fingerprint "$fingerprint" || die "the plan for $environment has no fingerprint"
    record="<!-- cipherform:shown environment=$environment head=$head fingerprint=$fingerprint -->"
    # The form begins with the marker, too; the record has to be the second line.
    awk -v marker="$marker" 'NR == 1 && $0 == marker { next } { print }' "$out/plan.md" >"$text"
    too_long="### cipherform: plan for $environment"$'\n\n'"Fingerprint: $fingerprint. The plan does not fit here; it is "
    too_long+="in the summary and the artifacts of $(run_link)."
    body=$(body_json "$marker"$'\n'"$record"$'\n\n' "$text" "$too_long")
    ;;
  *)
    printf '### cipherform: no plan for %s\n\nAs it is, nothing of this pull request is applied there; %s says why.\n' \
      "$environment" "the log of $(run_link)" >"$text"
    body=$(body_json "$marker"$'\n\n' "$text" "")
    ;;
esac

comments=repos/$GITHUB_REPOSITORY/issues/$number/comments
own=$(gh api --paginate "$comments?per_page=100" | own_ids "$marker")
if [ -n "$own" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/${own%%$'\n'*}" --input - <<<"$body" >/dev/null
else
  gh api --method POST "$comments" --input - <<<"$body" >/dev/null
fi
