"""Reports of people without an account, for tests."""

from __future__ import annotations

from typing import Any

from footpath.cases import services
from footpath.cases.models import Case, Category, Reporter
from tests.world import NOON, World

NAME, EMAIL, PHONE = "Quyên Kanarienvogel", "kanarienvogel@example.net", "+84 909 717 171"


def opened(world: World, **values: Any) -> Category:
    """Return the world's category, open to the public."""
    for name, value in {"is_public": True, **values}.items():
        setattr(world.category, name, value)
    world.category.save()
    return world.category


def report(world: World, **values: Any) -> tuple[Case, str]:
    """Report a problem of hamlet ``hue`` as somebody without an account."""
    values.setdefault("title", "The light is out")
    values.setdefault("area", world.hue)
    values["category"] = values.get("category") or opened(world)
    values.setdefault("at", NOON)
    return services.report_case(**values)


def reporter_of(case: Case) -> Reporter:
    """Return the reporter of a case as it stands now."""
    return Reporter.objects.select_related("case__duplicate_of").get(case=case)
