"""Run ``footpath-corner`` with ``python -m footpath.secrecy``, or from its single file."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command; say which packages are missing where they are not installed."""
    try:
        from footpath.secrecy.client import commandline  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"footpath-corner: the package {missing.name} is missing. "
            "Install pyrage, argon2-cffi and cryptography, for example with pip.\n"
        )
        return 1
    return commandline.main()


if __name__ == "__main__":
    sys.exit(main())
