"""How long the Corner keeps what: counted in epochs, deleted to the last byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from footpath.questions import rules, selectors, services
from footpath.questions.models import Answer, Blob, Count, Nullifier, OfficerCount, Question, Slip
from footpath.secrecy import encoding, envelopes, records
from footpath.secrecy.epochs import Epoch
from tests.questions.corner import CODES, EPOCH, TODAY, Corner


@pytest.mark.parametrize(
    ("then", "days", "first"),
    [
        ("2026-11", 90, "2027-03"),  # 28 February is the 90th day after 30 November
        ("2027-01", 90, "2027-05"),  # 30 April is only the 89th after 31 January
        ("2027-02", 90, "2027-06"),
        ("2026-11", 180, "2027-06"),
        ("2026-12", 180, "2027-07"),
    ],
)
def test_what_is_over_is_counted_from_the_last_day_of_its_epoch(
    then: str, days: int, first: str
) -> None:
    assert rules.is_over(then, days, Epoch(first))
    assert not rules.is_over(then, days, Epoch(first).after(-1))


def everything() -> bytes:
    """Return every byte of the database's files, where it has files of its own."""
    name = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))


def test_a_question_is_deleted_ninety_days_after_its_answer_with_every_byte(
    lasting: Corner,
) -> None:
    lasting.ask(3)
    services.mix(on=TODAY)
    answered = Question.objects.all()[0]
    body = bytes(answered.sealed)[600:700]
    services.mark_done(plain=lasting.done([answered.key], *CODES[:2]), on=TODAY)
    services.mix(on=date(2027, 2, 28))
    assert Question.objects.count() == 3
    sqlite = connection.vendor == "sqlite"
    assert body in everything() if sqlite else True
    mixed = services.mix(on=date(2027, 3, 1))
    assert mixed is not None
    assert not Question.objects.filter(key=answered.key).exists()
    assert Question.objects.count() == 2
    assert body not in everything() if sqlite else True


def test_an_unanswered_question_is_deleted_after_half_a_year_with_an_alarm_before(
    lasting: Corner,
) -> None:
    lasting.ask(3)
    services.mix(on=TODAY)
    assert selectors.alarms(date(2027, 4, 30)).near_end == 0
    assert selectors.alarms(date(2027, 5, 1)).near_end == 3
    services.mix(on=date(2027, 5, 31))
    assert Question.objects.count() == 3
    services.mix(on=date(2027, 6, 1))
    assert Question.objects.count() == 0
    assert selectors.alarms(date(2027, 6, 1)).near_end == 0


def test_spent_tokens_and_slips_are_forgotten_when_none_can_be_spent_any_more(
    lasting: Corner,
) -> None:
    lasting.ask(3)
    services.keep_slips([bytes(32)], EPOCH)
    services.mix(on=date(2026, 12, 31))
    assert (Nullifier.objects.count(), Slip.objects.count()) == (3, 1)
    services.mix(on=date(2027, 1, 1))
    assert (Nullifier.objects.count(), Slip.objects.count()) == (0, 0)


def test_notes_of_officers_go_when_nothing_is_left_that_they_could_be_about(
    lasting: Corner,
) -> None:
    sealed = envelopes.seal_blob({"v": 1, "kind": "note"}, lasting.roster)
    signature = lasting.sign(CODES[0], "blob", sealed)
    plain = {"officer": CODES[0], "sealed": encoding.b64(sealed), "signature": signature}
    services.take_blob(plain=plain)
    assert Blob.objects.get().epoch == ""
    services.mix(on=TODAY)
    assert Blob.objects.get().epoch == EPOCH
    services.mix(on=date(2027, 8, 31))
    assert Blob.objects.get().epoch == EPOCH
    services.mix(on=date(2027, 9, 1))
    assert Blob.objects.count() == 0


def test_answers_leave_the_bulletin_and_its_length_stays_a_multiple_of_eight(
    lasting: Corner,
) -> None:
    for _ in range(3):
        services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    services.mix(on=TODAY)
    services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    services.mix(on=date(2026, 12, 1))
    assert len(records.split(selectors.bulletin().data)) == 24
    services.mix(on=date(2027, 3, 1))
    assert set(Answer.objects.values_list("epoch", flat=True)) == {"2026-12", "2027-03"}
    assert len(records.split(selectors.bulletin().data)) == 16
    services.mix(on=date(2027, 7, 1))
    assert (Answer.objects.count(), selectors.bulletin().data) == (0, b"")


def test_figures_are_kept_for_two_years(lasting: Corner) -> None:
    lasting.ask(3)
    counters = {EPOCH: {"real": 3, "answered": 0, "overdue": 0}}
    services.take_counters(plain=lasting.signed(CODES[0], "counters", counters=counters), on=TODAY)
    services.mix(on=TODAY)
    services.mix(on=date(2028, 11, 30))
    assert selectors.figures(EPOCH).received == 3
    services.mix(on=date(2028, 12, 1))
    assert (Count.objects.filter(epoch=EPOCH).count(), OfficerCount.objects.count()) == (0, 0)


def test_a_corner_can_be_emptied_at_once(lasting: Corner) -> None:
    lasting.ask(3)
    services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    services.mix(on=TODAY)
    assert services.retain(on=TODAY) == 0
    assert services.retain(on=date(2027, 7, 1)) == 3 + 3 + 8 + 7
    assert (Question.objects.count(), Nullifier.objects.count(), Answer.objects.count()) == (
        0,
        0,
        0,
    )
