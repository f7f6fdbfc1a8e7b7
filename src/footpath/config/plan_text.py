"""A plan in plain text, for ``footpath plan``; the pages say it in four languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from footpath.config.plan import figures
from footpath.planning.assignment.plan import AssignmentPlan, Change, Finding, Line, Offer, Why
from footpath.planning.assignment.problem import AssignmentProblem, Held, Rule

ORDER: tuple[Change, ...] = ("kept", "moved", "new", "ended", "nobody")


def assignments(problem: AssignmentProblem, plan: AssignmentPlan) -> str:
    """Return the figures, every change with its reason, and what stands in the way."""
    wanted = {place.id for place in problem.places if place.wants_deputy}
    leads = Counter(line.change for line in plan.lines)
    deputies = Counter(line.deputy_change for line in plan.lines if line.place in wanted)
    lines = [
        f"{len(plan.lines)} places: {_counted(leads)}",
        *([f"{len(wanted)} deputies wanted: {_counted(deputies)}"] if wanted else []),
        status(plan),
        *_titled("Changes", _changes(problem, plan.lines)),
        *_titled("In the way", _findings(plan.findings)),
    ]
    return "\n".join(lines) + "\n"


def status(plan: AssignmentPlan) -> str:
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


def _changes(problem: AssignmentProblem, lines: Iterable[Line]) -> Iterator[str]:
    nobody = Held()
    for line in lines:
        before = problem.current.get(line.place, nobody)
        if line.change != "kept":
            yield _change(line.place, before.lead, line.lead, line.why)
        if line.deputy_change not in {"kept", "nobody"}:
            yield _change(f"{line.place} deputy", before.deputy, line.deputy, line.deputy_why)


def _change(place: str, before: str, after: str, why: Iterable[Why]) -> str:
    reasons = "; ".join(_reason(one) for one in why)
    return f"{place}: {before or 'nobody'} -> {after or 'nobody'}" + (reasons and f" ({reasons})")


def _reason(why: Why) -> str:
    values = " ".join(f"{name}={value}" for name, value in why.values)
    return why.code.replace("_", " ") + (values and f" {values}")


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        officers = ", ".join(finding.officers) or "nobody"
        name = f" {finding.name}" if finding.name else ""
        yield (
            f"{finding.kind}{name}: {', '.join(finding.places)} <- {officers} "
            f"({finding.places_left} places left)"
        )
        for funnel in finding.funnels:
            steps = [f"{step.officers} {_rules(step.rule)}" for step in funnel.steps]
            ending = f"{len(funnel.left)} left"
            yield f"  {funnel.place}: {', '.join([f'{funnel.officers} officers', *steps, ending])}"
        yield from (f"  way out: {_offer(offer)}" for offer in finding.offers)


def _offer(offer: Offer) -> str:
    about = " ".join(part for part in (offer.officer, offer.place, _rules(offer.rules)) if part)
    return f"{offer.kind} {about}, covers {offer.covers}, price {offer.price}"


def _rules(rules: Rule) -> str:
    return "+".join(rule.name.lower() for rule in Rule if rule in rules and rule.name)
