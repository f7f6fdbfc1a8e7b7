"""Sessions kept in the database together with their user: one query tells who is asking."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from footpath.accounts.models import Session, User


class SessionStore(DatabaseStore):
    """Django's database sessions; the row is read joined with the user it belongs to."""

    user_of_row: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of a session."""
        return Session

    def _get_session_from_db(self) -> Any:
        try:
            row = Session.objects.select_related("user").get(
                session_key=self.session_key, expire_date__gt=timezone.now()
            )
        except Session.DoesNotExist:
            self._session_key = None
            return None
        self.user_of_row = row.user
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to save, with its user and where it was opened."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        user = data.get(SESSION_KEY)
        row.user_id = int(user) if user else None
        row.address = data.get("address")
        row.agent = str(data.get("agent", ""))[:200]
        row.started_at = row.seen_at = timezone.now()
        return row

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows of sessions that have run out."""
        Session.objects.filter(expire_date__lt=timezone.now()).delete()
