"""The knowledge room as Django sees it."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.knowledge"
    label = "knowledge"
    verbose_name = _("Library")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.accounts import verification
        from footpath.core import timetable
        from footpath.core.timetable import Job
        from footpath.knowledge import notices, permissions, services
        from footpath.knowledge.models import Item

        permissions.register()
        notices.register()
        verification.must_have_trail(Item)
        timetable.register(Job("knowledge.publish", services.publish_due, daily_at=(time(6, 40),)))
