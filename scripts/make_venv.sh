#!/usr/bin/env bash
# Make .venv with the newest suitable Python on PATH, or say in one line what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

runs() { "$1" -c "$2" >/dev/null 2>&1; }

without_venv=""
for python in python3.13 python3.12 python3.11 python3; do
  runs "$python" 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
  if ! runs "$python" 'import venv, ensurepip'; then
    without_venv=$python
    continue
  fi
  echo "==> Making .venv with $("$python" --version)"
  exec "$python" -m venv --clear .venv
done

if [ -n "$without_venv" ]; then
  echo "Footpath needs the venv module of $without_venv: on Debian and Ubuntu, apt-get install $without_venv-venv." >&2
elif command -v python3 >/dev/null; then
  echo "Footpath needs Python 3.11 or newer; python3 here is $(python3 --version 2>&1 | tail -n 1)." >&2
else
  echo "Footpath needs Python 3.11 or newer, and there is no python3 here." >&2
fi
exit 1
