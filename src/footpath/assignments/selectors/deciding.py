"""What to know before deciding on a plan: what has changed since, what approving would do."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.assignments import explaining, planning
from footpath.assignments.models import (
    Assignment,
    Plan,
    PlanLine,
)
from footpath.assignments.selectors.plans import counted_changes, lines_of
from footpath.core import clock, formats
from footpath.planning.assignment.eligibility import tabulate

Change = PlanLine.Change


def changed_since(plan: Plan) -> list[str]:
    """Return what has changed since the plan was made, a sentence each; [] when nothing has.

    Who leads and who is the deputy in each place on the eve of the plan, and the places
    themselves. Two queries.
    """
    eve = planning.eve_of(plan.starts_on, clock.day_of(plan.started_at))
    lines = list(lines_of(plan))
    held: dict[tuple[int, str], Assignment] = {}
    rows = Assignment.objects.in_force(eve).filter(
        area__in=[line.area_id for line in lines],
        role__in=(Assignment.Role.LEAD, Assignment.Role.DEPUTY),
    )
    for row in rows.select_related("person"):
        held[row.area_id or 0, str(row.role)] = row
    found = []
    for line in lines:
        if line.area.valid_until is not None and line.area.valid_until < plan.starts_on:
            found.append(_("%(place)s no longer exists on that day.") % {"place": line.area.name})
        for role, planned in (
            (Assignment.Role.LEAD, line.lead_today),
            (Assignment.Role.DEPUTY, line.deputy_today),
        ):
            now = held.get((line.area_id, str(role)))
            if (now.person_id if now else None) != (planned.pk if planned else None):
                found.append(
                    _("%(place)s, %(role)s: %(before)s when the plan was made, now %(now)s.")
                    % {
                        "place": line.area.name,
                        "role": str(role.label).lower(),
                        "before": planned.name if planned else _("nobody"),
                        "now": now.person.name if now else _("nobody"),
                    }
                )
    return found


def broken_since(plan: Plan, lines: Sequence[PlanLine]) -> list[str]:
    """Return who may no longer be put in charge as the plan says, a sentence each.

    What was declared, limited or ended since the plan was made: relatives, the desk, an absence, a
    post in another organization. As many queries as it takes to read the problem.
    """
    table = tabulate(planning.problem_of(plan))
    found = []
    for line in lines:
        for person, before, rules in (
            (line.lead, line.lead_today_id, table.rules),
            (line.deputy, line.deputy_today_id, table.deputy_rules),
        ):
            if person is None or person.pk == before:
                continue
            row = table.officer_number.get(str(person.pk))
            column = table.place_number.get(str(line.area_id))
            if row is None or column is None:
                broken = _("is no longer in office here")
            else:
                masks = explaining.rules_in(int(rules[row, column]))
                broken = ", ".join(explaining.rule_in_words(rule) for rule in masks)
            if broken:
                found.append(
                    _("%(place)s: %(officer)s %(broken)s.")
                    % {"place": line.area.name, "officer": person.name, "broken": broken}
                )
    return found


def consequences_of(plan: Plan) -> list[str]:
    """Return what approving would do, in words: "3 change hands, 1 is new, 5 open cases there"."""
    counted = counted_changes(plan)
    said = []
    moved, new = counted.get(Change.MOVED, 0), counted.get(Change.NEW, 0)
    if moved:
        said.append(
            ngettext("%(num)s changes hands", "%(num)s change hands", moved) % {"num": moved}
        )
    if new:
        said.append(ngettext("%(num)s is new", "%(num)s are new", new) % {"num": new})
    deputies = plan.lines.exclude(deputy_change__in=["", Change.KEPT]).count()
    if deputies:
        said.append(
            ngettext("%(num)s deputy changes", "%(num)s deputies change", deputies)
            % {"num": deputies}
        )
    moving = list(
        plan.lines.filter(change__in=(Change.MOVED, Change.ENDED)).values_list(
            "area__path", flat=True
        )
    )
    cases = sum(planning.open_at(plan.area, set(moving)).values()) if moving else 0
    if cases:
        said.append(
            ngettext("%(num)s open case there", "%(num)s open cases there", cases)
            % {"num": formats.number(cases)}
        )
    return said or [_("nothing changes")]
