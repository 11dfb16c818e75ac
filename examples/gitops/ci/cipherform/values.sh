# shellcheck shell=bash
# What counts as an environment's name, a fingerprint, a commit and so on. Everything else that a file, a comment or an event
# says is text, and is never used as one of these. Sourced by the steps.

LC_ALL=C # [a-z] is those 26, in every locale

is_environment() { [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ ]]; }
is_fingerprint() { [[ $1 =~ ^[0-9a-f]{16}$ ]]; }
is_commit() { [[ $1 =~ ^[0-9a-f]{40}$ ]]; }
is_branch() { [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._/-]*$ && $1 != *..* ]]; }
is_number() { [[ $1 =~ ^[1-9][0-9]{0,17}$ ]]; }
is_acknowledgement() { [[ $1 =~ ^([a-z][a-z_-]*=[0-9]+|tenant=[0-9a-f]{16})$ ]]; }

die() { # die MESSAGE
  say error "$1"
  exit 1
}

# Sets environment, directory (the project) and out (where a plan and its forms are kept), from KIT_ENVIRONMENT,
# KIT_DIRECTORY and KIT_OUT.
# shellcheck disable=SC2034 # for those who source this
read_place() {
  environment=${KIT_ENVIRONMENT:-}
  is_environment "$environment" || die "KIT_ENVIRONMENT names no environment"
  directory=${KIT_DIRECTORY:-.}
  out=${KIT_OUT:-${RUNNER_TEMP:-$PWD}/cipherform-$environment}
  [[ $out = /* ]] || out=$PWD/$out # cipherform -C would take it from the project
}

# Sets acknowledgements from text such as "removals=37 creates=250".
read_acknowledgements() { # read_acknowledgements TEXT
  local acknowledgement
  [[ $1 != *$'\n'* ]] || die "acknowledgements stand on one line"
  read -r -a acknowledgements <<<"$1"
  for acknowledgement in "${acknowledgements[@]}"; do
    is_acknowledgement "$acknowledgement" || die "an acknowledgement reads like removals=37"
  done
}

# Makes the directory out, readable by nobody else, without these files of an earlier run.
make_place() { # make_place FILE...
  local file
  mkdir -p "$out"
  chmod 700 "$out"
  for file in "$@"; do rm -f "$out/$file"; done
}
