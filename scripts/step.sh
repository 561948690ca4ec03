#!/usr/bin/env bash
# Runs one step of `make test` and says what it is and how long it took:
# `scripts/step.sh "format" cargo fmt --check`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

name=$1
shift
start=$SECONDS
say "== $name: $*"
if "$@"; then
    say "== $name: passed in $((SECONDS - start)) s"
else
    status=$?
    say "== $name: failed after $((SECONDS - start)) s"
    exit "$status"
fi
