"""Starting a plan, stopping it, and starting it again with pins and waivers. Source: S2.1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments import planning
from footpath.assignments.models import (
    Assignment,
    BasisDocument,
    Plan,
    PlanFinding,
    PlanPin,
    PlanWaiver,
)
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person, Tier

AT_WORK = (Plan.State.WAITING, Plan.State.RUNNING)
SILENT_FOR = timedelta(minutes=5)
"""A plan at work that has said nothing for so long was cut off, for example by a restart."""


class PlanAtWork(StaleState):
    """Somebody else has already started a plan for the same places; it is in ``plan``."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            _("%(person)s has already started a plan for these places, at %(time)s.")
            % {"person": plan.started_by.name, "time": formats.time(plan.started_at)}
        )
        self.plan = plan


@transaction.atomic
def start_plan(
    *,
    area: Area,
    tier: Tier,
    starts_on: date,
    by: Person,
    at: datetime,
    basis: BasisDocument | None = None,
    previous: Plan | None = None,
    pins: Iterable[PlanPin] = (),
    waivers: Iterable[PlanWaiver] = (),
) -> Plan:
    """Ask for a plan of the places of a tier in an area and return it, waiting to be made.

    Pins and waivers are copied from those given. Raises InvalidValue for a day that has passed or a
    tier without places, PlanAtWork when one for the same places is being made. Source: S2.1.
    """
    require(by, "assignments.plan", area)
    today = clock.day_of(at)
    if starts_on < today:
        raise InvalidValue(
            _("A plan begins today at the earliest, %(day)s.") % {"day": formats.day_year(today)},
            field="starts_on",
        )
    if tier.level <= area.tier.level:
        raise InvalidValue(_("Choose a tier below the place."), field="tier")
    if not Area.objects.in_force(starts_on).within(area.path).filter(tier=tier).exists():
        raise InvalidValue(_("There are no places of this tier on that day."), field="tier")
    fail_cut_off(area=area, tier=tier, at=at)
    plan = Plan(
        area=area,
        path=area.path,
        tier=tier,
        previous=previous,
        starts_on=starts_on,
        basis=basis,
        started_by=by,
        started_at=at,
    )
    policy = planning.policy_for(area, tier)
    plan.policy = planning.terms_of(policy, planning.rule_for(area, tier)).as_json()
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        other = Plan.objects.filter(area=area, tier=tier, state__in=AT_WORK).select_related(
            "started_by"
        )
        raise PlanAtWork(other.get()) from None
    for pin in pins:
        PlanPin.objects.create(
            plan=plan, area=pin.area, person=pin.person, role=pin.role, away=pin.away, by=pin.by
        )
    for waiver in waivers:
        PlanWaiver.objects.create(
            plan=plan,
            person=waiver.person,
            area=waiver.area,
            rules=waiver.rules,
            places_more=waiver.places_more,
            by=waiver.by,
            reason=waiver.reason,
        )
    audit.record("plan.started", by=by, subject=plan, at=at, after=_snapshot(plan))
    return plan


def plan_again(*, plan: Plan, by: Person, at: datetime, waivers: Iterable[PlanWaiver] = ()) -> Plan:
    """Ask for the next plan after this one, with what was noted on it, and return it.

    Pins that were taken off are left out; waivers are kept and the given ones come to them.
    A first day that has passed becomes today. Raises as ``start_plan``.
    """
    pins = [pin for pin in plan.pins.select_related("area", "person", "by") if not pin.off]
    kept = plan.waivers.select_related("area", "person", "by").order_by("pk")
    return start_plan(
        area=plan.area,
        tier=plan.tier,
        starts_on=max(plan.starts_on, clock.day_of(at)),
        basis=plan.basis,
        previous=plan,
        pins=pins,
        waivers=[*kept, *waivers],
        by=by,
        at=at,
    )


@transaction.atomic
def stop_plan(*, plan: Plan, by: Person, at: datetime) -> None:
    """Stop the making of a plan: what is best so far is kept; one that waits is cancelled.

    Raises StaleState when the plan is finished already.
    """
    require(by, "assignments.plan", plan)
    waiting = Plan.objects.filter(pk=plan.pk, state=Plan.State.WAITING)
    if waiting.update(state=Plan.State.CANCELLED, finished_at=at):
        plan.state = Plan.State.CANCELLED
    elif not Plan.objects.filter(pk=plan.pk, state=Plan.State.RUNNING).update(stop=True):
        raise StaleState(_("This plan is finished already."))
    plan.stop = True
    audit.record("plan.stopped", by=by, subject=plan, at=at)


def is_cut_off(plan: Plan, *, at: datetime) -> bool:
    """Return whether a plan at work has said nothing for long."""
    return plan.state in AT_WORK and at - (plan.heard_at or plan.started_at) > SILENT_FOR


@transaction.atomic
def start_again(*, plan: Plan, by: Person, at: datetime) -> None:
    """Let a plan that was cut off be made from the beginning; StaleState when it was not."""
    require(by, "assignments.plan", plan)
    changed = 0
    if is_cut_off(plan, at=at):
        changed = Plan.objects.filter(
            pk=plan.pk, state=plan.state, heard_at=plan.heard_at, started_at=plan.started_at
        ).update(state=Plan.State.WAITING, heard_at=at, stop=False, progress=[])
    if not changed:
        raise StaleState(_("This plan is being made. Look again in a moment."))
    plan.refresh_from_db()
    audit.record("plan.started_again", by=by, subject=plan, at=at)


