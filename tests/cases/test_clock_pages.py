"""The pages of clocks: deeds with a day, the table of targets, due dates counted anew, the API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from footpath.cases import services
from footpath.cases.models import Case, Target
from footpath.core import clock
from footpath.directory.models import SpecialDay
from tests.cases.tools import SignIn, at_the_top
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db


def deed(client: Client, case: Case, name: str, **said: str) -> Any:
    return client.post(f"{case.get_absolute_url()}{name}/", said)


def today() -> datetime:
    return clock.now() - timedelta(hours=1)


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def test_a_clock_is_paused_resumed_and_given_more_time_on_pages(
    world: World, sign_in: SignIn
) -> None:
    case = world.case(at=today())
    client = sign_in(world.head)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Pause the clock" in page
    assert "Let the clock run again" not in page
    refused = deed(client, case, "pause", until=day(200), text="Seal.")
    assert refused.status_code == 422
    assert "at most 90 days" in refused.content.decode()
    assert deed(client, case, "pause", until=day(7), text="Seal.").status_code == 302
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Paused" in page
    assert "Let the clock run again" in page
    assert deed(client, case, "resume").status_code == 302
    assert deed(client, case, "extend", until=day(60), text="Tide.").status_code == 302
    case.refresh_from_db()
    assert (case.due_on, case.paused_until) == (clock.today() + timedelta(days=60), None)


def test_a_form_with_an_older_due_date_is_told_so(world: World, sign_in: SignIn) -> None:
    case = world.case(at=today())
    client = sign_in(world.head)
    form = client.get(f"{case.get_absolute_url()}extend/").content.decode()
    shown = form.split('name="expected" value="')[1].split('"')[0]
    deed(client, case, "pause", until=day(7), text="Seal.")
    answer = deed(client, case, "extend", until=day(60), text="Tide.", expected=shown)
    assert answer.status_code in (409, 422)
    assert "Somebody else has changed this case" in answer.content.decode()


def test_the_api_pauses_and_extends_and_explains(world: World, sign_in: SignIn) -> None:
    case = world.case(at=today())
    client = sign_in(world.head)

    def call(name: str, **said: str) -> Any:
        return client.post(f"/api/v1/cases/{case.pk}/{name}", said, content_type="application/json")

    assert call("pause", text="Seal.").json()["field"] == "until"
    assert call("pause", text="Seal.", until="9999-12-31").json()["field"] == "until"
    found = call("pause", text="Seal.", until=day(3)).json()
    assert found["paused_until"] == day(3)
    assert call("pause", text="Seal.", until=day(3)).status_code == 409
    assert call("resume").json()["paused_until"] is None
    found = call("extend", text="Tide.", until=day(50)).json()
    (one,) = found["clocks"]
    assert (one["kind"], one["round"], one["due_on"], one["ended"]) == ("accept", 1, day(50), "")
    assert one["explanation"][0].startswith("More time was given on ")
    assert found["due_at"] == one["due_at"]


# --- targets --------------------------------------------------------------------------------------


def test_targets_are_set_changed_and_taken_away_in_the_table(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.administrator)
    assert "No target is set" in client.get("/cases/targets/").content.decode()
    said = {"kind": "accept", "amount": "3", "unit": "working_days", "category": world.category.pk}
    assert client.post("/cases/targets/", said).status_code == 302
    row = Target.objects.get()
    assert (row.category_id, row.tier_id, row.amount) == (world.category.pk, None, 3)
    twice = client.post("/cases/targets/", said)
    assert (twice.status_code, "stands already" in twice.content.decode()) == (422, True)
    there = f"/cases/targets/{row.pk}/"
    said = {"amount": "5", "unit": "hours", "expected": "3.working_days"}
    assert client.post(there, said).status_code == 302
    late = client.post(there, said)
    assert (late.status_code, "Somebody else" in late.content.decode()) == (422, True)
    assert client.post(there, said | {"amount": "0"}).status_code == 422
    row.refresh_from_db()
    assert (row.amount, row.unit) == (5, "hours")
    assert client.post(there, {"deed": "remove"}).status_code == 302
    assert not Target.objects.exists()
    assert client.post(there, {"deed": "remove"}).status_code == 404


def test_everybody_reads_the_targets_and_is_told_who_sets_them(
    world: World, sign_in: SignIn
) -> None:
    row = Target.objects.create(kind="accept", amount=3, unit="working_days")
    said = {"amount": "5", "unit": "hours", "expected": "3.working_days"}
    for person in (world.member, world.officer, world.office):
        client = sign_in(person)
        page = client.get("/cases/targets/").content.decode()
        assert "3 working days" in page
        assert "Only the office of the place above all others, and administrators" in page
        assert "Set the target" not in page
        assert client.post("/cases/targets/", said | {"kind": "verify"}).status_code == 403
        assert client.post(f"/cases/targets/{row.pk}/", said).status_code == 403
    top = sign_in(at_the_top(world))
    assert "Set the target" in top.get("/cases/targets/").content.decode()
    assert top.post(f"/cases/targets/{row.pk}/", said).status_code == 302
    assert Target.objects.get().amount == 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_costs_the_same_for_any_number(
    world: World, sign_in: SignIn, count: int, django_assert_max_num_queries: Any
) -> None:
    for kind in ("accept", "rectify", "verify")[:count]:
        Target.objects.create(kind=kind, amount=3, unit="days", category=world.category)
    client = sign_in(world.administrator)
    client.get("/cases/targets/")
    with django_assert_max_num_queries(14):
        client.get("/cases/targets/")


# --- counted anew ---------------------------------------------------------------------------------


def test_due_dates_are_counted_anew_after_a_look_at_what_changes(
    world: World, sign_in: SignIn
) -> None:
    Target.objects.create(kind="accept", amount=2, unit="working_days")
    case = world.case()
    SpecialDay.objects.create(
        kind="closed", first=date(2026, 3, 11), last=date(2026, 3, 11), reason="Flood",
        area=world.hue, path=world.hue.path, noted_by=world.head, noted_at=NOON,
    )  # fmt: skip
    client = sign_in(world.office)
    page = client.get("/cases/targets/recount/", {"place": world.thach.code}).content.decode()
    assert "12 March 2026 → 13 March 2026" in page
    assert "Count 1 due date anew" in page
    case.refresh_from_db()
    assert case.due_on == date(2026, 3, 12)
    done = client.post("/cases/targets/recount/", {"place": world.thach.code}, follow=True)
    assert "1 due date is another now." in done.content.decode()
    assert "Every due date stands" in done.content.decode()
    case.refresh_from_db()
    assert case.due_on == date(2026, 3, 13)
    assert client.get("/cases/targets/recount/", {"place": "nowhere"}).status_code == 422
    assert client.get("/cases/targets/recount/", {"place": ""}).status_code == 403


def test_a_year_that_nobody_has_settled_is_named_where_due_dates_are_counted_anew(
    world: World, sign_in: SignIn
) -> None:
    from footpath.directory.models import CalendarYear

    Target.objects.create(kind="accept", amount=2, unit="working_days")
    world.case(at=datetime(2026, 12, 31, 3, tzinfo=UTC))
    CalendarYear.objects.filter(year__gte=2027).delete()
    client = sign_in(world.administrator)
    page = client.get("/cases/targets/recount/", {"place": ""}).content.decode()
    assert "2027 are not settled yet" in page
    done = client.post("/cases/targets/recount/", {"place": ""}, follow=True).content.decode()
    assert "2027 are not settled yet" in done


def test_a_year_that_nobody_has_settled_stops_raising_with_a_sentence(
    world: World, sign_in: SignIn
) -> None:
    from footpath.directory.models import CalendarYear

    CalendarYear.objects.all().delete()
    Target.objects.create(kind="accept", amount=600, unit="working_days")
    client = sign_in(world.officer)
    said = {"title": "Lamp", "area": world.hue.code, "category": world.category.code}
    answer = client.post("/api/v1/cases", said, content_type="application/json")
    assert answer.status_code == 409
    assert "are not settled yet. An administrator settles the year" in answer.json()["detail"]
    assert not Case.objects.exists()


def test_the_card_of_a_case_costs_the_same_for_any_number_of_clocks(
    world: World, django_assert_max_num_queries: Any
) -> None:
    from footpath.cases import selectors

    for kind in ("accept", "rectify", "verify"):
        Target.objects.create(kind=kind, amount=3, unit="working_days")
    case = world.case()
    services.accept_case(case=case, by=world.head, at=later(days=1))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(days=2))
    with django_assert_max_num_queries(4):
        assert selectors.timeline(case, later(days=2)) is not None
