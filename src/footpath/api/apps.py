"""The api room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.api"
    label = "api"
    verbose_name = _("Api")
