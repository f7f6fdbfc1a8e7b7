"""The room of users, sessions, the trail and the tokens of the Question Corner."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Listen to people signing in and out, and look after the Corner's months every night."""
        from datetime import time

        from django.contrib.auth import signals as auth

        from footpath.accounts import services, signals
        from footpath.core import timetable

        auth.user_logged_in.connect(signals.signed_in)
        auth.user_logged_out.connect(signals.signed_out)
        auth.user_login_failed.connect(signals.refused)
        timetable.register(
            timetable.Job("accounts.corner", services.keep_corner, daily_at=(time(0, 10),))
        )
