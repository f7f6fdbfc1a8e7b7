"""Many cases at once: what is refused is said by case; a file holds what the list shows."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from footpath.cases import exporting, selectors, services
from footpath.cases.models import Case
from footpath.cases.rules import State
from footpath.cases.views import bulk
from footpath.core import clock
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn
from tests.world import World, later

pytestmark = pytest.mark.django_db


# --- many at once ---------------------------------------------------------------------------------


def test_one_owner_is_given_to_several_cases_and_each_refusal_named(
    world: World, sign_in: SignIn
) -> None:
    first, second = world.case("First"), world.case("Second")
    done, far = world.closed_case(title="Done"), world.case("Far", area=world.phuoc, by=world.far)
    client = sign_in(world.head)
    sent = {"case": [first.pk, second.pk, done.pk, far.pk, "x"], "deed": "assign"}
    asked = client.post("/cases/bulk/", sent)
    assert (asked.status_code, "4 cases chosen" in text_of(asked)) == (200, True)
    answer = client.post("/cases/bulk/", {**sent, "go": "1", "owner": world.second.pk})
    said = text_of(answer)
    assert "Done in 2 of 4 cases." in said
    assert f"{done.number} Done This cannot be done now" in said
    assert f"{far.number} There is no such case." in said
    owners = Case.objects.filter(owner=world.second).order_by("pk")
    assert list(owners) == [first, second]


def test_an_owner_by_staff_number_and_what_is_missing(world: World, sign_in: SignIn) -> None:
    case = world.case()
    client = sign_in(world.head)
    sent = {"case": [case.pk], "deed": "assign", "go": "1"}
    assert "Choose the new owner." in text_of(client.post("/cases/bulk/", sent))
    assert "Nobody has" in text_of(client.post("/cases/bulk/", {**sent, "code": "X"}))
    client.post("/cases/bulk/", {**sent, "code": world.second.code})
    case.refresh_from_db()
    assert case.owner == world.second


def test_accepting_escalating_and_noting_several(world: World, sign_in: SignIn) -> None:
    cases = [world.case(), world.case()]
    keys = [case.pk for case in cases]
    client = sign_in(world.head)
    client.post("/cases/bulk/", {"case": keys, "deed": "accept"})
    for deed in ("escalate", "note"):
        missing = client.post("/cases/bulk/", {"case": keys, "deed": deed, "go": "1"})
        assert missing.status_code == 422
        client.post("/cases/bulk/", {"case": keys, "deed": deed, "go": "1", "text": "All of it."})
    for case in cases:
        deeds = list(case.entries.values_list("deed", flat=True))
        assert deeds == ["accepted", "escalated", "note"]


def test_more_cases_than_are_done_at_once_are_named(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    cases = [world.case(), world.case(), world.case("Third")]
    said = text_of(
        sign_in(world.head).post(
            "/cases/bulk/", {"case": [case.pk for case in cases], "deed": "accept"}
        )
    )
    assert "Done in 2 of 3 cases." in said
    assert f"{cases[2].number} Third At most 2 cases are done at once." in said
    assert Case.objects.filter(state=State.ACCEPTED).count() == 2


def test_verifying_is_refused_in_bulk_for_everybody(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    for who in (world.head, world.officer):
        answer = sign_in(who).post("/cases/bulk/", {"case": [case.pk], "deed": "verify"})
        assert "Verifying is done one by one, on the spot." in text_of(answer)
        assert "Done in 0 of 1 cases." in text_of(answer)
    case.refresh_from_db()
    assert case.state == State.RECTIFIED


def test_nothing_chosen_and_unknown_deeds_change_nothing(world: World, sign_in: SignIn) -> None:
    case = world.case()
    client = sign_in(world.head)
    back = client.post("/cases/bulk/", {"deed": "accept", "query": "view=overdue&place=831"})
    assert back["Location"] == "/cases/?view=overdue&place=831"
    assert client.post("/cases/bulk/", {"case": [case.pk], "deed": "reopen"}).status_code == 422
    far = world.case("Far", area=world.phuoc, by=world.far)
    assert client.post("/cases/bulk/", {"case": [far.pk], "deed": "assign"}).status_code == 200


# --- files ----------------------------------------------------------------------------------------


def lines_of(response) -> list[list[str]]:  # type: ignore[no-untyped-def]
    """Return the lines of a CSV answer."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_holds_exactly_what_the_filter_shows(world: World, sign_in: SignIn) -> None:
    late = world.case("Late", at=clock.now() - timedelta(days=60))
    services.assign_owner(case=late, owner=world.head, by=world.head, at=clock.now())
    world.case("In time", at=clock.now())
    world.closed_case(title="Done")
    world.case("Far", area=world.phuoc, by=world.far, at=clock.now())
    client = sign_in(world.head)
    answer = client.get("/cases/export/?view=overdue&format=csv")
    heading, *rows = lines_of(answer)
    assert (len(heading), len(rows)) == (17, 1)
    assert rows[0][:12] == [
        late.number, "Late", "Irrigation", "Ấp Tân Huề", "Xã Tân Thạch", "28804-01",
        "Raised", "", "1", "Phạm Văn Tuấn", "", "Officer in charge",
    ]  # fmt: skip
    assert rows[0][15] == "yes"
    titles = [row[1] for row in lines_of(client.get("/cases/export/?view=all"))[1:]]
    assert sorted(titles) == ["Done", "In time", "Late"]


def test_the_workbook_holds_the_same_rows_with_real_dates(world: World, sign_in: SignIn) -> None:
    world.closed_case(title="=1+1")
    answer = sign_in(world.head).get("/cases/export/?view=all&format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    heading, row = book.active.iter_rows(values_only=True)
    assert (heading[1], row[1], row[6], row[7]) == (
        "What is wrong",
        "=1+1",
        "Verified and closed",
        "Solved",
    )
    assert book.active["B2"].data_type == "s"
    assert row[16].date().isoformat() == "2026-03-10"


@pytest.mark.parametrize("title", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_no_text_in_the_file_starts_a_formula(world: World, sign_in: SignIn, title: str) -> None:
    world.case(title)
    rows = lines_of(sign_in(world.head).get("/cases/export/"))
    assert rows[1][1] == f"'{title}"


def test_a_file_speaks_the_readers_language(world: World, sign_in: SignIn) -> None:
    world.case("Gate")
    client = sign_in(world.head)
    client.cookies["footpath_language"] = "vi"
    assert lines_of(client.get("/cases/export/"))[1][2] == "Thủy lợi"


def test_a_long_file_comes_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(201):
        Case.objects.create(
            title=f"Case {number}", category=world.category, area=world.hue, level=3,
            raised_by=world.officer, raised_at=later(), updated_at=later(), state="raised",
            due_on=later().date(),
        )  # fmt: skip
    pieces = list(exporting.csv_lines(Case.objects.order_by("pk"), today=later().date()))
    assert (len(pieces), "".join(pieces).count("\r\n")) == (2, 202)


def test_too_many_cases_for_a_file_are_refused_in_words(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "MOST_EXPORTED", 1)
    world.case()
    world.case()
    answer = sign_in(world.head).get("/cases/export/")
    assert (answer.status_code, "more than 1 cases" in text_of(answer)) == (422, True)
