#!/usr/bin/env bash
# Checks every dependency: known vulnerabilities, licences, duplicates, where it comes from. Without
# a network the list of vulnerabilities cannot be fetched; the rest is checked all the same.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup-tool.sh cargo-deny
if timeout 120 cargo-deny --log-level error fetch db >/dev/null 2>&1; then
    exec cargo-deny --log-level error --workspace --all-features check --hide-inclusion-graph
fi
say "deny: the list of known vulnerabilities cannot be fetched, so advisories are not checked"
exec cargo-deny --log-level error --workspace --all-features check --hide-inclusion-graph bans licenses sources
