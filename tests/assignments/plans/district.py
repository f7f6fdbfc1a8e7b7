"""A commune of five hamlets and six officers of the district, ready to be planned."""

from __future__ import annotations

from datetime import date
from typing import Any

from footpath.accounts.rules import Role
from footpath.assignments import services
from footpath.assignments.models import Limit, Plan
from footpath.assignments.services import making, plans
from footpath.directory.models import Area, Organization, Person, Tier
from tests.world import NOON, World, area, assign, holder, later, member, organization, tiers

FIRST_OF_APRIL = date(2026, 4, 1)
NAMES = ("Phú Chánh", "Phú Hòa", "Phú Lợi", "Phú Nhơn", "Phú Thành")


class District:
    """Hữu Định with five hamlets; ``officers`` of the Office of Health lead the first four."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commune: Area = area("Xã Hữu Định", world.district, code="28858", type_name="Xã")
        self.hamlets = [
            area(f"Ấp {name}", self.commune, code=f"28858-0{number}", type_name="Ấp",
                 latitude=10.30 + number / 100, longitude=106.30)
            for number, name in enumerate(NAMES, start=1)
        ]  # fmt: skip
        self.department: Organization = organization("Office of Roads", world.district)
        self.officers: list[Person] = [
            member(f"Officer {letter}", self.department) for letter in "ABCDEF"
        ]
        for officer, hamlet in zip(self.officers[:4], self.hamlets, strict=False):
            assign(officer, hamlet)
        # Whoever approves in these tests is never put in charge of a place by the plan itself.
        Limit.objects.create(person=world.office, places=0, bound=True)
        self.tier: Tier = tiers()[3]
        self.head = holder(
            "Head of Hữu Định", Role.HEAD, organization("UBND", self.commune), self.commune
        )

    def start(self, **values: Any) -> Plan:
        """Ask for a plan of the hamlets of the commune."""
        values.setdefault("area", self.commune)
        values.setdefault("tier", self.tier)
        values.setdefault("starts_on", FIRST_OF_APRIL)
        values.setdefault("by", self.world.office)
        values.setdefault("at", NOON)
        return plans.start_plan(**values)

    def make(self, plan: Plan) -> Plan:
        """Let a plan be made, as the worker does."""
        making.make_plan(plan=plan, at=later(seconds=1))
        plan.refresh_from_db()
        return plan

    def planned(self, **values: Any) -> Plan:
        """Return a plan that is proposed."""
        return self.make(self.start(**values))

    def only(self, *officers: int) -> None:
        """Bind everybody but these officers to the desk."""
        keep = {self.officers[number].pk for number in officers}
        everybody = [*self.officers, *Person.objects.filter(
            memberships__organization=self.world.district_office
        )]  # fmt: skip
        for person in everybody:
            if person.pk not in keep:
                services.set_limit(
                    person=person, places=0, bound=True, by=self.world.administrator, at=NOON
                )

    def led(self, plan: Plan) -> dict[str, str]:
        """Return who would lead each hamlet, by short names."""
        return {
            line.area.short_name: line.lead.name if line.lead else ""
            for line in plan.lines.select_related("area", "lead").order_by("area__path")
        }
