#!/usr/bin/env bash
# Runs cargo for the browser: `scripts/cargo-wasm.sh build --profile page -p data-anatomy-web`.
# Its results lie in target/wasm, apart from the native ones, whichever compiler makes them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# How many arguments stand before a lone --.
before_dashes() {
    local count=0 argument
    for argument in "$@"; do
        [ "$argument" != -- ] || break
        count=$((count + 1))
    done
    echo "$count"
}

command=$1
shift
options=(--target wasm32-unknown-unknown --target-dir target/wasm)
case "$(wasm_route)" in
    rustup)
        exec cargo "$command" "${options[@]}" "$@"
        ;;
    debian)
        # Debian ships no clippy for it, so that lints (which follow a lone --) become a check.
        if [ "$command" = clippy ]; then
            command=check
            set -- "${@:1:$(before_dashes "$@")}"
        fi
        # A stable compiler builds the standard library only when told so.
        export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(wasm_linker)
        export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER
        exec /usr/bin/cargo "$command" "${options[@]}" -Zbuild-std=std,panic_abort "$@"
        ;;
    *)
        give_up "this machine cannot compile for the browser yet: run scripts/setup-wasm.sh"
        ;;
esac
