"""Who is in charge, on the pages of places and people; registered in ``apps.ready``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.assignments import selectors
from footpath.assignments.forms import DayForm
from footpath.core import clock
from footpath.directory import panels
from footpath.directory.models import Area, Person

MOST_TIERS = 2
MOST_MISSING = 5


def register() -> None:
    """Register figures, cards and facts with the directory."""
    panels.register_figures(figures, order=10)
    panels.register_panel(without_lead, order=10)
    panels.register_panel(in_charge, order=10)
    panels.register_children(below, order=10)
    panels.register_person_panel(in_charge_of, order=10)


def figures(person: Person, area: Area) -> list[panels.Figure]:
    """Return how many places of the two lowest tiers below have a lead today."""
    found = []
    for row in selectors.coverage_rates(area.path, on=clock.today())[-MOST_TIERS:]:
        missing, note = row.rate.missing, ""
        if missing:
            said = ngettext("%(places)s has nobody", "%(places)s have nobody", missing)
            note = said % {"places": row.tier.counted(missing)}
        found.append(
            panels.Figure(
                label=_("%(places)s covered") % {"places": row.tier.many},
                value=row.rate,
                href=reverse(
                    "assignments:coverage", query={"place": area.code, "tier": row.tier.code}
                ),
                note=note,
                tone="attention" if missing else "",
                icon="user-off" if missing else "",
            )
        )
    return found


def without_lead(person: Person, area: Area) -> panels.Panel | None:
    """Return the first places below that nobody leads, of the highest tier that has such."""
    today = clock.today()
    row = next(
        (row for row in selectors.coverage_rates(area.path, on=today) if row.rate.missing), None
    )
    if row is None:
        return None
    page = selectors.coverage(
        person, row.tier, area.path, on=today, missing=True, size=MOST_MISSING
    )
    return panels.Panel(
        "assignments/panels/without_lead.html",
        {
            "places": [covered.area for covered in page.rows],
            "number": row.rate.missing,
            "counted": row.tier.counted(row.rate.missing),
            "tier": row.tier,
            "may_assign": may(person, "assignments.assign", area),
        },
    )


def in_charge(person: Person, area: Area) -> panels.Panel:
    """Return who is in charge of the place today, who acts, on what basis, with which duties."""
    today = clock.today()
    charge = selectors.who_is_in_charge(person, area, on=today)
    return panels.Panel(
        "assignments/panels/in_charge.html",
        {
            "rows": charge.rows,
            "charge": charge,
            "basis": next((row.basis for row in charge.rows if row.basis is not None), None),
            "duties": selectors.duty_lists_of(area, on=today),
            "day_form": DayForm(initial={"on": today}, auto_id="in_charge_%s"),
            "may_assign": may(person, "assignments.assign", area),
        },
        column="side",
    )


def below(person: Person, areas: Sequence[Area]) -> Mapping[int, panels.ChildFacts]:
    """Return who leads each of the places, and how many places right below have a lead."""
    today = clock.today()
    keys = [area.pk for area in areas]
    leads = selectors.lead_of(keys, on=today)
    rates = selectors.rates_of_children(keys, on=today)
    found: dict[int, panels.ChildFacts] = {}
    for area in areas:
        row, lead = rates.get(area.pk), leads.get(area.pk)
        found[area.pk] = panels.ChildFacts(
            second=lead.name if lead else "",
            covered=row.rate if row else None,
            unit=row.tier.many.lower() if row else "",
            missing=bool(row and row.rate.missing) or (lead is None and area.tier.needs_lead),
        )
    return found


def in_charge_of(person: Person, shown: Person) -> panels.Panel | None:
    """Return what somebody is in charge of today and where they stand in; None when there is
    nothing to say and nothing to record.
    """
    today = clock.today()
    rows = selectors.assignments_of(shown, on=today)
    standing = selectors.stands_in_at(shown, on=today)
    may_record = may(person, "assignments.absence", shown)
    if not (rows or standing or may_record):
        return None
    return panels.Panel(
        "assignments/panels/in_charge_of.html",
        {
            "rows": rows,
            "standing": standing,
            "shown": shown,
            "away": shown.absences.in_force(today).first(),
            "duties": selectors.duty_lists_for_roles(rows, on=today),
            "may_record": may_record,
        },
    )
