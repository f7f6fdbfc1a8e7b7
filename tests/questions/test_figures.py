"""Counts that everybody may check, and reminders that name nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from footpath.core import clock
from footpath.questions import selectors, services
from footpath.questions.rules import Figures
from tests.questions.corner import CODES, EPOCH, TODAY, Corner


def say(corner: Corner, code: str, real: int, answered: int, overdue: int) -> None:
    counters = {EPOCH: {"real": real, "answered": answered, "overdue": overdue}}
    services.take_counters(plain=corner.signed(code, "counters", counters=counters), on=TODAY)


def test_the_server_counts_what_was_mixed_and_what_left(lasting: Corner) -> None:
    lasting.ask(4)
    assert selectors.figures(EPOCH) == Figures(EPOCH, 500, 0, 0, None, None, None)
    services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    services.take_answer(plain=lasting.approved(lasting.answer("", read=True), CODES[0], read=True))
    services.mix(on=TODAY)
    lasting.ask(3)
    services.mix(on=TODAY + timedelta(days=1))
    assert selectors.figures(EPOCH) == Figures(EPOCH, 500, 7, 1, None, None, None)
    say(lasting, CODES[0], 3, 1, 1)
    assert selectors.figures(EPOCH) == Figures(EPOCH, 500, 7, 1, 3, 1, 1)
    assert [one.epoch for one in selectors.figures_of_all()] == [EPOCH]


def test_whoever_has_read_the_most_is_believed(lasting: Corner) -> None:
    lasting.ask(4)
    services.mix(on=TODAY)
    say(lasting, CODES[0], 3, 1, 1)
    say(lasting, CODES[1], 4, 0, 2)
    say(lasting, CODES[2], 4, 2, 1)
    figures = selectors.figures(EPOCH)
    assert (figures.real, figures.answered, figures.overdue) == (4, 2, 1)


@pytest.mark.parametrize(
    ("received", "real", "flagged"),
    [(0, None, False), (3, None, True), (3, 3, False), (3, 1, False), (3, 4, True)],
)
def test_counts_that_do_not_fit_are_flagged(received: int, real: int | None, flagged: bool) -> None:
    assert Figures(EPOCH, 500, received, 0, real, 0, 0).is_flagged == flagged


def test_the_figures_are_there_for_everybody_and_name_nobody(
    client: Client, lasting: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    lasting.ask(3)
    services.mix(on=TODAY)
    say(lasting, CODES[0], 3, 1, 2)
    response = client.get("/figures/")
    row: dict[str, Any] = {
        "epoch": EPOCH,
        "drawn": 500,
        "received": 3,
        "items": 0,
        "real": 3,
        "answered": 1,
        "overdue": 2,
        "flagged": False,
    }
    assert response.json() == {"epochs": [row], "open": [EPOCH], "overdue": 2, "near_end": 0}
    assert client.get("/figures/", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_the_group_is_reminded_of_what_is_overdue_and_of_what_does_not_fit(
    lasting: Corner,
) -> None:
    assert selectors.alarms(TODAY).is_quiet
    lasting.ask(3)
    services.mix(on=TODAY)
    unread = selectors.alarms(TODAY)
    assert (unread.overdue, unread.flagged, unread.is_quiet) == (0, (EPOCH,), False)
    say(lasting, CODES[0], 3, 1, 2)
    late = selectors.alarms(TODAY)
    assert (late.overdue, late.flagged, late.is_quiet) == (2, (), False)


def test_an_epoch_is_open_in_its_time_with_a_key_among_enough(corner: Corner) -> None:
    assert selectors.open_epochs(date(2026, 11, 3)) == []
    assert selectors.open_epochs(date(2026, 11, 4)) == [EPOCH]
    corner.drawn({EPOCH: 500, "2026-12": 500})
    assert selectors.open_epochs(date(2026, 12, 10)) == [EPOCH]
    corner.publish("2026-12", 1)
    assert selectors.open_epochs(date(2026, 12, 10)) == [EPOCH, "2026-12"]
    corner.drawn({EPOCH: 19, "2026-12": 20})
    assert selectors.open_epochs(date(2026, 12, 10)) == ["2026-12"]


def test_the_notice_is_given_away_as_it_was_written(client: Client, corner: Corner) -> None:
    first = client.get("/notice.json")
    assert first.json() == corner.files.notice()
    assert (first["Cache-Control"], first.content) == (
        "no-cache",
        client.get("/notice/").content,
    )
    assert client.get("/notice/", headers={"If-None-Match": first["ETag"]}).status_code == 304
