"""The reports room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.reports import permissions

        permissions.register()
