"""Halls: how many meetings fit in, when they are closed, and who sets them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from footpath.core.errors import InvalidValue, NotAllowed, NotThere, StaleState
from footpath.meetings import rules, selectors, services
from footpath.meetings.models import Hall, Meeting
from tests.world import NOON, World, fresh, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(world: World) -> Hall:
    return services.add_hall(area=world.thach, name="  Big  hall ", by=world.head, at=NOON)


def convene(world: World, hall: Hall | None, **values: Any) -> Meeting:
    """Convene a meeting of hamlet hue in a hall, tomorrow at noon, for two hours."""
    starts_at: datetime = values.pop("starts_at", later(days=1))
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "hall": hall,
        "by": world.office,
        "at": NOON,
    } | values
    return services.convene_meeting(**values)


def close(hall: Hall, first: date, last: date, world: World) -> None:
    services.close_hall(hall=hall, first=first, last=last, reason="Roof", by=world.head, at=NOON)


def test_spans_are_counted_at_the_moment_when_most_run() -> None:
    def span(first: int, last: int) -> tuple[datetime, datetime]:
        return later(hours=first), later(hours=last)

    assert rules.most_at_once([]) == 0
    assert rules.most_at_once([span(8, 9), span(9, 10)]) == 1
    assert rules.most_at_once([span(8, 10), span(9, 11)]) == 2
    assert rules.most_at_once([span(8, 12), span(8, 9), span(10, 11)]) == 2


def test_a_second_meeting_is_refused_with_the_first_named(world: World, hall: Hall) -> None:
    first = convene(world, hall, title="First")
    with pytest.raises(services.HallTaken) as refused:
        convene(world, hall, area=world.khanh, starts_at=later(days=1, hours=1))
    assert refused.value.meetings == [first]
    assert "Big hall is taken at that time: First" in str(refused.value)
    assert convene(world, hall, area=world.khanh, starts_at=later(days=1, hours=2)).hall == hall


def test_a_divided_hall_holds_two(world: World, hall: Hall) -> None:
    services.change_hall(
        hall=hall, name="Big hall", seats=80, at_once=2, is_active=True, by=world.head, at=NOON
    )
    convene(world, hall)
    convene(world, hall, area=world.khanh)
    with pytest.raises(services.HallTaken):
        convene(world, hall, area=world.phuoc)


def test_a_cancelled_meeting_leaves_the_hall(world: World, hall: Hall) -> None:
    first = convene(world, hall)
    services.cancel_meeting(meeting=first, reason="Flood", by=world.office, at=NOON)
    assert convene(world, hall, area=world.khanh).hall == hall


def test_a_closed_hall_is_refused_and_says_why(world: World, hall: Hall) -> None:
    close(hall, date(2026, 3, 11), date(2026, 3, 12), world)
    with pytest.raises(services.HallTaken) as refused:
        convene(world, hall)
    assert str(refused.value).endswith("Roof")
    assert refused.value.meetings == []
    services.open_hall(closure=hall.closures.get(), by=world.head, at=NOON)
    assert convene(world, hall).hall == hall


def test_a_closure_is_taken_back_once(world: World, hall: Hall) -> None:
    close(hall, date(2026, 3, 11), date(2026, 3, 12), world)
    closure = hall.closures.get()
    services.open_hall(closure=closure, by=world.head, at=NOON)
    closure.pk = 10**9
    with pytest.raises(StaleState):
        services.open_hall(closure=closure, by=world.head, at=NOON)


def test_a_hall_no_longer_used_is_refused_and_keeps_its_meetings(world: World, hall: Hall) -> None:
    first = convene(world, hall)
    services.change_hall(
        hall=hall, name="Big hall", seats=None, at_once=1, is_active=False, by=world.head, at=NOON
    )
    with pytest.raises(services.HallTaken):
        convene(world, hall, area=world.khanh)
    assert Meeting.objects.get(pk=first.pk).hall == hall
    assert selectors.halls_near(world.hue) == []
    assert selectors.halls_near(world.hue, also=hall.pk) == [hall]


def test_a_meeting_moves_into_a_hall_that_is_free_only(world: World, hall: Hall) -> None:
    convene(world, hall)
    other = convene(world, None, area=world.khanh)
    times = {"starts_at": other.starts_at, "ends_at": other.ends_at}
    with pytest.raises(services.HallTaken):
        services.move_meeting(meeting=other, hall=hall, where="", by=world.office, at=NOON, **times)
    other.refresh_from_db()
    assert (other.hall, other.sequence) == (None, 0)


def test_a_place_uses_its_own_halls_those_above_and_those_below(world: World, hall: Hall) -> None:
    above = Hall.objects.create(area=world.district, name="Above")
    below = Hall.objects.create(area=world.group, name="Below")
    Hall.objects.create(area=world.phuoc, name="Elsewhere")
    assert selectors.halls_near(world.hue) == [above, below, hall]
    assert len(selectors.halls_near(None)) == 4


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"at_once": 0}, "at_once"),
    ],
)
def test_what_makes_no_hall_is_refused(world: World, values: dict[str, Any], field: str) -> None:
    values = {"area": world.thach, "name": "Hall", "by": world.head, "at": NOON} | values
    with pytest.raises(InvalidValue) as refused:
        services.add_hall(**values)
    assert refused.value.field == field


def test_a_place_has_one_hall_of_a_name(world: World, hall: Hall) -> None:
    assert hall.name == "Big hall"
    with pytest.raises(InvalidValue):
        services.add_hall(area=world.thach, name="Big hall", by=world.head, at=NOON)
    other = services.add_hall(area=world.thach, name="Other", by=world.head, at=NOON)
    with pytest.raises(InvalidValue):
        services.change_hall(
            hall=other, name="Big hall", seats=1, at_once=1, is_active=True, by=world.head, at=NOON
        )


def test_a_closure_needs_a_reason_and_days_in_order(world: World, hall: Hall) -> None:
    for reason, last in ((" ", date(2026, 3, 12)), ("Roof", date(2026, 3, 1))):
        with pytest.raises(InvalidValue):
            services.close_hall(
                hall=hall, first=date(2026, 3, 11), last=last, reason=reason, by=world.head, at=NOON
            )


def test_only_who_sets_days_sets_halls(world: World, hall: Hall) -> None:
    with pytest.raises(NotAllowed):
        services.add_hall(area=world.hue, name="Hall", by=world.officer, at=NOON)
    by = fresh(world.officer)
    with pytest.raises(NotAllowed):
        services.close_hall(
            hall=hall,
            first=NOON.date(),
            last=NOON.date(),
            reason="x",
            by=by,
            at=NOON,
        )
    with pytest.raises(NotThere):
        selectors.get_hall_for(world.head, pk=0)
