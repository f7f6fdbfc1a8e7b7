"""What the ledger is asked for: the filter as it stands in the address. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from footpath.cases import rules
from footpath.cases.rules.mapping import Box
from footpath.core.calendar import Month

VIEWS = ("open", "overdue", "verify", "returned", "unowned", "mine", "closed", "all")
NEWEST_FIRST = frozenset({"closed", "all"})
SOURCES = ("officer", "meeting", "visit", "coffee", "letter", "import")
NOBODY = "none"


@dataclass(frozen=True)
class Filter:
    """One filter of the ledger; empty text is "not filtered".

    ``place`` is a code, ``owner`` a person's key or "none", ``organization`` the
    key of the one that the case belongs to or "none", ``level`` the tier that deals with the
    case, ``raised``, ``closed`` and ``reopened`` are months such as "2026-03", ``box`` a part of
    the map as "south,west,north,east" in degrees.
    """

    view: str = "open"
    place: str = ""
    state: str = ""
    owner: str = ""
    organization: str = ""
    category: str = ""
    source: str = ""
    age: str = ""
    level: str = ""
    raised: str = ""
    closed: str = ""
    reopened: str = ""
    box: str = ""
    q: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filter:
        """Read a filter from an address; what cannot be read is left out.

        Without a view the open cases are meant, but all cases when a month is named.
        """
        found = {name: given.get(name, "").strip()[:200] for name in _NAMES}
        for name, check in _CHECKS.items():
            if found[name] and not check(found[name]):
                found[name] = ""
        if not found["view"]:
            months = found["raised"] or found["closed"] or found["reopened"]
            closed = found["state"] == rules.State.CLOSED
            found["view"] = "all" if months or closed else "open"
        return cls(**found)

    def query(self, **changes: str) -> str:
        """Return the address's part after the question mark, with some values changed."""
        asked = replace(self, **changes)
        return urlencode(
            [(name, value) for name in _NAMES if (value := getattr(asked, name))], safe="-"
        )

    @property
    def chosen(self) -> dict[str, str]:
        """Return what is filtered beside the view, by name."""
        return {name: value for name in _NAMES[1:] if (value := getattr(self, name))}

    @property
    def newest_first(self) -> bool:
        """Return whether the list goes by the day of raising instead of the due date."""
        return self.view in NEWEST_FIRST


def _is_month(text: str) -> bool:
    try:
        Month.parse(text)
    except ValueError:
        return False
    return True


_NAMES = tuple(field.name for field in fields(Filter))
_CHECKS = {
    "view": VIEWS.__contains__,
    "state": frozenset(map(str, rules.State)).__contains__,
    "owner": lambda text: text == NOBODY or (text.isascii() and text.isdigit() and len(text) < 18),
    "organization": lambda text: (
        text == NOBODY or (text.isascii() and text.isdigit() and len(text) < 18)
    ),
    "source": SOURCES.__contains__,
    "age": frozenset(age.code for age in rules.AGES).__contains__,
    "level": lambda text: len(text) == 1 and text.isascii() and text.isdigit(),
    "raised": _is_month,
    "closed": _is_month,
    "reopened": _is_month,
    "box": lambda text: Box.read(text) is not None,
}
