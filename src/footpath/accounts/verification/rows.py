"""Has each row that must have a trail a chain, and each chain a row?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from footpath.accounts.models import TrailHead
from footpath.accounts.verification.finding import BATCH, Finding, Kind

WITH_TRAIL: dict[str, type[models.Model]] = {}


def must_have_trail(model: type[models.Model]) -> None:
    """Make every verification ask that each row of the model has a chain, and each chain a row.

    Rooms call it in ``apps.ready`` for records that are never deleted, such as cases.
    """
    WITH_TRAIL[model._meta.label_lower] = model


def rows_without_chain(label: str, model: type[models.Model]) -> Iterator[Finding]:
    """Yield a fault for each row of a model that no line of the trail speaks of."""
    pks = model._base_manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(pks, BATCH)):
        wanted = {f"{label}:{pk}" for pk in batch}
        known = TrailHead.objects.filter(subject__in=wanted).values_list("subject", flat=True)
        for subject in sorted(wanted.difference(known)):
            said = _("This record has no chain: it was put in by hand, or its chain was deleted.")
            yield Finding(Kind.ROW_WITHOUT_CHAIN, subject, None, said)


def chains_without_row(label: str, model: type[models.Model]) -> Iterator[Finding]:
    """Yield a fault for each chain of a model whose row is gone."""
    subjects = (
        TrailHead.objects.filter(subject__startswith=f"{label}:")
        .order_by("subject")
        .values_list("subject", flat=True)
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(subjects, BATCH)):
        named = {subject: _pk_of(subject, model) for subject in batch}
        wanted = [pk for pk in named.values() if pk is not None]
        there = set(model._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        for subject, pk in named.items():
            if pk not in there:
                said = _("The record of this chain is gone: it was deleted by hand.")
                yield Finding(Kind.CHAIN_WITHOUT_ROW, subject, None, said)


def _pk_of(subject: str, model: type[models.Model]) -> Any:
    try:
        return model._meta.pk.to_python(subject.partition(":")[2])
    except ValidationError:
        return None
