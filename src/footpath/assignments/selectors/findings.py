"""The findings of a plan in words, with the people and places in them and the ways out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.assignments import explaining
from footpath.assignments.explaining import Names
from footpath.assignments.models import (
    Plan,
    PlanFinding,
    PlanLine,
)
from footpath.core import formats
from footpath.directory.models import Area, Person
from footpath.planning.assignment.problem import Rule


@dataclass(frozen=True)
class WayOut:
    """A way out of a finding that a person may allow."""

    number: int
    kind: str
    text: str

    @property
    def needs_reason(self) -> bool:
        """Return whether whoever allows it has to say why: a rule is waived."""
        return self.kind == "rule"


@dataclass(frozen=True)
class FindingRow:
    """A finding in words, with the people and places in it and the ways out."""

    finding: PlanFinding
    title: str
    sentence: str
    places: tuple[Area, ...]
    officers: tuple[tuple[Person, int | None], ...]
    funnels: tuple[tuple[Area, str], ...]
    ways: tuple[WayOut, ...]
    parent: str


def finding_row(
    row: PlanFinding,
    plan: Plan,
    names: Names,
    people: Mapping[int, Person],
    lines: Iterable[PlanLine],
) -> FindingRow:
    places = {line.area_id: line.area for line in lines}
    shown = tuple(places[key] for key in row.data.get("places", ()) if key in places)
    left = {int(load["officer"]): int(load["capacity"]) for load in plan.loads}
    officers = tuple(
        (people[key], left.get(key)) for key in row.data.get("officers", ()) if key in people
    )
    parents = {area.parent.name for area in shown if area.parent is not None}
    return FindingRow(
        finding=row,
        title=explaining.finding_title(row),
        sentence=explaining.finding_sentence(row, names, plan.tier.counted(len(shown))),
        places=shown,
        officers=officers,
        funnels=tuple(
            (places[funnel["place"]], _funnel(funnel))
            for funnel in row.data.get("funnels", ())
            if funnel["place"] in places
        ),
        ways=tuple(
            WayOut(number, offer["kind"], text)
            for number, offer in enumerate(row.data.get("offers", ()))
            if (text := explaining.offer_in_words(offer, names))
        ),
        parent=parents.pop() if len(parents) == 1 else "",
    )


def _funnel(funnel: Mapping[str, Any]) -> str:
    """Return why nobody else: "of 12 officers, 5 are bound to their desk; 3 are left and full"."""
    steps = [explaining.funnel_step(Rule(rule), number) for rule, number in funnel["steps"]]
    left = len(funnel["left"])
    said = ngettext(
        "of %(officers)s officer, %(steps)s",
        "of %(officers)s officers, %(steps)s",
        funnel["officers"],
    ) % {
        "officers": formats.number(funnel["officers"]),
        "steps": ", ".join(step for step in steps if step) or _("all may lead it"),
    }
    if not left:
        return _("%(said)s; nobody is left.") % {"said": said}
    return ngettext(
        "%(said)s; %(left)s is left and full.", "%(said)s; %(left)s are left and full.", left
    ) % {"said": said, "left": formats.number(left)}
