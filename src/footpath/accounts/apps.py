"""The room of users, sessions and the trail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
