"""Plans are made in the background, by ``footpath serve`` itself."""

from __future__ import annotations

from django.utils import translation
from django_tasks import task

from footpath.assignments.models import Plan
from footpath.assignments.services import making, plans
from footpath.core import clock


@task()
def make(plan_id: int, language: str) -> None:
    """Make a waiting plan; those that an earlier worker left behind are marked as failed first."""
    with translation.override(language):
        plans.fail_cut_off(at=clock.now())
        plan = Plan.objects.select_related("area", "tier", "started_by").get(pk=plan_id)
        making.make_plan(plan=plan, at=clock.now())


def begin(plan: Plan) -> None:
    """Let a waiting plan be made as soon as the worker is free, speaking the reader's language."""
    make.enqueue(plan.pk, translation.get_language() or "en")
