"""What the officers' browsers fetch: everything, sealed; they sort and open it themselves."""

from __future__ import annotations

import json
from typing import Any

from footpath.questions.models import Blob, Question, Wrapped
from footpath.secrecy import records


def postings() -> bytes:
    """Return every question: key, epoch of its mix, length, sealed bytes; by their random keys."""
    rows = Question.objects.order_by("key").values_list("key", "epoch", "sealed")
    return records.joined_postings(
        (bytes.fromhex(key), epoch, bytes(sealed)) for key, epoch, sealed in rows
    )


def blobs() -> bytes:
    """Return what officers keep for each other: key, length, sealed bytes; by their keys."""
    rows = Blob.objects.order_by("key").values_list("key", "sealed")
    return records.joined_blobs((bytes.fromhex(key), bytes(sealed)) for key, sealed in rows)


def wrapped() -> dict[str, Any]:
    """Return all wrapped bundles by code: the server is not told whose somebody wants."""
    rows = Wrapped.objects.order_by("code").values_list("code", "text")
    return {code: json.loads(text) for code, text in rows}
