"""The ledger shows what is theirs, what is asked for, in its order, page by page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.cases import presenting, selectors, services
from footpath.cases.filters import Filter
from footpath.cases.models import Case, Category
from footpath.cases.selectors import listing as listed
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Person
from tests.cases.tools import SignIn
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

TODAY = NOON.date()


def found(person: Person, path: str | None = None, **filters: str) -> list[str]:
    """Return the titles that a filter shows, in alphabetical order."""
    asked = Filter.read(filters)
    rows = selectors.ledger(person, asked, path=path, today=TODAY)
    return sorted(rows.values_list("title", flat=True))


def titles(html: str) -> list[str]:
    """Return the titles of the rows of a page in their order."""
    return re.findall(r'class="fp-cell-link"[^>]*>([^<]*)<', html)


def test_an_officer_sees_the_cases_of_the_own_hamlet_only(world: World) -> None:
    world.case("Ours")
    world.case("Theirs", area=world.phuoc, by=world.far)
    assert (found(world.officer), found(world.far)) == (["Ours"], ["Theirs"])


def test_a_member_sees_only_cases_that_they_take_part_in(world: World) -> None:
    world.case("By the officer")
    world.case("By the member", by=world.member)
    assert found(world.member) == ["By the member"]


def test_the_view_of_ones_own_part_looks_beyond_ones_places(world: World) -> None:
    elsewhere = world.case("Elsewhere", area=world.phuoc, by=world.far)
    services.assign_owner(case=elsewhere, owner=world.officer, by=world.office, at=later(hours=1))
    world.case("Ours", by=world.head)
    assert found(world.officer, view="mine") == ["Elsewhere"]
    assert found(world.officer, owner=str(world.officer.pk)) == ["Elsewhere"]


def test_a_place_that_is_not_theirs_shows_only_where_they_take_part(world: World) -> None:
    world.case("Theirs", area=world.phuoc, by=world.far)
    mine = world.case("Elsewhere", area=world.phuoc, by=world.far)
    services.assign_owner(case=mine, owner=world.officer, by=world.office, at=later(hours=1))
    assert found(world.officer, world.son.path) == ["Elsewhere"]


def test_an_auditor_reads_the_whole_district(world: World) -> None:
    world.case("One")
    world.case("Two", area=world.phuoc, by=world.far)
    assert found(world.auditor) == ["One", "Two"]


def test_somebody_in_charge_of_two_hamlets_sees_both(world: World) -> None:
    from tests.world import assign, fresh

    assign(world.officer, world.khanh, role="deputy")
    world.case("Here")
    world.case("There", area=world.khanh, by=world.second)
    world.case("Far", area=world.phuoc, by=world.far)
    assert found(fresh(world.officer)) == ["Here", "There"]


def test_each_view_shows_its_cases(world: World) -> None:
    world.case("Raised")
    late = world.case("Late")
    Case.objects.filter(pk=late.pk).update(due_on=TODAY - timedelta(days=1))
    world.rectified_case(title="To verify")
    back = world.rectified_case(title="Came back")
    services.verify_case(
        case=back, result="not", text="Leaks.", by=world.officer, at=later(hours=3)
    )
    world.closed_case(title="Done")
    assert {view: found(world.lead, view=view) for view in ("open", "overdue", "verify")} == {
        "open": ["Came back", "Late", "Raised", "To verify"],
        "overdue": ["Late"],
        "verify": ["To verify"],
    }
    assert {view: found(world.lead, view=view) for view in ("returned", "unowned", "closed")} == {
        "returned": ["Came back"],
        "unowned": ["Late", "Raised"],
        "closed": ["Done"],
    }
    assert len(found(world.lead, view="all")) == 5


def test_each_filter_narrows_the_list(world: World) -> None:
    roads = Category.objects.create(code="roads", name_en="Roads")
    old = world.case("Old road", category=roads, at=later(days=-40), source="meeting")
    Case.objects.filter(pk=old.pk).update(level=1)
    kept = world.case("New gate")
    services.accept_case(case=kept, by=world.head, at=later(hours=1))
    head = str(world.head.pk)
    assert found(world.lead, category="roads") == ["Old road"]
    assert found(world.lead, source="meeting") == ["Old road"]
    assert found(world.lead, age="31-90") == ["Old road"]
    assert found(world.lead, age="0-7") == ["New gate"]
    assert found(world.lead, age="90+") == []
    assert found(world.lead, level="1") == ["Old road"]
    assert found(world.lead, owner=head) == ["New gate"]
    assert found(world.lead, owner="none") == ["Old road"]
    assert found(world.lead, state="accepted") == ["New gate"]
    assert found(world.lead, raised="2026-03") == ["New gate"]
    assert found(world.lead, raised="2026-01") == ["Old road"]
    assert found(world.lead, world.khanh.path) == []


def test_months_of_closing_and_reopening_show_closed_cases_too(world: World) -> None:
    world.closed_case(title="Closed in March")
    again = world.closed_case(title="Reopened in April")
    services.reopen_case(case=again, text="Leaks.", by=world.officer, at=later(days=30))
    assert found(world.lead, closed="2026-03") == ["Closed in March"]
    assert found(world.lead, reopened="2026-04") == ["Reopened in April"]
    assert found(world.lead, reopened="2026-03") == []


def test_a_month_begins_at_midnight_of_the_organisation() -> None:
    condition = listed.in_month("raised_at", Month(2026, 3))
    first, last = (moment.isoformat() for _name, moment in condition.children)
    assert (first, last) == ("2026-03-01T00:00:00+07:00", "2026-04-01T00:00:00+07:00")


def test_search_finds_words_without_diacritics_and_numbers(world: World) -> None:
    case = world.case("Cống Rạch Sâu rò rỉ")
    world.case("Street lamps dark")
    assert found(world.lead, q="rach sau") == [case.title]
    assert found(world.lead, q=case.number.lower()) == [case.title]
    assert found(world.lead, q=str(case.pk)) == [case.title]
    assert found(world.lead, q="!!") == []


def test_what_cannot_be_read_in_an_address_is_left_out() -> None:
    asked = Filter.read(
        {"view": "x", "state": "x", "owner": "me", "age": "1", "level": "12", "raised": "March"}
    )
    assert asked == Filter()
    assert Filter.read({"state": "closed"}).view == "all"


def test_the_open_list_goes_by_due_date_over_pages_without_gaps(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "PAGE_SIZE", 2)
    for number in range(5):
        case = world.case(f"Case {number}")
        Case.objects.filter(pk=case.pk).update(due_on=TODAY + timedelta(days=number // 2))
    client = sign_in(world.lead)
    seen, address = [], "/cases/"
    for _page in range(3):
        html = client.get(address).content.decode()
        seen += titles(html)
        link = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', html)
        address = f"/cases/{link[1].replace('&amp;', '&')}" if link else ""
    assert (seen, address) == ([f"Case {number}" for number in range(5)], "")


def test_the_list_of_all_goes_by_the_newest(world: World, sign_in: SignIn) -> None:
    world.case("First", at=later(days=-3))
    world.case("Second", at=later(days=-2))
    html = sign_in(world.lead).get("/cases/?view=all").content.decode()
    assert titles(html) == ["Second", "First"]


@pytest.mark.parametrize("address", ["/cases/", "/cases/?view=all", "/cases/?place=831&q=case"])
def test_a_page_costs_the_same_queries_with_one_and_three_rows(
    world: World, sign_in: SignIn, address: str
) -> None:
    client = sign_in(world.office)
    client.get(address)
    counted = []
    for number in (1, 2):
        for _ in range(number):
            case = world.case()
            services.accept_case(case=case, by=world.head, at=later(hours=1))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counted.append(len(queries))
    most = 4 if "place" not in address else 5  # with the bell
    if "q=" in address:  # the index of words comes first; on PostgreSQL the size of the table, too
        most += 2 if connection.vendor == "postgresql" else 1
    assert counted[0] == counted[1] <= most


def test_htmx_gets_the_list_alone(world: World, sign_in: SignIn) -> None:
    world.case()
    page = sign_in(world.lead).get("/cases/", headers={"HX-Request": "true"})
    html = page.content.decode()
    assert (html.lstrip().startswith('<div id="ledger"'), "<html" in html) == (True, False)
    assert "HX-Request" in page["Vary"]


def test_tabs_are_counted_apart_and_never_beyond_the_limit(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "MOST_COUNTED", 2)
    for _ in range(3):
        world.case(at=clock.now())
    world.closed_case()
    html = sign_in(world.lead).get("/cases/counts/").content.decode()
    counts = re.findall(r'fp-count">([^<]*)<', html.split("<details")[0])
    assert counts == ["2+", "0", "0", "0", "2+", "0", "1"]


def test_an_empty_list_says_so_and_offers_the_next_deed(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.officer)
    assert "No open case" in client.get("/cases/").content.decode()
    assert "No case in this list" in client.get("/cases/?view=overdue").content.decode()


def test_a_place_that_does_not_exist_is_not_there(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.lead).get("/cases/?place=nowhere").status_code == 404


def test_nobody_reads_the_ledger_without_signing_in(client) -> None:  # type: ignore[no-untyped-def]
    assert client.get("/cases/").status_code == 302


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("owner=none", "Owner: nobody"),
        ("state=raised", "Step: Raised"),
        ("category=irrigation", "Kind: Irrigation"),
        ("category=lost", "Kind: lost"),
        ("source=meeting", "Source: Meeting"),
        ("age=90%2B", "Age: More than 90 days"),
        ("level=3", "Tier: Hamlet"),
        ("level=9", "Tier: 9"),
        ("raised=2026-03", "Raised: March 2026"),
        ("closed=2026-03", "Closed: March 2026"),
        ("reopened=2026-03", "Reopened: March 2026"),
        ("place=28804", "Place: Tân Thạch"),
    ],
)
def test_a_filter_that_is_set_stands_in_words(
    world: World, sign_in: SignIn, query: str, words: str
) -> None:
    assert words in sign_in(world.lead).get(f"/cases/?{query}").content.decode()


def test_an_owner_in_the_filter_stands_by_name(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.lead)
    assert "Owner: me" in client.get(f"/cases/?owner={world.lead.pk}").content.decode()
    html = client.get(f"/cases/?owner={world.head.pk}").content.decode()
    assert "Owner: Phạm Văn Tuấn" in html


# --- saved views ----------------------------------------------------------------------------------


def test_a_view_is_kept_opened_and_deleted(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.lead)
    query = "view=open&age=0-7"
    sent = client.post("/cases/views/", {"name": "  Fresh ", "query": query})
    assert sent["Location"] == f"/cases/?{query}"
    view = selectors.views_of(world.lead)[0]
    assert (view.name, view.query) == ("Fresh", query)
    assert "Delete the view “Fresh”" in client.get(f"/cases/?{query}").content.decode()
    client.post(f"/cases/views/{view.pk}/delete/")
    assert selectors.views_of(world.lead) == []


def test_a_view_without_a_name_is_refused(world: World, sign_in: SignIn) -> None:
    sign_in(world.lead).post("/cases/views/", {"name": " ", "query": "view=open"})
    assert selectors.views_of(world.lead) == []


def test_nobody_deletes_the_view_of_somebody_else(world: World, sign_in: SignIn) -> None:
    view = services.save_view(name="Mine", query="view=open", by=world.lead)
    assert sign_in(world.officer).post(f"/cases/views/{view.pk}/delete/").status_code == 404
    assert selectors.views_of(world.lead) == [view]


# --- clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "text", "tone"),
    [
        (-2, "2 days over", "late"),
        (-1, "1 day over", "late"),
        (0, "Due today", "attention"),
        (1, "Due tomorrow", "attention"),
        (2, "2 days left", "attention"),
        (3, "3 days left", "neutral"),
    ],
)
def test_the_clock_says_the_days_left(days: int, text: str, tone: str) -> None:
    clock_ = presenting.clock_of(TODAY + timedelta(days=days), TODAY, "raised")
    assert clock_ is not None
    assert (clock_.text, clock_.tone) == (text, tone)
    assert "calendar days" in clock_.why


def test_a_closed_case_has_no_clock() -> None:
    assert presenting.clock_of(TODAY, TODAY, "closed") is None


def test_today_is_the_organisations_day() -> None:
    assert clock.day_of(NOON) == TODAY


def test_a_list_shows_what_was_closed_without_a_verification(world: World, sign_in: SignIn) -> None:
    """The way of five steps is not drawn for it: nobody walked it."""
    verified, elsewhere, duplicate = (world.closed_case(title=name) for name in "ABC")
    Case.objects.filter(pk=elsewhere.pk).update(outcome="elsewhere")
    Case.objects.filter(pk=duplicate.pk).update(outcome="duplicate", duplicate_of=verified)
    answer = sign_in(world.head).get("/cases/?view=all")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("fp-steps-done") == 1
    assert "Closed before it came here, not verified" in page
    assert "Duplicate" in page


def test_tabs_of_open_cases_are_counted_in_the_order_of_their_list(world: World) -> None:
    """So the index of open cases is read, and not all that were ever raised."""
    world.case()
    world.closed_case()
    for view, number in (("open", 1), ("overdue", 0), ("closed", 1), ("all", 2)):
        with CaptureQueriesContext(connection) as asked:
            found = selectors.count(
                world.head, Filter(view=view), path=world.hue.path, today=clock.day_of(NOON)
            )
        assert found == number
        assert ("ORDER BY" in asked[-1]["sql"]) is (view in ("open", "overdue"))
