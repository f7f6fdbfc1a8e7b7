"""What a request asks for. An empty parameter is an absent one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.api.open311.errors import Refused
from footpath.cases.models import Category
from footpath.cases.rules import questions
from footpath.cases.selectors import positions
from footpath.core import clock
from footpath.directory.models import Area

MOST_ROWS = 1000
MOST_PAGE = 100_000
ROWS_OF_A_PAGE = 50
SPAN = timedelta(days=90)
LONGEST_DESCRIPTION = 4000

_BLANK_FOR_PLUS = re.compile(r" (\d\d:?\d\d)$")
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[\])?")
_PINNED_NOWHERE = "#NOTPINPOINTED#"
STATES = {"open": True, "closed": False}


@dataclass(frozen=True)
class Asked:
    """Which cases are asked for. ``ids`` overrides everything else."""

    ids: list[int] | None = None
    codes: list[str] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    states: list[bool] = field(default_factory=list)
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    first: int = 0
    most: int = MOST_ROWS
    extensions: bool = False


def asked_of(query: Mapping[str, str], now: datetime) -> Asked:
    """Return what a query on requests asks for; Refused (400) when a part cannot be read."""
    first, most = page_of(query)
    extensions = text_of(query, "extensions").casefold() in {"true", "1", "yes"}
    named = listed(query, "service_request_id")
    if named:
        ids = [pk for pk in map(number_of, named[:MOST_ROWS]) if pk is not None]
        return Asked(ids=ids, first=first, most=most, extensions=extensions)
    states = listed(query, "status")
    if unknown := [state for state in states if state not in STATES]:
        raise Refused(400, _("The status “%(text)s” is not open or closed.") % {"text": unknown[0]})
    after, before = moment_of(query, "updated_after"), moment_of(query, "updated_before")
    since, until = moment_of(query, "start_date"), moment_of(query, "end_date")
    if not ((after or before) and since is None and until is None):
        since, until = span_of(since, until, now)
    return Asked(
        codes=listed(query, "service_code"),
        since=since,
        until=until,
        states=[STATES[state] for state in states],
        updated_after=after,
        updated_before=before,
        first=first,
        most=most,
        extensions=extensions,
    )


def span_of(
    since: datetime | None, until: datetime | None, now: datetime, usual: timedelta = SPAN
) -> tuple[datetime, datetime]:
    """Return both ends of a span; Refused (400) for one of more than 90 days or turned about."""
    try:
        if since is None:
            until = until or now
            since = until - usual
        elif until is None:
            until = max(since, min(now, since + SPAN))
    except OverflowError:
        raise Refused(400, _("This date lies too far away.")) from None
    if until < since:
        raise Refused(400, _("The end_date lies before the start_date."))
    if until - since > SPAN + timedelta(days=1):  # whole days, both included
        raise Refused(400, _("The span from start_date to end_date is longer than 90 days."))
    return since, until


def page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """Return from which row, and how many rows at most."""
    page, size = text_of(query, "page"), text_of(query, "page_size")
    rows = _whole(size, "page_size", MOST_ROWS) if size else (ROWS_OF_A_PAGE if page else MOST_ROWS)
    number = _whole(page, "page", MOST_PAGE) if page else 1
    return (number - 1) * rows, rows


def _whole(text: str, name: str, most: int) -> int:
    number = number_of(text)
    if number is None or number < 1:
        raise Refused(400, _("The parameter %(name)s is no whole number from 1.") % {"name": name})
    if number > most:
        raise Refused(
            400, _("The parameter %(name)s is at most %(most)s.") % {"name": name, "most": most}
        )
    return number


def text_of(query: Mapping[str, str], name: str) -> str:
    """Return a parameter without blanks around it, "" when it is absent."""
    return (query.get(name) or "").strip()


def listed(query: Mapping[str, str], name: str) -> list[str]:
    """Return the parts of a list with commas."""
    return [part.strip() for part in text_of(query, name).split(",") if part.strip()]


def number_of(text: str) -> int | None:
    """Return a key of a record, or None for text that is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return int(text)


