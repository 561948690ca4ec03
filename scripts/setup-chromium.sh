#!/usr/bin/env bash
# Sees to a browser for the page's tests and prints where it is.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

find_browser() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

find_browser && exit 0
apt_install chromium || true
find_browser || give_up "the page's tests need Chromium: install it, or set CHROMIUM to its program"
