"""The web room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.web"
    label = "web"
    verbose_name = _("Web")

    def ready(self) -> None:
        """Let rooms of one floor know of each other what their pages show."""
        from footpath.web import library

        library.register()
