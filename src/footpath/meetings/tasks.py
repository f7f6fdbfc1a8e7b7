"""Months are planned in the background, by the worker."""

from __future__ import annotations

from django.utils import translation
from django_tasks import task

from footpath.core import clock
from footpath.meetings.models import MonthPlan
from footpath.meetings.services import months


@task()
def make_month(plan_id: int, language: str) -> None:
    """Make a waiting plan; those that an earlier worker left behind are marked as failed first."""
    with translation.override(language):
        months.fail_cut_off(at=clock.now())
        plan = MonthPlan.objects.select_related("area", "started_by").get(pk=plan_id)
        months.make_month(plan=plan, at=clock.now())


def begin(plan: MonthPlan) -> None:
    """Let a waiting plan be made as soon as the worker is free, speaking the reader's language."""
    make_month.enqueue(plan.pk, translation.get_language() or "en")
