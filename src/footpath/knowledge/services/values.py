"""What every deed of the library checks, and how it changes an item without overwriting others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.knowledge import rules
from footpath.knowledge.models import Item, Spread
from footpath.knowledge.rules import Deed, State

LONGEST_LINE = 500
LONGEST_TITLE = 300
LONGEST_TEXT = 200_000

Kept = TypeVar("Kept", bound=Item | Spread)


def line(text: str, *, field: str, missing: str = "", longest: int = LONGEST_LINE) -> str:
    """Return a line without doubled blanks; InvalidValue when it is too long, or ``missing``."""
    found = " ".join(rules.clean(text).split())
    if missing and not found:
        raise InvalidValue(missing, field=field)
    if len(found) > longest:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": longest}, field=field
        )
    return found


def words(text: str, *, field: str, missing: str = "") -> str:
    """Return a text of several lines; InvalidValue when it is too long, or ``missing``."""
    found = rules.clean(text)
    if missing and not found:
        raise InvalidValue(missing, field=field)
    if len(found) > LONGEST_TEXT:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": LONGEST_TEXT}, field=field
        )
    return found


def language(code: str) -> str:
    """Return the code of a language that the house speaks; InvalidValue for another."""
    if code not in dict(settings.LANGUAGES):
        raise InvalidValue(_("Choose one of the languages."), field="language")
    return code


def refuse_unless(item: Item, deed: Deed) -> None:
    """Raise RuleBroken when the deed does not start from the state of the item."""
    if item.state not in rules.MOVES[deed].before:
        raise RuleBroken(
            _("This is not possible now. It stands as: %(state)s.")
            % {"state": Item.State(item.state).label}
        )


def move(item: Item, deed: Deed, *, day: date | None = None) -> None:
    """Bring an item into the state a deed leads to; StaleState when somebody was quicker.

    The item in hand is told its new state. ``day`` is its new place in lists.
    """
    refuse_unless(item, deed)
    after = rules.MOVES[deed].after
    _update(item, {"state": after, "is_open": after in rules.OPEN} | ({"day": day} if day else {}))


def rewrite(item: Item, *, read: int | None, **changes: Any) -> None:
    """Change the words of an item while they may be changed; StaleState for the slower of two.

    ``read`` is the version whose words were changed, None for those of the item in hand.
    """
    if item.state != rules.CHANGES[rules.Kind(item.kind)]:
        raise RuleBroken(
            _("Its words can no longer be changed. It stands as: %(state)s.")
            % {"state": Item.State(item.state).label}
        )
    refuse_unread(item, read)
    _update(item, changes)


def refuse_unread(item: Item, read: int | None) -> None:
    """Raise StaleState when an item was changed since its version ``read`` was read."""
    if read is not None and read != item.version:
        raise StaleState(_("Somebody else has changed this in the meantime. Read it again."))


def _update(item: Item, changes: dict[str, Any]) -> None:
    changed = Item.objects.filter(pk=item.pk, state=item.state, version=item.version).update(
        version=F("version") + 1, **changes
    )
    if not changed:
        raise StaleState(_("Somebody else has changed this in the meantime. Read it again."))
    item.version += 1
    for name, value in changes.items():
        setattr(item, name, str(value) if isinstance(value, State) else value)


def snapshot(item: Item, **more: Any) -> dict[str, Any]:
    """Return the values of an item that the trail keeps a digest of."""
    kept = {
        "kind": str(item.kind),
        "state": str(item.state),
        "title": item.title,
        "language": item.language,
        "topic": item.topic_id,
        "day": item.day.isoformat(),
        "version": item.version,
    }
    return kept | more


def subject_of(kept: Item | Spread) -> str:
    """Return the key of an item's chain in the trail; a unit's row stands in its practice's."""
    pk = kept.practice_id if isinstance(kept, Spread) else kept.pk
    return f"knowledge.item:{pk}"


@contextmanager
def recorded(
    deed: str,
    kept: Kept,
    values: Callable[[Kept], dict[str, Any]],
    *,
    by: audit.Actor,
    at: datetime,
    **more: Any,
) -> Iterator[None]:
    """Do a deed inside, and leave its line with the values from before and after it.

    ``values`` gives the values of the item or the unit's row; ``more`` goes to those from after,
    such as a reason that is kept nowhere else. What is raised inside passes on and leaves no line.
    """
    before = values(kept)
    yield
    after = values(kept) | more
    audit.record(deed, by=by, subject=subject_of(kept), at=at, before=before, after=after)
