"""Paper slips that may be used instead of a token."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from footpath.questions.models import Slip
from footpath.secrecy.epochs import Epoch


@transaction.atomic
def keep_slips(digests: Iterable[bytes], epoch: str) -> None:
    """Keep the digests of new slips (``secrecy.tokens.slip_nullifier``, 32 bytes) of an epoch.

    They are written in the order of the digests, which says nothing of the order of printing.
    """
    of = Epoch(epoch)
    slips = [Slip(digest=digest.hex(), epoch=of) for digest in sorted(digests)]
    Slip.objects.bulk_create(slips, ignore_conflicts=True)
