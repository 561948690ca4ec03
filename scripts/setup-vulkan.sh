#!/usr/bin/env bash
# Sees to a GPU for the tests on wgpu: a Vulkan driver that is there, else Debian's software
# rasteriser. Where there is neither, these tests say why they are skipped.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ "$(uname)" = Linux ] || exit 0
for driver in /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json ${VK_DRIVER_FILES:-}; do
    [ -e "$driver" ] && exit 0
done
apt_install mesa-vulkan-drivers libvulkan1 \
    || say "setup: no Vulkan driver, so the tests on wgpu will be skipped"
