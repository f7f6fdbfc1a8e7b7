"""The clock of the answer stops in cases that are closed: the reporter was told by the end.

It ran on after the end until now, and people were reminded of it. Where the reporter was asked
whether it is fixed, the answer was given at that moment; of a duplicate, or where nobody was asked,
the clock is not needed any more. Open cases are left alone, also those that were closed before: who
works on them still owes the answer until they are closed again. No figure counts this clock.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import BooleanField, Case, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

VERIFIED = ("solved", "explained", "passed_on")


def forwards(apps: Any, _schema: Any) -> None:
    """Stop the clocks, end their pauses, and let what was planned for them fall away."""
    case_model, clock_model = apps.get_model("cases", "Case"), apps.get_model("cases", "Clock")
    closed = case_model.objects.filter(is_open=False, closed_at__isnull=False)
    running = clock_model.objects.filter(kind="reply", stopped_at=None, case__in=closed)
    told = Q(case__outcome__in=VERIFIED, case__reporter__asked_at__isnull=False)
    met = list(running.filter(told).values_list("pk", flat=True))
    keys = list(running.values_list("pk", flat=True))
    confirmed = apps.get_model("cases", "Round").objects.filter(
        case=OuterRef("case"), result="confirmed", verified_at__gte=OuterRef("started_at")
    )
    first = confirmed.order_by().values("case").annotate(at=Min("verified_at")).values("at")
    end = case_model.objects.filter(pk=OuterRef("case")).values("closed_at")
    for some in _in_pieces(met):
        clock_model.objects.filter(pk__in=some).update(
            stopped_at=Coalesce(Subquery(first), Subquery(end)), ended="met"
        )
        clock_model.objects.filter(pk__in=some).update(
            is_in_time=Case(
                When(stopped_at__lte=F("due_at"), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
    for some in _in_pieces(keys):
        stopped = clock_model.objects.filter(pk__in=some)
        stopped.filter(stopped_at=None).update(stopped_at=Subquery(end), ended="cancelled")
        stopped.update(next_rung_at=None)
        reminders = apps.get_model("cases", "Reminder").objects
        reminders.filter(clock__in=some, state="planned").update(state="cancelled")
        pauses = apps.get_model("cases", "ClockPause").objects
        for pause in pauses.filter(clock__in=some, is_over=False).select_related("clock"):
            pause.until = max(pause.since, min(pause.until, pause.clock.stopped_at))
            pause.is_over = True
            pause.save(update_fields=["until", "is_over"])
        waited = case_model.objects.filter(clocks__in=some, due_kind="reply")
        case_model.objects.filter(pk__in=list(waited.values_list("pk", flat=True))).update(
            due_on=Coalesce(F("promised_on"), F("due_on")),
            due_at=None,
            due_kind="",
            paused_until=None,
        )


def _in_pieces(keys: list[int], size: int = 500) -> list[list[int]]:
    return [keys[at : at + size] for at in range(0, len(keys), size)]


def backwards(_apps: Any, _schema: Any) -> None:
    """Leave the clocks as they are."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_open_cases_of_a_place_by_state")]
    operations = [migrations.RunPython(forwards, backwards)]
