"""What several deeds of this room check."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from footpath.assignments import rules
from footpath.core import formats
from footpath.core.errors import InvalidValue


def check_days(start: date, until: date | None) -> None:
    """Raise InvalidValue when the last day lies before the first one."""
    try:
        rules.check_span(start, until)
    except rules.EndsTooEarly as early:
        raise InvalidValue(
            _("The last day lies before the first day, %(day)s.")
            % {"day": formats.day_year(start)},
            field="until",
        ) from early
