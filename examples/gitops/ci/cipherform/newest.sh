#!/usr/bin/env bash
# Fails unless this run is of the newest commit of the default branch: a run that waited for its reviewers, or that was
# started again, must not bring back what a later merge has changed. Wants GH_TOKEN (contents: read); no key.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/output.sh"
. "$here/values.sh"

main=$(jq -r '.repository.default_branch // ""' "$GITHUB_EVENT_PATH")
is_branch "$main" || die "this run's event names no default branch"
newest=$(gh api "repos/$GITHUB_REPOSITORY/git/ref/heads/$main" | jq -r '.object.sha // ""')
is_commit "$newest" || die "GitHub does not say which commit of $main is the newest"
[ "$newest" = "$GITHUB_SHA" ] || die "$main has moved on to $newest: the run of that commit decides. Nothing is applied."
