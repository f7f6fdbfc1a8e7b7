"""A plan in plain text, for ``footpath plan``; the pages say it in four languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from footpath.config.plan import figures
from footpath.config.plan_database import Names
from footpath.planning.assignment.plan import AssignmentPlan, Change, Finding, Line, Offer, Why
from footpath.planning.assignment.problem import AssignmentProblem, Held, Rule
from footpath.planning.month.plan import Change as MonthChange
from footpath.planning.month.plan import Entry, MonthPlan, Repair
from footpath.planning.month.plan import Finding as MonthFinding
from footpath.planning.month.problem import MonthProblem, Slot
from footpath.planning.visits.plan import Finding as VisitFinding
from footpath.planning.visits.plan import Trip, VisitPlan

ORDER: tuple[Change, ...] = ("kept", "moved", "new", "ended", "nobody")


def assignments(problem: AssignmentProblem, plan: AssignmentPlan, names: Names) -> str:
    """Return the figures, every change with its reason, and what stands in the way."""
    wanted = {place.id for place in problem.places if place.wants_deputy}
    leads = Counter(line.change for line in plan.lines)
    deputies = Counter(line.deputy_change for line in plan.lines if line.place in wanted)
    lines = [
        f"{len(plan.lines)} places: {_counted(leads)}",
        *([f"{len(wanted)} deputies wanted: {_counted(deputies)}"] if wanted else []),
        status(plan),
        *_titled("Changes", _changes(problem, plan.lines, names)),
        *_titled("In the way", _findings(plan.findings, names)),
    ]
    return "\n".join(lines) + "\n"


def month(problem: MonthProblem, plan: MonthPlan) -> str:
    """Return the figures, the calendar in the order of time, and what needs a decision."""
    slots = {slot.id: slot for slot in problem.slots}
    held = [entry for entry in plan.entries if entry.slot]
    held.sort(key=lambda entry: (slots[entry.slot].day, slots[entry.slot].begins, entry.meeting))
    stand_ins = sum(len(entry.stand_ins) for entry in plan.entries)
    lost = len(plan.entries) - len(held)
    lines = [
        f"{len(held)} meetings held, {lost} without a slot; {stand_ins} stand-ins",
        status(plan),
        *_titled("Calendar", (_entry(entry, slots[entry.slot]) for entry in held)),
        *_titled("To decide", (_to_decide(finding) for finding in plan.findings)),
    ]
    return "\n".join(lines) + "\n"


def repair(repair: Repair) -> str:
    """Return what a repair changes, each change on its line, and what needs a decision."""
    figure = figures(repair.cost, repair.bound)
    lines = [
        f"changes: {len(repair.changes)}",
        f"{repair.status}: {figure}, digest {repair.plan.digest[:16]}",
        *_titled("Changes", (_month_change(change) for change in repair.changes)),
        *_titled("To decide", (_to_decide(finding) for finding in repair.plan.findings)),
    ]
    return "\n".join(lines) + "\n"


def visits(plan: VisitPlan) -> str:
    """Return the figures, the trips in the order of time, and what could not be done."""
    made = sum(len(trip.units) for trip in plan.trips)
    lines = [
        f"{made} visits on {len(plan.trips)} trips",
        status(plan),
        *_titled(
            "Trips",
            (
                f"{trip.day} {trip.group} {trip.area}: {', '.join(trip.units)}"
                for trip in plan.trips
            ),
        ),
        *_titled("Short", (_short(finding) for finding in plan.findings)),
    ]
    return "\n".join(lines) + "\n"


def status(plan: AssignmentPlan | MonthPlan | VisitPlan) -> str:
    """Return one line on how good the plan is and how it came about."""
    cut = "" if plan.reproducible else ", cut short by the clock"
    return (
        f"{plan.status}: {figures(plan.cost, plan.bound)}, by {plan.backend}{cut}, "
        f"digest {plan.digest[:16]}"
    )


def _counted(counts: Counter[Change]) -> str:
    return ", ".join(f"{counts[change]} {change}" for change in ORDER if counts[change]) or "none"


def _titled(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{title}:"
        yield from (f"  {line}" for line in found)


def _changes(problem: AssignmentProblem, lines: Iterable[Line], names: Names) -> Iterator[str]:
    nobody = Held()
    for line in lines:
        before = problem.current.get(line.place, nobody)
        place = names.place(line.place)
        if line.change != "kept":
            yield _change(place, before.lead, line.lead, line.why, names)
        if line.deputy_change not in {"kept", "nobody"}:
            yield _change(f"{place}, deputy", before.deputy, line.deputy, line.deputy_why, names)


def _change(place: str, before: str, after: str, why: Iterable[Why], names: Names) -> str:
    old, new = (names.officer(key) if key else "nobody" for key in (before, after))
    reasons = "; ".join(_reason(one, names) for one in why)
    return f"{place}: {old} -> {new}" + (reasons and f" ({reasons})")


def _reason(why: Why, names: Names) -> str:
    say = {"officer": names.officer, "place": names.place, "parent": names.place}
    values = " ".join(f"{name}={say.get(name, str)(str(value))}" for name, value in why.values)
    return why.code.replace("_", " ") + (values and f" {values}")


def _findings(findings: Iterable[Finding], names: Names) -> Iterator[str]:
    for finding in findings:
        places = ", ".join(map(names.place, finding.places))
        officers = ", ".join(map(names.officer, finding.officers)) or "nobody"
        name = f" {names.officer(finding.name)}" if finding.name else ""
        yield f"{finding.kind}{name}: {places} <- {officers} ({finding.places_left} places left)"
        for funnel in finding.funnels:
            steps = [f"{step.officers} {_rules(step.rule)}" for step in funnel.steps]
            counted = [f"{funnel.officers} officers", *steps, f"{len(funnel.left)} left"]
            yield f"  {names.place(funnel.place)}: {', '.join(counted)}"
        yield from (f"  way out: {_offer(offer, names)}" for offer in finding.offers)


def _offer(offer: Offer, names: Names) -> str:
    officer, place = names.officer(offer.officer), names.place(offer.place)
    about = " ".join(filter(None, (offer.kind, officer, place, _rules(offer.rules))))
    return f"{about}, covers {offer.covers}, price {offer.price}"


def _entry(entry: Entry, slot: Slot) -> str:
    more = [f"{one.deputy} for {one.attendee}" for one in entry.stand_ins]
    more += [f"without {person}" for person in entry.missing]
    chair = f", {entry.chair} in the chair" if entry.chair else ""
    return f"{slot.day} {slot.part} {entry.meeting}{chair}{''.join(f', {one}' for one in more)}"


def _month_change(change: MonthChange) -> str:
    who = f", for {change.person}" if change.person else ""
    kind = change.kind.replace("_", " ")
    return f"{change.meeting} {kind}: {change.before or 'none'} -> {change.after or 'none'}{who}"


def _to_decide(finding: MonthFinding) -> str:
    about = ", ".join((*finding.meetings, *finding.people, *finding.halls, *finding.pools))
    offers = "; ".join(
        " ".join(filter(None, (offer.kind, offer.meeting, offer.person, offer.slot)))
        for offer in finding.offers
    )
    return f"{finding.kind}: {about}" + (offers and f" (ways out: {offers})")


def _trip(trip: Trip) -> str:
    return f"{trip.day} {trip.group} {trip.area}: {', '.join(trip.units)}"


def _short(finding: VisitFinding) -> str:
    steps = ", ".join(f"{step.days} {step.rule}" for step in finding.steps)
    if finding.kind == "pin":
        return f"pin of {finding.unit}: {finding.rule}"
    return f"{finding.unit}: {finding.planned} of {finding.needs} visits ({steps})"


def _rules(rules: Rule) -> str:
    return "+".join(rule.name.lower() for rule in Rule if rule in rules and rule.name)
