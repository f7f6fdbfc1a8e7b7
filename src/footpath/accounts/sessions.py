"""Sessions kept in the database together with their user: one query tells who is asking."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from footpath.accounts.models import Session, User
from footpath.core.prepared import Prepared

STARTED, ADDRESS, AGENT = "started", "address", "agent"
SEEN_EVERY = timedelta(hours=1)

_SESSION = Prepared(
    lambda key: Session.objects.select_related("user").filter(session_key=key), mark="no session"
)


class SessionStore(DatabaseStore):
    """Django's database sessions; the row is read joined with the user it belongs to."""

    user_of_row: User | None = None
    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of a session."""
        return Session

    def _get_session_from_db(self) -> Any:
        row = _SESSION.first(self.session_key)
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return None
        self.user_of_row = row.user
        self.seen_at = row.seen_at
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to save, with its user and where it was opened."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        user = data.get(SESSION_KEY)
        row.user_id = int(user) if user else None
        row.address = data.get(ADDRESS)
        row.agent = str(data.get(AGENT, ""))[:200]
        row.seen_at = timezone.now()
        started = data.get(STARTED)
        row.started_at = datetime.fromisoformat(started) if started else row.seen_at
        return row

    def opened(self, *, at: datetime, address: str | None, agent: str) -> None:
        """Note when and where somebody signed in: the list of sessions shows it."""
        self[STARTED] = at.isoformat()
        self[ADDRESS] = address
        self[AGENT] = agent[:200]

    def seen(self) -> None:
        """Note that the session is in use, at most once an hour: a page is a read otherwise."""
        now = timezone.now()
        if self.seen_at is not None and now - self.seen_at >= SEEN_EVERY:
            Session.objects.filter(session_key=self.session_key).update(seen_at=now)
            self.seen_at = now

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows of sessions that have run out."""
        Session.objects.filter(expire_date__lt=timezone.now()).delete()
