#!/usr/bin/env bash
# Sees to the pinned Rust toolchain and a C linker.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

have cargo || give_up "cargo is missing: install Rust with rustup (https://rustup.rs), then run this again"
if ! have cc; then
    apt_install gcc libc6-dev || give_up "a C linker is missing: install gcc or clang"
fi
if ! cargo --version >/dev/null 2>&1; then
    have rustup || give_up "this needs the Rust version of rust-toolchain.toml: install it with rustup"
    say "setup: rustup toolchain install (the version of rust-toolchain.toml)"
    rustup toolchain install >/dev/null 2>&1 \
        || give_up "rustup cannot fetch the toolchain of rust-toolchain.toml: see \`rustup toolchain install\`"
fi
