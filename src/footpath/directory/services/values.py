"""What every deed on the directory asks of a name, a code and a change."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from footpath.accounts.rules import Role
from footpath.core.errors import InvalidValue, NotAllowed, StaleState
from footpath.directory import rules
from footpath.directory.models import Person


def name_line(text: str, *, field: str = "name", most: int = 200) -> str:
    """Return a name on one line without spaces to spare; InvalidValue when empty or too long."""
    line = one_line(text, field=field, most=most)
    if not line:
        raise InvalidValue(_("Give a name."), field=field)
    return line


def one_line(text: str, *, field: str, most: int) -> str:
    """Return text on one line, perhaps empty; InvalidValue when it is too long."""
    line = " ".join(text.split())
    if len(line) > most:
        raise InvalidValue(
            _("This is longer than %(most)s characters. Shorten it.") % {"most": most}, field=field
        )
    return line


def code_line(text: str, *, field: str = "code") -> str:
    """Return a code; InvalidValue when it is empty, too long or unfit for an address."""
    code = one_line(text, field=field, most=40)
    if not code:
        raise InvalidValue(_("Give a code."), field=field)
    if not rules.is_code(code):
        raise InvalidValue(
            _("A code has no slash, backslash, question mark, number sign or percent sign."),
            field=field,
        )
    return code


def guarded_update(row: models.Model, **changes: Any) -> dict[str, Any]:
    """Write the changes if the row still is as it was read, and return the values from before.

    Foreign keys are given by their column (``area_id``). Values that stay are left out; with
    nothing to change the answer is empty. Raises StaleState when somebody else was quicker.
    """
    before = {
        name: getattr(row, name) for name, value in changes.items() if getattr(row, name) != value
    }
    if not before:
        return {}
    wanted = {name: changes[name] for name in before}
    rows = type(row)._default_manager.filter(pk=row.pk, **before)
    if not rows.update(**wanted):
        raise StaleState(
            _("Somebody else has changed this meanwhile. Look at it again, then repeat.")
        )
    for name, value in wanted.items():
        setattr(row, name, value)
    return before


def told(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as the trail keeps a digest of: dates as text, the rest as it is."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
    }


def require_power_over(by: Person, path: str) -> None:
    """Raise NotAllowed unless the actor administers the place: nobody gives more than they hold."""
    if not by.scope.covers(path, {Role.ADMINISTRATOR}):
        raise NotAllowed(_("You can only give a role over places that you administer yourself."))
