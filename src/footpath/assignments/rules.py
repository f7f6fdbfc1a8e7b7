"""Decisions about assignments on plain values. No Django here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Place(StrEnum):
    """The roles of which a place has at most one at a time. Source: S2.1."""

    LEAD = "lead"
    DEPUTY = "deputy"
    CLUSTER_LEAD = "cluster_lead"


ONE_AT_A_TIME = frozenset(str(role) for role in Place)


class EndsTooEarly(ValueError):
    """The last day lies before the first."""


def check_span(start: date, until: date | None) -> None:
    """Raise EndsTooEarly when the last day (included) lies before the first."""
    if until is not None and until < start:
        raise EndsTooEarly


class EndedAlready(ValueError):
    """The assignment already ends on the day or before it; ``until`` is that last day."""

    def __init__(self, until: date) -> None:
        super().__init__(until)
        self.until = until


def check_ending(start: date, until: date | None, last_day: date) -> None:
    """Raise EndsTooEarly or EndedAlready unless the assignment can end on the day.

    An end can only be brought forward: an assignment that has ended stays ended.
    """
    check_span(start, last_day)
    if until is not None and until <= last_day:
        raise EndedAlready(until)


# --- absence: who acts ----------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Span:
    """Days from the first to the last, both included; ``until`` None is open."""

    start: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether the day lies in the span."""
        return self.start <= day and (self.until is None or day <= self.until)

    def within(self, other: Span) -> Span | None:
        """Return the days that both have, or None when they have none."""
        start = max(self.start, other.start)
        ends = [span.until for span in (self, other) if span.until is not None]
        until = min(ends, default=None)
        return Span(start, until) if until is None or start <= until else None

    def covers(self, other: Span) -> bool:
        """Return whether every day of the other lies in this span."""
        return self.within(other) == other


@dataclass(frozen=True)
class Held:
    """A role at one place, held by a person; ``key`` tells assignments apart."""

    key: int
    person: int
    span: Span


@dataclass(frozen=True)
class Away:
    """A person is absent."""

    person: int
    span: Span


@dataclass(frozen=True)
class Standing:
    """A person acts for the lead of an assignment (``key``)."""

    key: int
    person: int
    span: Span


def is_present(person: int, span: Span, absences: Iterable[Away]) -> bool:
    """Return whether the person is absent on no day of the span."""
    return not any(
        away.person == person and away.span.within(span) is not None for away in absences
    )


def acting_lead(
    day: date,
    leads: Iterable[Held],
    deputies: Iterable[Held],
    absences: Sequence[Away],
    stand_ins: Iterable[Standing],
) -> int | None:
    """Return who acts as lead of one place on a day, by the person's key, or None.

    The lead when present; else who was named to stand in, when present; else the deputy, when
    present. None when the place has no lead on that day, or nobody of these is present: the deeds
    refuse whatever would lead to that. Source: S2.1.
    """
    lead = next((held for held in leads if held.span.holds(day)), None)
    if lead is None:
        return None
    named = [row.person for row in stand_ins if row.key == lead.key and row.span.holds(day)]
    second = [held.person for held in deputies if held.span.holds(day)]
    today = Span(day, day)
    return next(
        (who for who in (lead.person, *named, *second) if is_present(who, today, absences)), None
    )


def stand_in_for(
    days: Span, lead: int, deputies: Iterable[Held], named: int | None, absences: Sequence[Away]
) -> int | None:
    """Return who stands in for a lead on all of the days: who is named, else the deputy, or None.

    Somebody who is absent on one of the days cannot, nor can the lead.
    """
    if named is not None:
        return named if named != lead and is_present(named, days, absences) else None
    return next(
        (
            held.person
            for held in deputies
            if held.person != lead
            and held.span.covers(days)
            and is_present(held.person, days, absences)
        ),
        None,
    )


# --- limits and conflicts of interest -------------------------------------------------------------


class Hindrance(StrEnum):
    """Why somebody should not be put in charge of a place without a named exception."""

    HOME = "home"
    RELATIVES = "relatives"
    FULL = "full"
    BOUND = "bound"
    TERM = "term"


@dataclass(frozen=True)
class Officer:
    """What counts when an officer is to lead one more place.

    ``home`` and ``relatives`` are keys of places; ``led`` is how many places the officer leads on
    the first day; ``most`` how many at most (None: nobody has set a limit); ``since`` the first
    day of unbroken lead at the place until then, or None.
    """

    home: int | None = None
    relatives: frozenset[int] = frozenset()
    led: int = 0
    most: int | None = None
    bound: bool = False
    since: date | None = None


def hindrances(
    officer: Officer, place: int, *, leads: bool, start: date, term_years: int | None
) -> list[Hindrance]:
    """Return what speaks against putting the officer in charge of the place from a day, in order.

    Home and relatives count for leads and deputies alike; the number of places, the desk and the
    term only for leads. Source: S2.1.
    """
    found = []
    if officer.home == place:
        found.append(Hindrance.HOME)
    if place in officer.relatives:
        found.append(Hindrance.RELATIVES)
    if leads and officer.bound:
        found.append(Hindrance.BOUND)
    elif leads and officer.most is not None and officer.led >= officer.most:
        found.append(Hindrance.FULL)
    if leads and term_years is not None and officer.since is not None:
        latest = years_before(start, term_years)
        if officer.since <= latest:
            found.append(Hindrance.TERM)
    return found


def years_before(day: date, years: int) -> date:
    """Return the same day so many years before; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def unbroken_since(spans: Iterable[Span], start: date) -> date | None:
    """Return the first day of the spans that lead to the day without a gap, or None.

    1 January to 31 March and 1 April to 30 June lead to 1 July: since 1 January.
    """
    since = start
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        if span.start < since and (span.until is None or span.until >= since - timedelta(days=1)):
            since = span.start
    return since if since < start else None
