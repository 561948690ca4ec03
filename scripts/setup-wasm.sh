#!/usr/bin/env bash
# Sees to a standard library for the browser: rustup's target if it can be had, else Debian's Rust,
# which compiles the library from source (half a minute more per first build).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ "$(wasm_route)" = none ] || exit 0
if [ "${DATA_ANATOMY_WASM:-}" != debian ] && have rustup; then
    say "setup: rustup target add wasm32-unknown-unknown"
    timeout 300 rustup target add wasm32-unknown-unknown >/dev/null 2>&1 && exit 0
    say "setup: rustup cannot fetch the target, trying Debian's Rust instead"
fi
apt_install rustc-web cargo-web rust-web-src || true
wasm_linker >/dev/null || apt_install lld || true
[ "$(wasm_route)" != none ] \
    || give_up "no standard library for wasm32-unknown-unknown: run \`rustup target add wasm32-unknown-unknown\`"
