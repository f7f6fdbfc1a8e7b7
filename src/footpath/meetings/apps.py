"""The meetings room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.meetings"
    label = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.meetings import engagements, handing, notices, on_pages, permissions, selectors

        permissions.register()
        on_pages.register()
        handing.register()
        notices.register()
        engagements.register_source(selectors.meetings_of_unit)
