"""Looking up who somebody is and what their posts grant.

Rooms above register what they know: ``directory`` how a user becomes a person, and every room
that gives roles a function from a person's key to grants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.db.models import Count, Model, Q
from django.utils import timezone

from footpath.accounts import verification
from footpath.accounts.audit import subject_key
from footpath.accounts.models import ApiToken, Session, TokenIssue, TrailLine, User
from footpath.accounts.permissions import Asker, may
from footpath.accounts.rules import Grant, Role, Scope, token_digest
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of

GrantProvider = Callable[[int], list[Grant]]
PersonLoader = Callable[[User], Any]

_providers: list[GrantProvider] = []
_loaders: list[PersonLoader] = []
_known: dict[int, tuple[tuple[int, object], Any]] = {}
_MOST_KNOWN = 10_000


def register_grants(provider: GrantProvider) -> None:
    """Add a function that gives the grants of a person (by key) in force today."""
    _providers.append(provider)


def register_person_loader(loader: PersonLoader) -> None:
    """Set the function that gives the person behind a user, or None."""
    _loaders[:] = [loader]


def scope_of(person_id: int) -> Scope:
    """Return everything that a person's posts, memberships and assignments grant today."""
    return Scope(tuple(grant for provider in _providers for grant in provider(person_id)))


def person_behind(user: Any) -> Any:
    """Return the person behind a user with the scope already read, or None.

    Kept in this process until the user's ``scope_version`` or the day changes, so that a signed-in
    page costs no further query. The answer is shared: nobody writes to it.
    """
    if not user.is_authenticated:
        return None
    stamp = (user.scope_version, clock.today())
    kept = _known.get(user.pk)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    person = _loaders[0](user) if _loaders else None
    if person is not None:
        person.scope  # noqa: B018 - read once, kept on the person
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[user.pk] = (stamp, person)
    return person


def forget_everybody() -> None:
    """Drop what this process has kept of people: for tests, whose databases come and go."""
    _known.clear()


def is_administrator(user: User) -> bool:
    """Return whether the person behind the user is an administrator of the whole tree.

    The administration site shows the records of all places and changes what all of them use.
    """
    person = person_behind(user)
    return person is not None and person.scope.covers("", {Role.ADMINISTRATOR})


def sessions_of(user: User) -> list[Session]:
    """Return the user's open sessions, the newest first."""
    return list(
        Session.objects.filter(user=user, expire_date__gt=clock.now()).order_by("-started_at")
    )


def tokens_of(user: User) -> list[ApiToken]:
    """Return the user's keys of the API that work, the newest first."""
    return list(ApiToken.objects.filter(user=user, revoked_at=None).order_by("-created_at", "-pk"))


# --- tokens of the Question Corner ----------------------------------------------------------------


def has_drawn(user: User, epoch: str) -> bool:
    """Return whether a browser of the user has drawn the tokens of an epoch."""
    return TokenIssue.objects.filter(account=user, epoch=epoch).exists()


def drawn_by_epoch() -> dict[str, int]:
    """Return how many accounts have drawn, by epoch: {"2026-11": 286}."""
    rows = TokenIssue.objects.order_by("epoch").values_list("epoch")
    return dict(rows.annotate(accounts=Count("account_id")))


# --- the trail ------------------------------------------------------------------------------------

NEWEST_FIRST = Order("id", descending=True, read=int)


@dataclass(frozen=True)
class Chain:
    """The chain of one subject: how many lines, and the first fault or None."""

    subject: str
    lines: int
    fault: verification.Finding | None


def chain_of(subject: Model | str) -> Chain:
    """Return the chain of a record, checked line by line: two queries, one line after the other.

    For the card ``accounts/trail_card.html`` on the pages of other rooms, whose own selectors have
    already decided that the reader may see the record.
    """
    key = subject_key(subject)
    return Chain(key, *verification.chain_is_sound(key))


def trail_for(
    person: Asker,
    *,
    subject: str = "",
    actor: str = "",
    deed: str = "",
    day: date | None = None,
    after: str | None = None,
) -> Page[TrailLine]:
    """Return lines of the trail, the newest first, to somebody who may read it.

    A line names a record by its key only, so that whoever may read the trail reads all of it.
    ``subject`` is a whole key; ``actor`` a key or a part of a name; ``deed`` a deed or the
    beginning of one ("case."); ``day`` a day of the organisation's calendar. NotThere for others.
    """
    _require_reader(person)
    rows = TrailLine.objects.all()
    if subject:
        rows = rows.filter(subject=subject)
    if actor:
        rows = rows.filter(Q(actor=actor) | Q(actor_name__icontains=actor))
    if deed:
        rows = rows.filter(deed__startswith=deed)
    if day is not None:
        start, end = (timezone.make_aware(datetime.combine(day, at)) for at in (time.min, time.max))
        rows = rows.filter(at__range=(start, end))
    return page_of(rows, order=NEWEST_FIRST, after=after)


def history_for(person: Asker, *, subject: str, after: str | None = None) -> Page[TrailLine]:
    """Return the lines of one subject, the newest first; NotThere when there are none."""
    page = trail_for(person, subject=subject, after=after)
    if not page.rows:
        raise NotThere
    return page


def lines_in_trail(person: Asker, *, most: int) -> int:
    """Return how many lines the trail has; counting stops at ``most``."""
    _require_reader(person)
    return TrailLine.objects.all()[:most].count()


def name_of_subject(subject: str) -> str:
    """Return the words for a subject's key: "case 17" for "cases.case:17"; else the key itself."""
    label, _colon, pk = subject.partition(":")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {pk}"
    except (LookupError, ValueError):
        return subject


def _require_reader(person: Asker) -> None:
    if not may(person, "trail.read"):
        raise NotThere


# --- the installation -----------------------------------------------------------------------------


def installation() -> str:
    """Return a short name of this installation that never changes, restored copies included.

    Made from the first line of the trail; "new" while nothing has been done.
    """
    first = TrailLine.objects.order_by("pk").values_list("digest", flat=True).first()
    return "new" if first is None else token_digest(f"installation {first}")[:12]
