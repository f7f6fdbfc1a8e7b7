"""The ledger as a board and as a map: the same cases, the same rights, the same filters."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.cases import selectors
from footpath.cases.filters import Filter
from footpath.cases.models import Case
from footpath.cases.rules.mapping import GRID, Box, Sheet, cell, names_beside, radius
from footpath.cases.selectors import board as boards
from footpath.core import clock
from footpath.directory.models import Area
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db


# --- the board ------------------------------------------------------------------------------------


def test_each_open_case_stands_in_the_column_of_its_state(world: World, sign_in: SignIn) -> None:
    world.case("Just raised")
    world.closed_case(title="Long closed")
    answer = sign_in(world.head).get("/cases/board/")
    said = text_of(answer)
    assert "Raised 1 Next: Accept Just raised" in said
    assert "Long closed" not in said


def test_a_full_column_leads_to_the_list(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "MOST_CARDS", 2)
    for title in ("One", "Two", "Three"):
        world.case(title)
    answer = sign_in(world.head).get("/cases/board/")
    assert "Raised 3" in text_of(answer)
    assert "/cases/?view=open&amp;state=raised" in answer.content.decode()
    monkeypatch.setattr(boards, "MOST_COUNTED", 2)
    columns = selectors.columns_of(world.head, Filter(), path=None, today=clock.today())
    assert [column.is_counted for column in columns] == [False, True, True, True, True]


def test_a_board_of_closed_cases_shows_the_open_ones(world: World) -> None:
    world.case("Open")
    today = clock.today()
    closed, guided = Filter(view="closed"), Filter(state="guided")
    columns = selectors.columns_of(world.head, closed, path=None, today=today)
    assert [len(column.rows) for column in columns] == [1, 0, 0, 0, 0]
    one = selectors.columns_of(world.head, guided, path=None, today=today)
    assert [column.state for column in one] == ["guided"]


def test_somebody_elses_cases_are_on_no_board_and_no_map(world: World, sign_in: SignIn) -> None:
    world.case("Far away", area=world.phuoc, by=world.far)
    client = sign_in(world.head)
    for address in ("/cases/board/", "/cases/map/"):
        assert "Far away" not in text_of(client.get(address))
        assert client.get(f"{address}?place={world.phuoc.code}").status_code in (200, 404)


@pytest.mark.parametrize("address", ["/cases/board/", "/cases/map/"])
def test_the_number_of_queries_does_not_grow_with_the_cases(
    address: str, world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    client.get(address)
    counted = []
    for more in (1, 2):
        for _number in range(more):
            _put(world.case("Another"), 10.2, 106.3)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_an_empty_board_and_an_empty_map_say_what_to_do(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.head)
    assert "raise it here" in text_of(client.get("/cases/board/"))
    assert "No case on this map" in text_of(client.get("/cases/map/"))
    assert "Without the filters" in text_of(client.get("/cases/board/?q=nothing"))
    assert "Without the filters" in text_of(client.get("/cases/map/?q=nothing"))


# --- the map --------------------------------------------------------------------------------------


def _put(case: Case, latitude: float, longitude: float) -> None:
    Case.objects.filter(pk=case.pk).update(latitude=latitude, longitude=longitude)


def _lies(area: Area, latitude: float, longitude: float) -> None:
    Area.objects.filter(pk=area.pk).update(latitude=latitude, longitude=longitude)


def test_cases_stand_at_their_spot_or_at_the_centre_of_their_place(world: World) -> None:
    commune = world.hue.parent
    assert commune is not None
    _lies(world.hue, 10.20, 106.30)
    first, second, third = world.case("A"), world.case("B"), world.case("C")
    _put(first, 10.2001, 106.3001)
    _put(second, 10.2002, 106.3002)
    found = selectors.case_map(
        world.head, Filter(), Area.objects.get(pk=commune.pk), today=clock.today()
    )
    centre = [circle for circle in found.circles if circle.area == world.hue]
    assert [circle.number for circle in centre] == [1]
    spots = [circle for circle in found.circles if circle.box is not None]
    assert sum(circle.number for circle in spots) == 2
    assert [(line.area, line.number) for line in found.lines] == [(world.hue, 3)]
    listed = selectors.ledger(
        world.head, Filter(box=str(spots[0].box)), path=commune.path, today=clock.today()
    )
    assert {first.pk, second.pk} >= {case.pk for case in listed}
    assert third.pk not in {case.pk for case in listed}


def test_the_map_leads_down_the_tree_and_to_the_ledger(world: World, sign_in: SignIn) -> None:
    _lies(world.hue, 10.20, 106.30)
    late = world.case("Late")
    Case.objects.filter(pk=late.pk).update(due_on="2020-01-01")
    commune = world.hue.parent
    assert commune is not None
    answer = sign_in(world.head).get(f"/cases/map/?place={commune.code}")
    page = answer.content.decode()
    assert f"?view=open&amp;place={world.hue.code}" in page
    assert f"/cases/?view=overdue&amp;place={world.hue.code}" in page
    assert f"{world.hue.name}: 1 case, 1 overdue" in page
    below = sign_in(world.head).get(f"/cases/map/?place={world.hue.code}")
    assert f"/cases/?view=open&amp;place={world.hue.code}" in below.content.decode()


def test_without_centres_there_is_the_table(world: World, sign_in: SignIn) -> None:
    world.case("Somewhere")
    assert "only the table" in text_of(sign_in(world.head).get("/cases/map/"))


def test_a_box_in_the_address_is_read_or_left_out() -> None:
    assert Filter.read({"box": "10,106,11,107"}).box == "10,106,11,107"
    for wrong in ("10,106,11", "a,b,c,d", "11,106,10,107", "10,106,11,190", "nan,0,1,1"):
        assert Filter.read({"box": wrong}).box == ""
    assert Box.read("10,106,11,107") == Box(10, 106, 11, 107)


def test_a_drawing_keeps_shape_and_order() -> None:
    box = Box.around([(10.0, 106.0), (10.4, 106.4)])
    assert box is not None
    sheet = Sheet(box, 760, 460)
    west, north = sheet.place(10.4, 106.0)
    east, south = sheet.place(10.0, 106.4)
    assert west < east
    assert north < south
    assert 0 <= west <= 760
    assert 0 <= south <= 460
    single = Box.around([(10.0, 106.0)])
    assert single is not None
    assert single.north - single.south > 0.02
    assert Box.around([]) is None
    assert radius(0, 5) < radius(1, 5) < radius(5, 5)
    corner = cell(box, GRID - 1, GRID - 1)
    assert corner.north == pytest.approx(box.north)
    assert corner.east == pytest.approx(box.east)


def test_a_sheet_is_only_as_high_as_its_box_and_keeps_its_edge() -> None:
    flat = Sheet.across(Box(10.0, 106.0, 10.1, 107.0), 900, most=500, edge=40)
    assert flat.height < 200
    x, y = flat.place(10.1, 106.0)
    assert x == pytest.approx(40, abs=2)
    assert y == pytest.approx(40, abs=1)
    assert Sheet.across(Box(10.0, 106.0, 12.0, 106.1), 300, most=500, edge=20).height == 500


def test_names_stand_where_they_can_be_read() -> None:
    circles = [
        (200.0, 100.0, 20.0, "Here"),
        (200.0, 130.0, 10.0, "Close"),
        (6.0, 20.0, 5.0, "Edge"),
    ]
    below, beside, edge = names_beside(circles, 400, 200)
    assert below is not None
    assert below.anchor == "middle"
    assert below.y < 100  # below stands the other circle, so the name is above
    assert beside is not None
    assert edge is not None
    assert edge.anchor == "start"
    crowd = [(200.0, 100.0, 90.0, "A long name of a place"), (10.0, 10.0, 5.0, "")]
    assert names_beside(crowd, 400, 200) == [None, None]


# --- their indexes --------------------------------------------------------------------------------


def test_new_indexes_are_measured_where_the_others_are(world: World) -> None:
    """SQLite would take an index of which it knows nothing for the best one."""
    migration = import_module(
        "footpath.cases.migrations.0016_large_places_are_counted_from_indexes"
    )
    world.case()
    schema = SimpleNamespace(connection=connection, collect_sql=False)
    migration.measured(None, schema)
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1 WHERE idx LIKE 'case_open_state_%'")
        migration.measured(None, schema)
        cursor.execute("SELECT idx FROM sqlite_stat1 WHERE idx LIKE 'case_open_state_a%'")
        assert sorted(name for (name,) in cursor.fetchall()) == [
            f"case_open_state_a{level}" for level in range(3)
        ]
