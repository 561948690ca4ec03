# shellcheck shell=bash
# Shared by the scripts beside it: sourced, never run.

# The root of the repository; every script works from there.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# Tools that only this project needs live here; `make clean` drops them.
export PATH="$root/target/tools/bin:$PATH"

# One plain line about what is going on.
say() { printf '%s\n' "$*" >&2; }

# The last line before giving up: what is missing, and what to do.
give_up() { say "error: $*"; exit 1; }

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root, directly or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo -n "$@"; else return 1; fi
}

# Installs Debian packages; fails quietly where there is no apt-get or no right to use it. The
# package lists are fetched only if the first try finds them missing or old.
apt_install() {
    have apt-get || return 1
    say "setup: apt-get install $*"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@")
    as_root "${install[@]}" >/dev/null 2>&1 && return 0
    as_root apt-get update -qq >/dev/null 2>&1 && as_root "${install[@]}" >/dev/null 2>&1
}

# Says how this machine can compile for the browser: rustup, debian or none.
# DATA_ANATOMY_WASM=debian makes it overlook rustup's target, to test the other way.
wasm_route() {
    local libraries
    libraries=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null || true)
    if [ "${DATA_ANATOMY_WASM:-}" != debian ] && [ -d "$libraries" ]; then
        echo rustup
    elif [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && debian_std >/dev/null && wasm_linker >/dev/null; then
        echo debian
    else
        echo none
    fi
}

# The source of the standard library that Debian's rustc would compile.
debian_std() {
    local std
    std="$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std"
    [ -d "$std" ] && echo "$std"
}

# A linker for WebAssembly: rustup's, else Debian's.
wasm_linker() {
    local linker
    linker=$(find -L "$(rustc --print sysroot)/lib/rustlib" -name rust-lld -type f 2>/dev/null | head -n 1)
    [ -n "$linker" ] || linker=$(command -v wasm-ld || compgen -c wasm-ld- | head -n 1 || true)
    [ -n "$linker" ] && echo "$linker"
}