@transaction.atomic
def fail_cut_off(*, at: datetime, area: Area | None = None, tier: Tier | None = None) -> int:
    """Mark plans that were cut off as failed, with a sentence; return how many there were.

    Those for the places of one tier in an area, waiting or running; without an area all that run:
    what waits is still in the queue of the worker.
    """
    rows = Plan.objects.filter(started_at__lt=at - SILENT_FOR)
    if area is not None:
        rows = rows.filter(state__in=AT_WORK, area=area, tier=tier)
    else:
        rows = rows.filter(state=Plan.State.RUNNING)
    failed = 0
    for plan in rows:
        if is_cut_off(plan, at=at):
            failed += fail_plan(
                plan=plan,
                sentence=_("The work was cut off, for example by a restart. Plan again."),
                at=at,
            )
    return failed


@transaction.atomic
def fail_plan(*, plan: Plan, sentence: str, at: datetime) -> int:
    """Mark a plan at work as failed, with a sentence for whoever reads it; return 1, or 0."""
    changed = Plan.objects.filter(pk=plan.pk, state__in=AT_WORK).update(
        state=Plan.State.FAILED, error=sentence, finished_at=at
    )
    if changed:
        plan.state, plan.error = Plan.State.FAILED, sentence
        audit.record("plan.failed", by=audit.System(), subject=plan, at=at)
    return changed


# --- what is noted on a proposal ------------------------------------------------------------------


@transaction.atomic
def pin_officer(
    *,
    plan: Plan,
    area: Area,
    person: Person,
    by: Person,
    at: datetime,
    away: bool = False,
    role: str = Assignment.Role.LEAD,
) -> PlanPin:
    """Note on a proposal: this officer at this place, or with ``away`` anybody but this one.

    Holds from the next plan on. An earlier pin that says otherwise is taken off. Raises
    InvalidValue for a place or a role that the plan does not have. Source: S2.1.
    """
    require(by, "assignments.plan", plan)
    _still_proposed(plan)
    if role not in (Assignment.Role.LEAD, Assignment.Role.DEPUTY):
        raise InvalidValue(_("There is no such role."), field="role")
    if not plan.lines.filter(area=area).exists():
        raise InvalidValue(_("This place is not in the plan."), field="place")
    same = plan.pins.filter(area=area, role=role)
    if away:
        same = same.filter(person=person)
    else:
        # The officer chosen is no longer kept away, and nobody else is put there any more.
        same = same.filter(away=False) | same.filter(person=person)
    for other in same:
        _take_off(other)
    pin, made = PlanPin.objects.get_or_create(
        plan=plan,
        area=area,
        person=person,
        role=role,
        defaults={"away": away, "noted": True, "by": by},
    )
    if not made:
        # The same pin as before comes back; the opposite of it becomes a new one.
        was_other = pin.away != away
        pin.away, pin.off, pin.by = away, False, by if was_other else pin.by
        pin.noted = pin.noted or was_other
        pin.save()
    audit.record(
        "plan.pinned",
        by=by,
        subject=plan,
        at=at,
        after={"area": area.pk, "person": person.pk, "role": str(role), "away": away},
    )
    return pin


@transaction.atomic
def take_pin_off(*, pin: PlanPin, by: Person, at: datetime) -> None:
    """Note on a proposal that the next plan is made without this pin."""
    plan = pin.plan
    require(by, "assignments.plan", plan)
    _still_proposed(plan)
    audit.record(
        "plan.unpinned",
        by=by,
        subject=plan,
        at=at,
        before={"area": pin.area_id, "person": pin.person_id, "role": str(pin.role)},
    )
    _take_off(pin)


def waiver_of(
    *,
    plan: Plan,
    person: Person,
    by: Person,
    reason: str,
    area: Area | None = None,
    rules: int = 0,
    places_more: int = 0,
) -> PlanWaiver:
    """Return an exception for the next plan, not yet saved: ``plan_again`` keeps it.

    Raises InvalidValue without a reason: rules are waived by a person who says why.
    """
    require(by, "assignments.plan", plan)
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidValue(_("Say why."), field="reason")
    return PlanWaiver(
        person=person, area=area, rules=rules, places_more=places_more, by=by, reason=reason[:300]
    )


@transaction.atomic
def leave_open(*, finding: PlanFinding, until: date, by: Person, at: datetime) -> None:
    """Note that the places of a finding may stay open until a day, when it is asked again."""
    plan = finding.plan
    require(by, "assignments.plan", plan)
    _still_proposed(plan)
    if until <= clock.day_of(at):
        raise InvalidValue(_("Choose a day after today."), field="until")
    PlanFinding.objects.filter(pk=finding.pk).update(open_until=until, open_by=by)
    finding.open_until, finding.open_by = until, by
    audit.record(
        "plan.left_open",
        by=by,
        subject=plan,
        at=at,
        after={"finding": finding.position, "until": until.isoformat()},
    )


def _take_off(pin: PlanPin) -> None:
    if pin.noted:
        pin.delete()
    else:
        pin.off = True
        pin.save(update_fields=["off"])


def _still_proposed(plan: Plan) -> None:
    if not Plan.objects.filter(pk=plan.pk, state=Plan.State.PROPOSED).exists():
        raise RuleBroken(_("This plan is decided or not ready. Plan again to change it."))


def _snapshot(plan: Plan) -> dict[str, object]:
    return {
        "area": plan.area_id,
        "tier": plan.tier_id,
        "starts_on": plan.starts_on.isoformat(),
        "basis": plan.basis_id,
        "policy": plan.policy,
        "previous": plan.previous_id,
        "pins": sorted(
            [pin.area_id, pin.person_id, str(pin.role), pin.away] for pin in plan.pins.all()
        ),
        "waivers": sorted(
            [row.person_id, row.area_id or 0, row.rules, row.places_more, row.reason]
            for row in plan.waivers.all()
        ),
    }
