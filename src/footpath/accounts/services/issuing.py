"""Deeds on the tokens of the Question Corner: signing what cannot be read, and forgetting it.

Nothing here writes a line in the trail, a moment or a value
(docs/decisions/0020-drawing-leaves-no-line.md).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from footpath.accounts import corner
from footpath.accounts.models import TokenIssue, User
from footpath.accounts.selectors import drawn_by_epoch
from footpath.accounts.services.corner_keys import destroy_keys
from footpath.secrecy import epochs
from footpath.secrecy.blind import Fault, Malformed, Signer
from footpath.secrecy.encoding import b64, unb64

log = logging.getLogger(__name__)

TOKENS = 4
"""So many for everybody in every month: who needs more than others would be marked by it."""


class Refused(Exception):
    """No tokens. Why is told to nobody: all refusals look the same."""


def issue_tokens(*, by: User, epoch: object, blinded: object, at: datetime) -> list[str]:
    """Sign four blinded tokens of this month, once for each account; four signatures in base64.

    The same request gets the same answer again, also in the month after: an answer may be lost on
    its way. Raises Refused for another request, another month, a month without a key, anything
    malformed, and an account that may not sign in. Nothing is kept but the account, the epoch and
    the digest of the request.
    """
    signer, month, values = _asked(epoch, blinded)
    now = corner.epoch_at(at)
    request = digest_of(month, values)
    if month == now:
        _claim(by, month, request)
    elif month == now.after(-1):
        _require_same(by, month, request)
    else:
        raise Refused
    try:
        return [b64(signer.sign(value)) for value in values]
    except Fault as fault:
        log.critical("a signature came out wrong and was thrown away: check this machine")
        raise Refused from fault


def digest_of(epoch: str, values: Sequence[bytes]) -> str:
    """Return the digest of a request: of the epoch and the four values, a line each."""
    return hashlib.sha256("\n".join([epoch, *map(b64, values)]).encode()).hexdigest()


def _asked(epoch: object, blinded: object) -> tuple[Signer, str, list[bytes]]:
    """Return what is asked for, once it is certain that it can be signed."""
    if not isinstance(epoch, str) or not isinstance(blinded, list) or len(blinded) != TOKENS:
        raise Refused
    try:
        month = str(epochs.Epoch(epoch))
        values = [unb64(value) for value in blinded]
        signer = corner.signer(month)
        if signer is None:
            raise Refused
        for value in values:
            signer.check(value)
    except (Malformed, ValueError) as malformed:
        raise Refused from malformed
    return signer, month, values


@transaction.atomic
def _claim(account: User, epoch: str, request: str) -> None:
    """Take the month's tokens of an account for this request; of any number at once one wins."""
    # On PostgreSQL the lock keeps whoever shuts the account waiting until this is over.
    active = User.objects.select_for_update().filter(pk=account.pk, is_active=True)
    if not active.values_list("pk").first():
        raise Refused
    TokenIssue.objects.bulk_create(
        [TokenIssue(account=account, epoch=epoch, request=request)], ignore_conflicts=True
    )
    _require_same(account, epoch, request)
    transaction.on_commit(lambda: _open_gate(epoch))


def _require_same(account: User, epoch: str, request: str) -> None:
    rows = TokenIssue.objects.filter(
        account=account, epoch=epoch, request=request, account__is_active=True
    )
    if not rows.exists():
        raise Refused


# --- what the Corner is told, and what is forgotten -----------------------------------------------


def _open_gate(epoch: str) -> None:
    """Tell the Corner at once when so many have drawn that questions may be taken."""
    least = settings.CORNER_LEAST
    if corner.files().drawn().get(epoch, 0) >= least:
        return
    counts = drawn_by_epoch()
    if counts.get(epoch, 0) >= least:
        corner.files().write_drawn(counts)


def keep_corner(at: datetime) -> None:
    """Forget what has run out, and tell the Corner how many have drawn: once a day.

    Of an epoch whose tokens can no longer be spent the private key is destroyed, and who has drawn
    them is deleted.
    """
    if not corner.is_here():
        return
    destroy_keys(at=at)
    oldest = corner.epoch_at(at).after(-1)
    TokenIssue.objects.filter(epoch__lt=oldest).delete()
    corner.files().write_drawn(drawn_by_epoch())
