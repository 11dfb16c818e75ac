# shellcheck shell=bash
# Comments and issues that are found again by a hidden first line, and written by github-actions[bot]. One of another
# author with the same first line is not ours: it is neither read nor changed. Sourced by the steps.

longest_body=65536 # characters, GitHub's limit

# The ids of our own, oldest first, among the objects in one or more JSON arrays.
own_ids() { # own_ids MARKER < JSON
  jq -rs --arg marker "$1" '
    [.[][] | select(.user.login == "github-actions[bot]" and .user.type == "Bot" and .pull_request == null
                    and (.body // "" | startswith($marker)))] | sort_by(.id) | .[].id'
}

# The body of a comment or an issue as the JSON that GitHub takes. A text that does not fit is left out, with SHORT in
# its place; what HEAD says always stays.
body_json() { # body_json HEAD TEXT_FILE SHORT [FIELDS]
  jq -n --arg head "$1" --rawfile text "$2" --arg short "$3" --argjson limit "$longest_body" \
    --argjson fields "${4:-"{}"}" '
    ($head + $text) as $whole
    | $fields + {body: (if ($whole | length) <= $limit then $whole else $head + $short end)}'
}

run_link() {
  printf '[this run](%s/%s/actions/runs/%s)' "${GITHUB_SERVER_URL:-https://github.com}" "$GITHUB_REPOSITORY" \
    "$GITHUB_RUN_ID"
}
