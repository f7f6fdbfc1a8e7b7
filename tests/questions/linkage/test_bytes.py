"""What was deleted is deleted: no byte of it is left in the database's files, its logs, ours."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from footpath.questions import services
from footpath.questions.models import Inbox, Question
from tests.questions.corner import CODES, EPOCH, TODAY, Corner
from tests.questions.linkage import here


def found_in(wanted: list[bytes]) -> dict[str, int]:
    """Return how many of some bytes stand in each file, of those that have any."""
    counts = {
        name: sum(piece in content for piece in wanted) for name, content in here.files().items()
    }
    return {name: count for name, count in counts.items() if count}


def pieces_of(sealed: bytes) -> list[bytes]:
    """Return three pieces of a ciphertext: of its head, its middle and its end."""
    return [sealed[30:70], sealed[2000:2040], sealed[-40:]]


def test_a_question_that_was_kept_for_long_enough_is_gone_from_every_file(
    lasting: Corner, caplog: pytest.LogCaptureFixture, corner_dir: Path
) -> None:
    caplog.set_level("DEBUG")
    lasting.ask(3)
    services.mix(on=TODAY)
    rows = list(Question.objects.all())
    answered, kept = rows[0], rows[1:]
    pieces = pieces_of(bytes(answered.sealed))
    assert found_in(pieces), "the control: while it is kept it can be found"
    services.mark_done(plain=lasting.done([answered.key], *CODES[:2]), on=TODAY)
    services.mix(on=date(2027, 3, 1))
    services.mix(on=date(2027, 3, 2))
    assert found_in(pieces) == {}
    assert all(found_in(pieces_of(bytes(row.sealed))) for row in kept)
    written = b"".join(path.read_bytes() for path in corner_dir.rglob("*") if path.is_file())
    assert [piece for piece in pieces if piece in written] == []
    assert re.search(r"age-encryption|[0-9a-f]{32}", caplog.text.replace(EPOCH, "")) is None


def test_the_key_that_a_posting_had_in_the_inbox_is_gone_after_the_mix(lasting: Corner) -> None:
    """Only that key would tie the moment of arrival to what officers and copies see later."""
    lasting.ask(4)
    keys = [key.encode() for key in Inbox.objects.values_list("key", flat=True)]
    if connection.vendor == "sqlite":
        assert found_in(keys)
    services.mix(on=TODAY)
    assert found_in(keys) == {}


def test_a_refused_posting_leaves_nothing_at_all(lasting: Corner) -> None:
    body = lasting.posting(epoch="2026-12")
    token = lasting.token()
    spent = lasting.posting(token)
    assert services.take_posting(body=spent, on=TODAY)
    sealed = lasting.sealed()
    assert not services.take_posting(body=lasting.posting(token, sealed=sealed), on=TODAY)
    assert not services.take_posting(body=body, on=TODAY)
    assert Inbox.objects.count() == 1
