"""The one thing this room changes: the language a user reads in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from footpath.accounts import audit
from footpath.accounts.models import User


@transaction.atomic
def keep_language(*, user: User, language: str, at: datetime) -> None:
    """Remember the language a user has chosen, for the next device they sign in on."""
    if user.language == language:
        return
    before, user.language = user.language, language
    user.save(update_fields=["language"])
    audit.record(
        "accounts.language_chosen",
        by=user,
        subject=user,
        at=at,
        before={"language": before},
        after={"language": language},
    )
