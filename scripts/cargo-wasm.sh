#!/usr/bin/env bash
# Runs cargo for the browser: `scripts/cargo-wasm.sh build --profile page -p data-anatomy-web`.
# Its results lie in target/wasm, apart from the native ones, whichever compiler makes them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

options=(--target wasm32-unknown-unknown --target-dir target/wasm)
command=$1
shift
case "$(wasm_route)" in
    rustup)
        exec cargo "$command" "${options[@]}" "$@"
        ;;
    debian)
        # Debian ships no clippy; its stable compiler must be told to build std.
        [ "$command" != clippy ] || { command=check; set -- "${@%%--}"; }
        export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(wasm_linker)
        export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER
        exec /usr/bin/cargo "$command" "${options[@]}" -Zbuild-std=std,panic_abort "$@"
        ;;
    *)
        give_up "this machine cannot compile for the browser yet: run scripts/setup-wasm.sh"
        ;;
esac
