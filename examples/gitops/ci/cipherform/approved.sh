#!/usr/bin/env bash
# Finds out which plan was approved for one environment, as the output `fingerprint`; fails where that is not certain.
# After a merge it is the record in the comment that comment.sh wrote in the merged pull request: written and last
# edited by github-actions[bot], and made for the very head commit that was merged. In a run that somebody started by
# hand it is the fingerprint that they typed; the summary then says so, with the guardrails that they acknowledge.
# Wants GH_TOKEN (contents: read, pull-requests: read); no key.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"
. "$here/values.sh"

not_approved() { # not_approved WHY
  say error "No approved plan for $environment: $1. Nothing is applied; docs/gitops.md says how to go on."
  exit 1
}

typed_fingerprint() {
  [ "$GITHUB_REF" = "refs/heads/$main" ] || not_approved "this run is not of the branch $main"
  fingerprint=$(jq -r '.inputs.fingerprint // ""' "$GITHUB_EVENT_PATH")
  is_fingerprint "$fingerprint" || not_approved "what was typed is no fingerprint"
  read_acknowledgements "$(jq -r '.inputs.acknowledge // ""' "$GITHUB_EVENT_PATH")"
  # The run's page does not show what was typed, and its reviewers have to know.
  printf 'Started by hand for %s, with fingerprint %s, acknowledging %s.\n' "$environment" "$fingerprint" \
    "${acknowledgements[*]:-no guardrail}" | add_summary
}

# Sets number and head of the one pull request whose merge made this commit.
merged_pull_request() {
  local merged
  is_commit "$GITHUB_SHA" || not_approved "this run is of no commit"
  merged=$(gh api --paginate "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls?per_page=100" |
    jq -rs --arg commit "$GITHUB_SHA" --arg main "$main" '
      .[][] | select(.merged_at != null and .merge_commit_sha == $commit and .base.ref == $main)
      | "\(.number) \(.head.sha)"')
  [ -n "$merged" ] || not_approved "no merged pull request made commit $GITHUB_SHA"
  [[ $merged != *$'\n'* ]] || not_approved "several pull requests made commit $GITHUB_SHA"
  read -r number head <<<"$merged"
  is_number "$number" || not_approved "the pull request has no number"
  is_commit "$head" || not_approved "the pull request has no head commit"
}

# The comments of the bot that begin with this environment's marker, as JSON objects, one a line.
plan_comments() {
  # shellcheck disable=SC2016 # GraphQL's variables
  local query='query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { comments(first: 100, after: $endCursor) {
      pageInfo { hasNextPage endCursor }
      nodes { body author { __typename login } editor { __typename login } } } } } }'
  gh api graphql --paginate -f query="$query" -f owner="${GITHUB_REPOSITORY%%/*}" -f name="${GITHUB_REPOSITORY#*/}" \
    -F number="$number" | jq -c --arg marker "<!-- cipherform:plan:$environment -->" '
      .data.repository.pullRequest.comments.nodes[]
      | select(.author.__typename == "Bot" and .author.login == "github-actions" and (.body | startswith($marker)))'
}

shown_fingerprint() {
  local comment edited_by record
  merged_pull_request
  comment=$(plan_comments)
  [ -n "$comment" ] || not_approved "pull request #$number shows none"
  [[ $comment != *$'\n'* ]] || not_approved "pull request #$number shows several"
  edited_by=$(jq -r '.editor | if . == null then "" else "\(.__typename) \(.login)" end' <<<"$comment")
  [ -z "$edited_by" ] || [ "$edited_by" = "Bot github-actions" ] ||
    not_approved "its comment in pull request #$number was edited by somebody"
  record=$(jq -r '.body | split("\n")[1] // "" | rtrimstr("\r")' <<<"$comment")
  [[ $record =~ ^"<!-- cipherform:shown environment=$environment head="([0-9a-f]{40})" fingerprint="([0-9a-f]{16})" -->"$ ]] ||
    not_approved "the last plan in pull request #$number failed"
  [ "${BASH_REMATCH[1]}" = "$head" ] ||
    not_approved "the plan in pull request #$number is of another commit than the one that was merged"
  fingerprint=${BASH_REMATCH[2]}
}

read_place
main=$(jq -r '.repository.default_branch // ""' "$GITHUB_EVENT_PATH")
[ -n "$main" ] || not_approved "this run's event names no default branch"
case $GITHUB_EVENT_NAME in
  workflow_dispatch) typed_fingerprint ;;
  push) shown_fingerprint ;;
  *) not_approved "$GITHUB_EVENT_NAME approves nothing" ;;
esac
say notice "Approved for $environment: the plan $fingerprint"
set_output fingerprint "$fingerprint"
