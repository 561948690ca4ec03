#!/usr/bin/env bash
# Checks the spelling of code and prose; the exceptions are in _typos.toml.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup-tool.sh typos
exec typos
