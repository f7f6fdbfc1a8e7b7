"""Carrying a case up the chain, or to an agency, by hand and by rule. Source: S2.3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, F, FilteredRelation, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases import notices
from footpath.cases.models import (
    Case,
    CaseQuerySet,
    Category,
    Entry,
    Escalation,
    EscalationRule,
    Participant,
)
from footpath.cases.rules import Deed, State
from footpath.cases.rules.chain import Rung, Trigger, last_overdue_day, mark_of, next_step
from footpath.cases.rules.clocks import ClockKind
from footpath.cases.selectors import chain
from footpath.cases.selectors.listing import midnight
from footpath.cases.services import clocks
from footpath.cases.services.doing import act, need_text, take_part
from footpath.cases.services.routing import check_everywhere, deed_on
from footpath.cases.services.transferring import leaders_of
from footpath.core import clock, tree
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.core.timetable import Job
from footpath.core.timetable import register as register_job
from footpath.directory.models import Area, Organization, Person

Part = Participant.Part

SAID_BY = "Rule of escalation"
"""What the thread names as the doer when a rule has carried a case up."""

AT_WORK = frozenset({State.RAISED, State.ACCEPTED, State.GUIDED})
"""The states in which a case is late when its due date is over."""

MOST_AT_ONCE = 2000
"""So many cases go up in one run of the job; the others follow in the next."""


@transaction.atomic
def escalate_case(
    *,
    case: Case,
    by: Person,
    at: datetime,
    text: str,
    agency: Organization | None = None,
) -> Entry:
    """Carry a case up the chain, or to an agency; adds somebody, removes nobody (S2.3).

    Up: whoever leads the cluster, heads the unit, then leads the place above, tier by tier; who is
    responsible already is skipped, and who is absent unless somebody stands in. A case that waits
    for its verification goes above whom it waits for, and to nobody who worked on it. RuleBroken
    when nobody is left above.
    """
    require(by, "cases.escalate", case)
    need_text(text, _("Write why the case goes up."))
    if agency is not None:
        return _to_agency(case, agency, by=by, at=at, text=text)
    return _up(case, by=by, at=at, text=text)


def _to_agency(
    case: Case, agency: Organization, *, by: Person | None, at: datetime, text: str
) -> Entry:
    entry = act(
        Deed.ESCALATE, case, Entry.Deed.ESCALATED, by, at, text, said_by=SAID_BY,
        to_organization=agency, agency_id=agency.pk,
    )  # fmt: skip
    _note_why(entry, Rung.AGENCY)
    people = leaders_of(agency.pk, on=clock.day_of(at))
    notices.tell(people, "case.escalated", case, at=at)
    return entry


def _up(case: Case, *, by: Person | None, at: datetime, text: str) -> Entry:
    # Of two who carry it up at once the second finds who is responsible since the first.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    today = clock.day_of(at)
    posts = chain.posts_above(case, on=today)
    step = next_step(
        posts,
        level=case.level,
        responsible=chain.passed_over_for(case, on=today),
        absent=chain.absent_of(posts, on=today),
    )
    if step is None:
        raise RuleBroken(
            _("No place above has somebody in charge. Put somebody in charge there first.")
        )
    person = Person.objects.get(pk=step.person)
    entry = act(
        Deed.ESCALATE, case, Entry.Deed.ESCALATED, by, at, text, said_by=SAID_BY,
        to_person=person, level=step.level,
    )  # fmt: skip
    _note_why(entry, step.why)
    take_part(case, at, (person.pk, Part.RESPONSIBLE))
    if case.state != State.RECTIFIED:  # what is done needs no guidance
        clocks.begin(case, ClockKind.GUIDE, at=at)
    notices.tell([person], "case.escalated", case, at=at)
    return entry


def _note_why(entry: Entry, why: str) -> None:
    entry.why = str(why)
    entry.save(update_fields=["why"])


def register() -> None:
    """Let the timetable carry cases up by the rules, every hour."""
    register_job(Job("cases.escalations", escalate_by_rules, every_minutes=60))


# --- by rule --------------------------------------------------------------------------------------


def escalate_by_rules(at: datetime) -> int:
    """Carry up every case that a rule wants carried up, each once for its due date or its round.

    Returns how many went up. Any number of workers may do it at once. A case above which nobody
    stands goes to the one agency of its nearest place; where there is none it stays, and is looked
    at again with its next due date or round.
    """
    done = 0
    rules_in_force = EscalationRule.objects.filter(withdrawn_at=None).select_related("agency")
    for rule in rules_in_force.order_by("number", "pk"):
        for pk in _wanted(rule, at, most=MOST_AT_ONCE - done):
            done += _carry_up(rule, pk, at)
        if done >= MOST_AT_ONCE:
            break
    return done


def _wanted(rule: EscalationRule, at: datetime, *, most: int) -> Iterator[int]:
    """Return the keys of the cases that the rule has not yet carried up for what they are now."""
    rows = Case.objects.filter(tree.in_subtree(rule.path), is_open=True)
    if rule.category_id is not None:
        rows = rows.filter(category=rule.category_id)
    overdue = rule.trigger == Trigger.OVERDUE
    found: list[int] = []
    for some in _overdue(rows, rule, at) if overdue else [_often(rows, rule)]:
        before = Escalation.objects.filter(case=OuterRef("pk"), rule=rule, mark=OuterRef("mark"))
        wanted = some.filter(~Exists(before)).order_by(F("due_on"), "pk")
        found += wanted.values_list("pk", flat=True)[: max(most - len(found), 0)]
    return iter(found)


def _often(rows: CaseQuerySet, rule: EscalationRule) -> CaseQuerySet:
    """Return the cases at work in a round beyond those that the rule allows."""
    mark = Concat(Value("round:"), Cast("round_number", CharField()))
    return rows.filter(state__in=AT_WORK, round_number__gt=rule.number).annotate(mark=mark)


def _overdue(rows: CaseQuerySet, rule: EscalationRule, at: datetime) -> list[CaseQuerySet]:
    """Return the cases at work, then those to verify, that are so many days over.

    A verification is over since its due date or since it began, whichever is later: what was
    rectified too late has its days, too.
    """
    last = last_overdue_day(clock.day_of(at), rule.number)
    work = rows.filter(state__in=AT_WORK, due_on__lte=last)
    leg = Q(clocks__kind=ClockKind.VERIFY, clocks__stopped_at=None)
    verified_next = rows.annotate(leg=FilteredRelation("clocks", condition=leg)).filter(
        state=State.RECTIFIED,
        leg__due_on__lte=last,
        leg__started_at__lt=midnight(last + timedelta(days=1)),
    )
    day, of_leg = Cast("due_on", CharField()), Cast("leg__due_on", CharField())
    of_round = Concat(Value("verify:"), Cast("round_number", CharField()), Value(":"), of_leg)
    return [
        work.annotate(mark=Concat(Value("due:"), day)),
        verified_next.annotate(mark=of_round),
    ]


def _carry_up(rule: EscalationRule, pk: int, at: datetime) -> int:
    """Carry one case up; returns 1 when somebody was added, 0 when another was quicker."""
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update().select_related("area").get(pk=pk)
            leg = chain.verify_clock_of(case) if case.state == State.RECTIFIED else None
            if leg is None and case.state not in AT_WORK:
                return 0
            due_on = case.due_on if leg is None else leg.due_on
            mark = mark_of(
                Trigger(rule.trigger),
                due_on=due_on,
                round_number=case.round_number,
                is_verified_next=leg is not None,
            )
            Escalation.objects.create(case=case, rule=rule, mark=mark, at=at)
            return _by_rule(rule, case, due_on, at)
    except (IntegrityError, StaleState):
        return 0


def _by_rule(rule: EscalationRule, case: Case, due_on: date, at: datetime) -> int:
    if rule.trigger == Trigger.OVERDUE:
        days = (clock.day_of(at) - due_on).days
        text = _("Overdue by %(days)s days.") % {"days": days}
    else:
        text = _("%(rounds)s rounds without success.") % {"rounds": case.round_number - 1}
    try:
        if rule.agency is not None:
            if case.agency_id == rule.agency_id:
                return 0
            _to_agency(case, rule.agency, by=None, at=at, text=text)
            return 1
        with transaction.atomic():
            _up(case, by=None, at=at, text=text)
    except StaleState:
        raise
    except RuleBroken:
        agency = chain.nearest_agency(case)
        if agency is None or case.agency_id is not None:
            return 0
        _to_agency(case, agency, by=None, at=at, text=text)
    return 1


# --- the table ------------------------------------------------------------------------------------


@transaction.atomic
def add_escalation_rule(
    *,
    trigger: str,
    number: int,
    area: Area | None = None,
    category: Category | None = None,
    agency: Organization | None = None,
    by: Person,
    at: datetime,
) -> EscalationRule:
    """Say when cases go up by themselves, and return the rule.

    Without a place it holds everywhere, without a category for all, without an agency the case
    goes to the next in the chain. InvalidValue for a number that cannot be or no agency.
    """
    require(by, "cases.route", area)
    check_everywhere(area, by)
    if trigger not in EscalationRule.Trigger.values:
        raise InvalidValue(_("Choose what makes a case go up."), field="trigger")
    if not 1 <= number <= 365:
        raise InvalidValue(_("Give a number from 1 to 365."), field="number")
    if agency is not None and agency.kind != Organization.Kind.AGENCY:
        raise InvalidValue(_("%(name)s is no agency.") % {"name": agency.name}, field="agency")
    same = EscalationRule.objects.filter(
        Q(agency=agency), trigger=trigger, number=number, withdrawn_at=None,
        path=area.path if area is not None else "", category=category,
    )  # fmt: skip
    if same.exists():
        raise RuleBroken(_("There is such a rule already."))
    rule = EscalationRule.objects.create(
        trigger=trigger,
        number=number,
        area=area,
        path=area.path if area is not None else "",
        category=category,
        agency=agency,
        made_by=by,
        made_at=at,
    )
    audit.record("case.escalation_rule_added", by=by, subject=rule, at=at, after=_snapshot(rule))
    return rule


@transaction.atomic
def withdraw_escalation_rule(*, rule: EscalationRule, by: Person, at: datetime) -> None:
    """Let a rule no longer carry cases up; those it has carried up stay as they are."""
    require(by, *deed_on(rule.area))
    if not EscalationRule.objects.filter(pk=rule.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise StaleState(_("Somebody else has already withdrawn this rule."))
    rule.withdrawn_at = at
    audit.record(
        "case.escalation_rule_withdrawn", by=by, subject=rule, at=at, before=_snapshot(rule)
    )


def _snapshot(rule: EscalationRule) -> dict[str, Any]:
    return {
        "trigger": str(rule.trigger),
        "number": rule.number,
        "area": rule.area_id,
        "category": rule.category_id,
        "agency": rule.agency_id,
    }
