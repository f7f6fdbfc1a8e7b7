#!/usr/bin/env bash
# Pin the packages of pyproject.toml in requirements/*.lock, with digests, for every platform.
# The files name no index: each installation takes the packages from wherever its pip is told to.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=build/uv/bin/uv
if [ ! -x "$uv" ]; then
  .venv/bin/python -m venv build/uv
  build/uv/bin/python -m pip --disable-pip-version-check -q install uv
fi

lock() {
  local name=$1
  shift
  echo "==> requirements/$name.lock"
  "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --custom-compile-command "make lock" \
    "${options[@]}" "$@" --output-file "requirements/$name.lock" >/dev/null
}

options=("$@")
lock run pyproject.toml --group build
lock dev pyproject.toml --group build --group dev --constraints requirements/run.lock
lock postgres --group postgres --constraints requirements/dev.lock
lock node --group node --constraints requirements/dev.lock
lock open311 --group open311
