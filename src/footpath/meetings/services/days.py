"""Keep to the day rules, or set one aside with a reason; make, change and end rules. S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import selectors
from footpath.meetings.models import DayRule, Meeting, MeetingKind
from footpath.meetings.rules import days as rules
from footpath.meetings.rules.days import DayTest
from footpath.meetings.selectors import Breach
from footpath.meetings.services.values import line

WITH_DAYS = (DayTest.ONLY_DAYS, DayTest.WEEKDAYS)
"""The tests that look at the days a rule names."""


class DayRefused(RuleBroken):
    """A meeting may not be held on its day; ``breaches`` say why, ``free_days`` are the next free.

    ``final`` says that no extraordinary reason sets it aside: the year is not settled.
    """

    def __init__(self, breaches: Sequence[Breach], free_days: Sequence[date]) -> None:
        said = [breach.reason for breach in breaches]
        if free_days:
            said.append(
                _("Free days: %(days)s.") % {"days": "; ".join(formats.day(d) for d in free_days)}
            )
        super().__init__(" ".join(said))
        self.breaches = list(breaches)
        self.free_days = list(free_days)
        self.final = any(breach.final for breach in breaches)


def check_day(
    *,
    kind: MeetingKind,
    area: Area,
    organization: Organization | None = None,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    extraordinary_reason: str = "",
    besides: Meeting | None = None,
) -> list[Breach]:
    """Raise DayRefused unless the meeting may be held on its days; return what was set aside.

    With a reason by somebody who may hold extraordinary meetings the rules are set aside, and the
    caller keeps ``extraordinary(...)`` with the meeting. Nothing sets aside a year whose days
    nobody has settled. The answer is empty when no rule stood against it. Raises NotAllowed for a
    reason by somebody who may not give one. ``besides`` is the meeting itself when it moves.
    Source: S2.2.
    """
    found = selectors.breaches(
        kind=kind,
        area=area,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        besides=besides,
    )
    if not found:
        return []
    reason = line(extraordinary_reason, field="extraordinary_reason")
    if reason and not any(breach.final for breach in found):
        require(by, "meetings.extraordinary", area)
        return found
    free = selectors.next_free_days(
        kind=kind,
        area=area,
        organization=organization,
        after=selectors.days_of(starts_at, ends_at)[0],
        besides=besides,
    )
    raise DayRefused(found, free)


def extraordinary(set_aside: Iterable[Breach], *, reason: str, by: Person) -> dict[str, Any]:
    """Return what a meeting keeps of an extraordinary reason; empty values when none was needed."""
    if not list(set_aside):
        return {"extraordinary_reason": "", "extraordinary_by": None}
    return {
        "extraordinary_reason": line(reason, field="extraordinary_reason"),
        "extraordinary_by": by,
    }


@dataclass(frozen=True)
class Terms:
    """What a day rule says: for whom, what it asks of a day, on what basis.

    Neither ``of_offices`` nor ``kinds`` means every meeting. ``days`` are days of the month (1 to
    31) or of the week (0 to 6), as the test asks; ``others`` are the kinds whose days are kept
    free.
    """

    title: str
    test: str
    of_offices: bool = False
    kinds: Sequence[MeetingKind] = ()
    days: Sequence[int] = ()
    next_working_day: bool = False
    others: Sequence[MeetingKind] = ()
    basis: str = ""


@transaction.atomic
def begin_rule(
    *,
    area: Area,
    terms: Terms,
    valid_from: date,
    by: Person,
    at: datetime,
    valid_until: date | None = None,
    code: str = "",
) -> DayRule:
    """Make a day rule of a place, which holds for everything below it, and return it.

    With the ``code`` of a rule from above it stands instead of that one. Raises InvalidValue when
    something is missing, when it would end before it begins, or when the place has a rule with
    that code on some of these days. Source: S2.2.
    """
    require(by, "meetings.set_days", area)
    rule = _begun(area, terms, code, (valid_from, valid_until), by=by)
    audit.record("meeting.day_rule_begun", by=by, subject=rule, at=at, after=snapshot(rule))
    return rule


@transaction.atomic
def change_rule(
    *, rule: DayRule, terms: Terms, valid_from: date, by: Person, at: datetime
) -> DayRule:
    """End a day rule and begin the changed one on a day; both stay in the history.

    Returns the rule that begins. Raises InvalidValue unless the day is after the first day of the
    old rule and not past, StaleState when somebody else has ended it.
    """
    require(by, "meetings.set_days", rule)
    if valid_from <= rule.valid_from:
        raise InvalidValue(
            _("The rule began on %(day)s. It can be changed from the day after that on.")
            % {"day": formats.day_year(rule.valid_from)},
            field="valid_from",
        )
    _refuse_past(valid_from, at, field="valid_from")
    until = rule.valid_until
    if until is not None and valid_from > until:
        raise InvalidValue(_("The rule has ended by then."), field="valid_from")
    before = snapshot(rule)
    _end(rule, valid_from - timedelta(days=1))
    changed = _begun(rule.area, terms, rule.code, (valid_from, until), by=by)
    audit.record(
        "meeting.day_rule_changed",
        by=by,
        subject=changed,
        at=at,
        before=before,
        after=snapshot(changed),
    )
    return changed


@transaction.atomic
def end_rule(*, rule: DayRule, last_day: date, by: Person, at: datetime) -> None:
    """End a day rule after a day; one that has not begun by then is taken back whole.

    Raises InvalidValue for a day that is past, StaleState when somebody else has ended it.
    """
    require(by, "meetings.set_days", rule)
    before = snapshot(rule)
    if last_day < rule.valid_from and clock.day_of(at) < rule.valid_from:
        audit.record("meeting.day_rule_withdrawn", by=by, subject=rule, at=at, before=before)
        rule.delete()
        return
    _refuse_past(last_day, at, field="last_day")
    if last_day < rule.valid_from or (rule.valid_until and last_day > rule.valid_until):
        raise InvalidValue(_("The rule does not hold on this day."), field="last_day")
    _end(rule, last_day)
    audit.record(
        "meeting.day_rule_ended", by=by, subject=rule, at=at, before=before, after=snapshot(rule)
    )


def snapshot(rule: DayRule) -> dict[str, Any]:
    """Return the values of a day rule that the trail keeps a digest of."""
    return {
        "area": rule.area_id,
        "code": rule.code,
        "title": rule.title,
        "test": str(rule.test),
        "of_offices": rule.of_offices,
        "kinds": sorted(kind.pk for kind in rule.kinds.all()),
        "days": sorted(rule.days),
        "next_working_day": rule.next_working_day,
        "others": sorted(kind.pk for kind in rule.others.all()),
        "basis": rule.basis,
        "valid_from": rule.valid_from.isoformat(),
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None,
    }


def _begun(
    area: Area, terms: Terms, code: str, span: tuple[date, date | None], *, by: Person
) -> DayRule:
    title = line(terms.title, field="title")
    if not title:
        raise InvalidValue(_("Give the rule a title."), field="title")
    test = _checked(terms)
    first, last = span
    if last is not None and last < first:
        raise InvalidValue(_("The rule ends before it begins."), field="valid_until")
    # One writer at a time, so that a place never has two rules with one code on one day.
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    code = code or _new_code(title)
    _refuse_second(area, code, first, last)
    rule = DayRule(
        area=area,
        path=area.path,
        code=code,
        title=title,
        test=test,
        of_offices=terms.of_offices,
        days=sorted(set(terms.days)) if test in WITH_DAYS else [],
        next_working_day=terms.next_working_day and test is DayTest.ONLY_DAYS,
        basis=line(terms.basis, field="basis"),
        valid_from=first,
        valid_until=last,
        made_by=by,
    )
    rule.save(force_insert=True)
    rule.kinds.set(terms.kinds)
    rule.others.set(terms.others if test is DayTest.NOT_WITH else [])
    return rule


def _checked(terms: Terms) -> DayTest:
    try:
        test = DayTest(terms.test)
        rules.check_rule(test, days=terms.days, others=[kind.pk for kind in terms.others])
    except rules.DaysMissing as missing:
        raise InvalidValue(
            _("Name the days: of the month from 1 to 31, or of the week."), field="days"
        ) from missing
    except rules.OthersMissing as missing:
        raise InvalidValue(
            _("Name the kinds of meetings whose days are kept free."), field="others"
        ) from missing
    except ValueError as unknown:
        raise InvalidValue(_("There is no such test of a day."), field="test") from unknown
    return test


def _refuse_second(area: Area, code: str, first: date, last: date | None) -> None:
    there = DayRule.objects.filter(area=area, code=code).filter(
        Q(valid_until=None) | Q(valid_until__gte=first)
    )
    if last is not None:
        there = there.filter(valid_from__lte=last)
    other = there.first()
    if other is not None:
        raise InvalidValue(
            _("On some of these days the place has this rule already: %(rule)s.")
            % {"rule": other.title},
            field="valid_from",
        )


def _refuse_past(day: date, at: datetime, *, field: str) -> None:
    if day < clock.day_of(at):
        raise InvalidValue(
            _("What held in the past stays as it was. Give today or a later day."), field=field
        )


def _end(rule: DayRule, last_day: date) -> None:
    changed = DayRule.objects.filter(pk=rule.pk, valid_until=rule.valid_until).update(
        valid_until=last_day
    )
    if not changed:
        raise StaleState(_("Somebody else has changed or ended this rule in the meantime."))
    rule.valid_until = last_day


def _new_code(title: str) -> str:
    """Return a code that no rule has; from the title, for whoever reads the trail."""
    plain = slugify(title)[:30].strip("-") or "rule"
    taken = set(DayRule.objects.filter(code__startswith=plain).values_list("code", flat=True))
    number = 2
    code = plain
    while code in taken:
        code = f"{plain}-{number}"
        number += 1
    return code
