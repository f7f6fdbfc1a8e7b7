"""The notifications room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Check the settings of this room with those of Django."""
        from django.core import checks

        from footpath.notifications.checks import settings_are_sound

        checks.register(settings_are_sound)
