"""The cases room as Django sees it."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.accounts import verification
        from footpath.assignments import planning
        from footpath.cases import (
            handing,
            notices,
            on_cases,
            on_places,
            permissions,
            reminder_card,
        )
        from footpath.cases.ledger_imports import tasks
        from footpath.cases.models import Case
        from footpath.cases.open311 import polling, sending
        from footpath.cases.selectors import standing
        from footpath.cases.services import (
            climbing,
            escalating,
            pausing,
            reporter_mail,
            reporters,
            tallies,
        )
        from footpath.core import timetable

        timetable.register(timetable.Job("cases.pauses", pausing.end_pauses, every_minutes=15))
        timetable.register(timetable.Job("cases.tallies", tallies.keep, every_minutes=5))
        timetable.register(
            timetable.Job("cases.reporter_mail", reporter_mail.send_due, every_minutes=1)
        )
        timetable.register(
            timetable.Job("cases.reporter_erasing", reporters.erase_due, daily_at=(time(3, 20),))
        )
        timetable.register(timetable.Job("cases.handoffs", sending.send_due, every_minutes=1))
        timetable.register(timetable.Job("cases.remote_updates", polling.poll, every_minutes=10))
        timetable.register(timetable.Job("cases.imports", tasks.go_on, every_minutes=2))
        verification.must_have_trail(Case)
        permissions.register()
        notices.register()
        climbing.register()
        escalating.register()
        on_places.register()
        reminder_card.register()
        on_cases.register()
        handing.register()
        planning.register_weight(standing.open_by_path)
