# shellcheck shell=bash
# How the steps speak: logs in which untrusted text stays text, annotations, outputs, the run's summary. On GitHub a
# line of a log can be a command; what cipherform prints holds names from the tenant and from the pull request, so none
# of it reaches a log but through print_untrusted. Sourced by the steps.

on_github() { [ "${GITHUB_ACTIONS:-}" = true ]; }

random_word() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Text without control characters (C0 but tab and newline, C1), without invisible and direction-changing ones, and
# without the old form of commands (##[…]), which counts anywhere in a line, also where the log is shown.
harmless() {
  LC_ALL=C tr -d '\000-\010\013-\037\177' |
    LC_ALL=C sed -e 's/\xc2[\x80-\x9f]//g' -e 's/\xe2\x80[\x8b-\x8f\xa8-\xae]//g' -e 's/\xe2\x81[\xa0-\xaf]//g' \
      -e 's/##\[/# #[/g'
}

print_untrusted() { # print_untrusted TITLE FILE: the file in a fold of the log
  local title=$1 file=$2 token
  [ -s "$file" ] || return 0
  token=$(random_word) # chosen after the text was written, so the text cannot hold it
  if on_github; then printf '::group::%s\n::stop-commands::%s\n' "$title" "$token"; else printf '== %s\n' "$title"; fi
  harmless <"$file" | awk '{ print "| " $0 }' # which ends the last line, too
  if on_github; then printf '::%s::\n::endgroup::\n' "$token"; fi
}

escape_data() { # escape_data TEXT: as the data of a workflow command
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

say() { # say error|warning|notice MESSAGE
  if on_github; then
    printf '::%s::%s\n' "$1" "$(escape_data "$2")"
  else
    printf '%s: %s\n' "$1" "$2" >&2
  fi
}

set_output() { # set_output NAME VALUE, for later steps
  local delimiter
  [ -n "${GITHUB_OUTPUT:-}" ] || return 0
  delimiter=$(random_word)
  printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"$GITHUB_OUTPUT"
}

add_summary() { # add_summary < Markdown; GitHub drops a summary of more than 1 MiB
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    head -c 1000000 >>"$GITHUB_STEP_SUMMARY"
    printf '\n' >>"$GITHUB_STEP_SUMMARY"
  else
    cat >/dev/null
  fi
}

preformatted() { # preformatted FILE: Markdown that shows its end as it is
  printf '<pre>\n'
  tail -n 100 "$1" | harmless | jq -Rr '.[0:500] | @html'
  printf '</pre>\n'
}
