"""The member side of the demonstration's Corner: keys, accounts, and the tokens they draw.

Runs in the project of the member side. What it returns are tokens without any account: those who
drew them are forgotten here as they are in earnest.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction

from footpath.accounts import audit, corner
from footpath.accounts import services as accounts
from footpath.accounts.models import User
from footpath.accounts.services import issuing
from footpath.directory.models import Person
from footpath.secrecy import blind
from footpath.secrecy.encoding import b64, unb64
from footpath.secrecy.epochs import Epoch
from footpath.web.demo.closing import LOG_INS
from footpath.web.demo.stage import last_moment, moment

COMMAND = audit.System("footpath demo")
MEMBERS = 26
"""So many accounts draw each month: more than the least among whom one who asks is hidden."""


def publish_keys(today: date, first: Epoch) -> None:
    """Make and publish the keys from the first epoch that is needed to a year from today."""
    accounts.publish_keys(by=COMMAND, at=moment(first.first_day, 9), ahead=0)
    accounts.publish_keys(by=COMMAND, at=moment(today, 0))


def let_in(today: date) -> list[User]:
    """Return the accounts that draw: people of the demonstration without a log-in are given one.

    They sign in with their staff number and the password of the demonstration. Those whose log-ins
    are printed are left out: their browsers draw for themselves.
    """
    known = User.objects.get(username="office")
    at = last_moment(today)
    found = []
    people = Person.objects.filter(user=None, is_synthetic=True).order_by("code")[:MEMBERS]
    with transaction.atomic():
        for person in people:
            username = str(person.code).lower()
            user = accounts.create_user(username=username, password=None, by=COMMAND, at=at)
            audit.record("accounts.password_set", by=COMMAND, subject=user, at=at)
            Person.objects.filter(pk=person.pk).update(user=user)
            audit.record(
                "directory.access_given",
                by=COMMAND,
                subject=person,
                at=at,
                after={"username": username},
            )
            found.append(user)
        # One password for all, so that hashing it takes no time for each.
        User.objects.filter(pk__in=[user.pk for user in found]).update(password=known.password)
    return found


def usernames() -> list[str]:
    """Return the user names that ``let_in`` has given, in the order of staff numbers."""
    people = Person.objects.filter(is_synthetic=True, user__isnull=False)
    names = people.exclude(user__username__in=LOG_INS).order_by("code")
    return list(names.values_list("user__username", flat=True)[:MEMBERS])


def draw(members: Sequence[User], epochs: Sequence[Epoch]) -> list[dict[str, str]]:
    """Let every account draw its four tokens of every epoch, as its browser would; shuffled."""
    tokens = [token for epoch in epochs for member in members for token in _drawn_by(member, epoch)]
    secrets.SystemRandom().shuffle(tokens)
    return tokens


def keep_corner(today: date) -> None:
    """Tell the Corner how many have drawn, and forget what is over."""
    issuing.keep_corner(moment(today, 0))


def _drawn_by(member: User, epoch: Epoch) -> Iterator[dict[str, str]]:
    signer = corner.signer(epoch)
    if signer is None:
        raise RuntimeError(f"there is no key of {epoch}")
    prepared = [blind.prepare(secrets.token_bytes(32)) for _slot in range(issuing.TOKENS)]
    hidden = [blind.blind(one, signer.key) for one in prepared]
    signed = accounts.issue_tokens(
        by=member,
        epoch=str(epoch),
        blinded=[b64(one.message) for one in hidden],
        at=moment(epoch.first_day, 9),
    )
    for token, one, signature in zip(prepared, hidden, signed, strict=True):
        good = blind.finalize(token, unb64(signature), one.inverse, signer.key)
        yield {"epoch": str(epoch), "token": b64(token), "signature": b64(good)}
