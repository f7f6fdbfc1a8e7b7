"""Write the table of roles and deeds into the documentation, or check that it is up to date.

python scripts/roles.py          # writes docs/reference/roles.md
python scripts/roles.py --check  # exits 1 when the page says something else than the code
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.apps import apps

if TYPE_CHECKING:
    from footpath.accounts.permissions import Deed

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "roles.md"
OPENING = """\
# Roles and deeds

A role is never given to a user: it follows from the posts, memberships and assignments that a
person holds, and reaches as far as the place or organization they are about. ● means that the role
may do the deed in its places. ◆ means that the deed holds for the whole organization: only who has
the role over the whole tree does it, for cases also the office of the one place above all others.
This page is written from the code by `make reference`.

"""


def table() -> str:
    """Return the page as it should be: one row for each deed, one column for each role."""
    from footpath.accounts.permissions import deeds
    from footpath.accounts.rules import Role

    for config in apps.get_app_configs():
        name = f"{config.name}.permissions"
        if config.name.startswith("footpath.") and importlib.util.find_spec(name):
            importlib.import_module(name)
    rows = [
        ["deed", "what it is", *Role, "also"],
        ["---", "---", *(":-:" for _ in Role), "---"],
        *(
            [
                f"`{deed.name}`",
                deed.sentence,
                *(_mark(deed) if role in deed.roles else "" for role in Role),
                deed.also,
            ]
            for deed in deeds()
        ),
    ]
    return OPENING + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _mark(deed: Deed) -> str:
    return "◆" if deed.is_for_everybody else "●"


def main() -> int:
    """Write the page, or compare it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")
    django.setup()
    wanted = table()
    if "--check" not in sys.argv:
        PAGE.write_text(wanted, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
        print(f"{PAGE.name} is behind the code: run `make reference`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
