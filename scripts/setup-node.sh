#!/usr/bin/env bash
# Sees to Node.js and the packages of the page's tests, exactly as the lock file names them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Needs `node --test` with hooks and timeouts.
new_enough() {
    have node && have npm \
        && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 13) ? 0 : 1)'
}

new_enough || apt_install nodejs npm || true
new_enough || give_up "the page's tests need Node.js 18.13 or newer, with npm: https://nodejs.org"
cd tests/page
if [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "setup: npm ci in tests/page"
    npm ci --no-audit --no-fund --loglevel=error >/dev/null \
        || give_up "npm cannot fetch the packages of tests/page/package-lock.json"
    touch node_modules/.package-lock.json
fi
