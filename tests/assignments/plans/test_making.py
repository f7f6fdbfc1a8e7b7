"""A plan is started, made in the background, checked and proposed."""

from __future__ import annotations

import pytest

from footpath.assignments.models import Plan
from tests.assignments.plans.district import District

pytestmark = pytest.mark.django_db


def test_a_plan_keeps_who_leads_and_fills_the_empty_place(district: District) -> None:
    plan = district.planned()
    assert plan.error == ""
    assert (plan.state, plan.status) == (Plan.State.PROPOSED, "proven")
    led = district.led(plan)
    assert [led[name] for name in list(led)[:4]] == [
        "Officer A", "Officer B", "Officer C", "Officer D",
    ]  # fmt: skip
    assert led["Phú Thành"]
    changes = list(plan.lines.order_by("area__path").values_list("change", flat=True))
    assert changes == ["kept", "kept", "kept", "kept", "new"]
