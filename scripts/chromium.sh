#!/usr/bin/env bash
# See to it that the browser tests find a Chromium, and fonts for all four languages.
# Installs them where that is possible without asking: as root, on Debian and Ubuntu.
set -euo pipefail

have_browser() {
  [ -n "${FOOTPATH_CHROMIUM:-}" ] && return
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return
  done
  return 1
}
have_font() { fc-list ":lang=$1" 2>/dev/null | grep -q .; }

missing=()
have_browser || missing+=(chromium)
have_font vi || missing+=(fonts-noto-core)
have_font zh-cn || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "==> Installing ${missing[*]}"
  wait=(-o DPkg::Lock::Timeout=300 -qq)
  apt-get "${wait[@]}" update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get "${wait[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null
else
  echo "The browser tests want ${missing[*]}; install them with your system's package manager." >&2
fi