def moment_of(query: Mapping[str, str], name: str) -> datetime | None:
    """Return a moment, in our own time zone where the text names none; Refused (400) for no date.

    A plus sign that became a blank on its way is taken as the plus sign.
    """
    text = text_of(query, name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(_BLANK_FOR_PLUS.sub(r"+\1", text))
        if moment.tzinfo is None:
            moment = timezone.make_aware(moment)
        moment.astimezone(timezone.get_default_timezone())  # may lie outside of all years
    except (ValueError, OverflowError):
        raise Refused(
            400,
            _("The parameter %(name)s is no date and time such as 2026-03-10T12:00:00Z.")
            % {"name": name},
        ) from None
    return moment


def end_of_day(moment: datetime) -> datetime:
    """Return the last second of the day in our own time zone."""
    return timezone.make_aware(datetime.combine(clock.day_of(moment), time(23, 59, 59)))


# --- a new request --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Location:
    """Where a problem is: the place of our tree, and what was said about the spot."""

    area: Area
    latitude: float | None
    longitude: float | None
    address: str


def location_of(form: Mapping[str, str], now: datetime) -> Location:
    """Return the place that was meant; Refused (400) when none was said or it is not ours."""
    today = clock.day_of(now)
    latitude, longitude = _degrees(form, "lat", 90), _degrees(form, "long", 180)
    if (latitude is None) != (longitude is None):
        raise Refused(400, _("The parameters lat and long are given together."))
    code, address = text_of(form, "address_id"), text_of(form, "address_string")
    if code == _PINNED_NOWHERE:
        code = ""
    if latitude is None and not code and not address:
        raise Refused(400, _("Give lat and long, address_string or address_id."))
    area = Area.objects.in_force(today).filter(code=code).first() if code else None
    if area is None and latitude is not None and longitude is not None:
        area = positions.nearest_place(latitude, longitude, on=today)
    if area is None and address:
        area = positions.place_of_address(address, on=today)
    if area is None:
        raise Refused(400, _("No place of ours lies there."))
    return Location(area, latitude, longitude, address)


def _degrees(form: Mapping[str, str], name: str, most: int) -> float | None:
    text = text_of(form, name)
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not -most <= degrees <= most:  # never true of nan
        raise Refused(
            400,
            _("The parameter %(name)s is no number from -%(most)s to %(most)s.")
            % {"name": name, "most": most},
        )
    return degrees


def answers_of(form: QueryDict, category: Category) -> dict[str, Any]:
    """Return the answers to the questions of the category; Refused (400) names what is wrong.

    Attributes that nobody asked for are left out: other systems send their own beside.
    """
    given: dict[str, list[str]] = {}
    for name, texts in form.lists():
        found = _ATTRIBUTE.fullmatch(name)
        if found:
            given.setdefault(found[1], []).extend(texts)
    asked = category.asked
    known = {question.code for question in asked}
    kept, problems = questions.check(
        asked, {code: texts for code, texts in given.items() if code in known}
    )
    sentences = {
        "missing": _("The attribute %(code)s is required."),
        "unreadable": _("The attribute %(code)s has a value that is not offered or not readable."),
        "long": _("The attribute %(code)s is too long."),
    }
    if problems:
        raise Refused(400, *[sentences[one.reason] % {"code": one.code} for one in problems])
    return kept


def description_of(form: Mapping[str, str]) -> str:
    """Return the description; Refused (400) when it is too long."""
    text = text_of(form, "description")
    if len(text) > LONGEST_DESCRIPTION:
        raise Refused(400, _("The description is longer than 4,000 characters."))
    return text


def media_of(form: Mapping[str, str]) -> str:
    """Return the address of a picture; Refused (400) when it is none."""
    address = text_of(form, "media_url")
    if not address:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        address = "x" * 501
    if len(address) > 500:
        raise Refused(400, _("The parameter media_url is no web address of at most 500 signs."))
    return address


def title_of(description: str, category: Category) -> str:
    """Return the line by which the case is listed: the first of the description, cut at a word."""
    line = next((" ".join(row.split()) for row in description.splitlines() if row.strip()), "")
    if not line:
        return category.name
    if len(line) <= 120:
        return line
    return line[:119].rsplit(" ", 1)[0] + "…"
