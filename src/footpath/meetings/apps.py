"""The meetings room as Django sees it."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.meetings"
    label = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.core import timetable
        from footpath.core.timetable import Job
        from footpath.meetings import (
            engagements,
            handing,
            notices,
            on_pages,
            permissions,
            reminding,
            selectors,
            services,
        )

        permissions.register()
        on_pages.register()
        handing.register()
        notices.register()
        engagements.register_source(selectors.meetings_of_unit)
        reminding.register()
        timetable.register(Job("series", services.make_all, daily_at=(time(1, 30),)))
