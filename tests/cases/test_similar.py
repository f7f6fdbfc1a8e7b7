"""Cases like the one being told are proposed, only what one may read, and people judge them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.cases import selectors, services
from footpath.cases.models import Case, Category
from footpath.cases.rules import likeness
from footpath.cases.rules.likeness import Told
from footpath.cases.selectors import similar
from footpath.core import clock, textsearch
from footpath.directory.models import Person
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

CANAL = "Sluice gate at the canal leaks"


def titles(person: Person | None, text: str, world: World, **more: object) -> list[str]:
    """Return the titles that are proposed for a text told in hamlet ``hue``."""
    more.setdefault("area", world.hue)
    found = selectors.suggest(
        person, category=world.category, text=text, today=clock.today(), **more
    )
    return [like.row.title for like in found]


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sluice gate at the canal leaks", "The canal's sluice gate is leaking, leaks all day"),
        ("Cống Rạch Sâu bị rò rỉ", "cong rach sau bi ro ri nuoc man"),
        ("西宁市城东区路灯不亮", "城东区路灯坏了不亮"),
        ("На улице Ленина не горит фонарь", "Не горит фонарь на улице Ленина, дом 5"),
    ],
)
def test_the_same_told_otherwise_is_alike_in_four_languages(one: str, other: str) -> None:
    told = Told(textsearch.document(one), 1, "aa")
    known = Told(textsearch.document(other), 1, "aa")
    assert likeness.likeness(told, known, step=1) >= likeness.LEAST


def test_other_words_are_not_alike_wherever_they_are() -> None:
    told = Told(textsearch.document("Street lamp dark on lane 12"), 1, "aa", (10.0, 106.0))
    known = Told(textsearch.document("Clinic without a nurse"), 1, "aa", (10.0, 106.0))
    assert likeness.likeness(told, known, step=1) == 0


def test_nearness_counts_by_position_else_by_the_tree() -> None:
    def at(path: str, position: likeness.Position | None = None) -> Told:
        return Told("lamp dark", None, path, position)

    assert likeness.metres((10.0, 106.0), (10.0, 106.0)) == 0
    assert likeness.metres((10.0, 106.0), (10.01, 106.0)) == pytest.approx(1112, abs=1)
    here = at("ab", (10.0, 106.0))
    assert likeness.place_likeness(here, at("zz", (10.0001, 106.0)), 1) == 1
    assert likeness.place_likeness(here, at("ab", (10.1, 106.0)), 1) == 0
    assert likeness.place_likeness(here, at("ab"), 1) == 1
    assert likeness.place_likeness(here, at("ac"), 1) == 0.5
    assert likeness.place_likeness(here, at("abc"), 1) == 0.5
    assert likeness.place_likeness(here, at("xyz"), 1) == 0


# --- what is proposed -----------------------------------------------------------------------------


def test_the_likest_comes_first_and_what_is_unlike_not_at_all(world: World) -> None:
    world.case("Clinic without a nurse")
    world.case(CANAL, area=world.khanh, by=world.second)
    world.case(CANAL + " again")
    assert titles(world.head, "The sluice gate at the canal leaks", world) == [
        CANAL + " again",
        CANAL,
    ]
    assert titles(world.head, "gate", world) == []
    assert titles(world.head, "", world) == []


def test_only_what_one_may_read_is_proposed(world: World) -> None:
    world.case(CANAL, area=world.phuoc, by=world.far)
    assert titles(world.head, CANAL, world) == []
    assert titles(world.far, CANAL, world) == [CANAL]
    assert titles(None, CANAL, world) == []
    Case.objects.update(is_public=True)
    assert titles(None, CANAL, world) == [CANAL]


def test_the_public_finds_a_case_by_the_words_it_may_read_alone(world: World) -> None:
    case = world.case(CANAL)
    services.publish_case(case=case, text="Water on the road.", by=world.head, at=later())
    assert titles(None, CANAL, world) == []
    assert titles(None, "Water on the road", world) == [CANAL]
    assert titles(world.head, CANAL, world) == [CANAL]


def test_what_was_closed_within_a_year_is_proposed_what_is_older_not(world: World) -> None:
    case = world.closed_case(title=CANAL)
    Case.objects.filter(pk=case.pk).update(closed_at=clock.now())
    (like,) = selectors.suggest(
        world.head, area=world.hue, category=None, text=CANAL, today=clock.today()
    )
    assert like.is_closed
    assert like.is_strong
    assert like.metres is None
    Case.objects.filter(pk=case.pk).update(closed_at="2020-01-01T00:00:00Z")
    assert titles(world.head, CANAL, world) == []


def test_distance_is_said_where_both_positions_are_known(world: World) -> None:
    case = world.case(CANAL)
    Case.objects.filter(pk=case.pk).update(latitude=10.2, longitude=106.3)
    (like,) = selectors.suggest(
        world.head,
        area=world.hue,
        category=world.category,
        text=CANAL,
        today=clock.today(),
        position=(10.2003, 106.3),
    )
    assert like.metres == pytest.approx(33, abs=1)


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    counted = []
    titles(world.head, CANAL, world)
    for _more in range(2):
        world.case(CANAL)
        with CaptureQueriesContext(connection) as asked:
            titles(world.head, CANAL, world)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 4


def test_words_are_spelled_as_others_have_written_them() -> None:
    known = ["sluice", "gate", "canal", "leaks", "duong", "hu", "c12", "bom"]
    typed = ["sluce", "gaet", "cnaal", "leaks", "duogn", "c13", "bum", "pump"]
    right = ["sluice", "gaet", "canal", "leaks", "duong", "c13", "bum", "pump"]
    assert likeness.spelled(typed, known) == right
    assert likeness.spelled(typed, []) == typed


def test_a_slip_of_the_keys_hides_no_case(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words next door tell what was meant; a case further back is found by them."""
    monkeypatch.setattr(similar, "MOST_NEAR", 1)
    sunk = "Đường hư bên cầu Rạch Sâu, xe tải sụp bánh"
    world.case(sunk, at=NOON)
    newer = world.case("Xin làm đèn", at=later(days=1))
    slips = "Duogn hu ben cau Rach Sau, xe tai sup banh"
    assert titles(world.head, slips, world) == []
    Case.objects.filter(pk=newer.pk).update(search=textsearch.document("Xin làm đèn bên đường"))
    assert titles(world.head, slips, world) == [sunk]


def test_what_one_may_not_read_spells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of cases that the reader may not see must not find what the typed ones do not."""
    asked: list[list[str]] = []
    real = similar._by_words
    monkeypatch.setattr(
        similar,
        "_by_words",
        lambda who, words, today: asked.append(words) or real(who, words, today),
    )
    case = world.case("Secret sluice at the canal")
    titles(None, "Sluce at the cnaal", world)
    services.publish_case(case=case, text="Water on the road.", by=world.head, at=later())
    titles(None, "Sluce at the cnaal", world)
    titles(world.head, "Sluce at the cnaal", world)
    assert asked == [
        ["sluce", "at", "the", "cnaal"],
        ["sluce", "at", "the", "cnaal"],
        ["sluice", "at", "the", "canal"],
    ]


# --- the pages ------------------------------------------------------------------------------------


def test_the_form_proposes_while_one_types(world: World, sign_in: SignIn) -> None:
    case = world.case(CANAL)
    client = sign_in(world.officer)
    typed = {"title": CANAL, "area": world.hue.pk, "category": world.category.pk}
    said = client.get("/cases/similar/", typed)
    assert "Is it one of these?" in text_of(said)
    assert f'name="seen" value="{case.pk}"' in said.content.decode()
    assert client.get("/cases/similar/", {**typed, "title": "x"}).content.strip() == b""
    assert client.get("/cases/similar/", {"area": "x"}).content.strip() == b""
    elsewhere = {**typed, "area": world.phuoc.pk}
    assert sign_in(world.member).get("/cases/similar/", elsewhere).status_code == 403


def test_without_scripts_the_probably_same_is_shown_before_saving(
    world: World, sign_in: SignIn
) -> None:
    world.case(CANAL)
    client = sign_in(world.officer)
    sent = {
        "title": CANAL,
        "area": world.hue.pk,
        "category": world.category.pk,
        "source": "officer",
        "client_key": str(uuid4()),
    }
    asked = client.post("/cases/raise/", sent)
    assert asked.status_code == 422
    assert "It is another: raise it" in text_of(asked)
    assert Case.objects.count() == 1
    assert client.post("/cases/raise/", {**sent, "seen": "1"}).status_code == 302
    assert Case.objects.count() == 2
    again = client.post("/cases/raise/", sent)  # the first form once more, from the history
    assert again.status_code == 302
    assert Case.objects.count() == 2


def test_two_cases_stand_side_by_side_to_be_judged(world: World, sign_in: SignIn) -> None:
    first, second = world.case(CANAL, text="Salt water."), world.case(CANAL, text="Since Monday.")
    client = sign_in(world.head)
    page = client.get(f"/cases/{first.pk}/compare/{second.pk}/")
    said = text_of(page)
    assert "Salt water." in said
    assert "Since Monday." in said
    address = f"/cases/{first.pk}/mark-duplicate/?of={second.number}"
    assert address in page.content.decode()
    assert second.number in client.get(address).content.decode()
    assert (
        f"/cases/{first.pk}/compare/{second.pk}/"
        in client.get(first.get_absolute_url()).content.decode()
    )


def test_beside_a_closed_case_reopening_is_offered(world: World, sign_in: SignIn) -> None:
    closed, case = world.closed_case(title=CANAL), world.case(CANAL)
    page = sign_in(world.head).get(f"/cases/{case.pk}/compare/{closed.pk}/").content.decode()
    assert f"/cases/{closed.pk}/reopen/" in page
    assert "mark-duplicate" not in page


def test_a_case_of_others_is_not_compared(world: World, sign_in: SignIn) -> None:
    case, far = world.case(), world.case(area=world.phuoc, by=world.far)
    assert sign_in(world.head).get(f"/cases/{case.pk}/compare/{far.pk}/").status_code == 404


def test_a_category_that_says_the_same_makes_likelier(world: World) -> None:
    roads = Category.objects.create(code="roads", name_en="Roads")
    world.case(CANAL, category=roads)
    services.accept_case(case=Case.objects.get(), by=world.head, at=later(hours=1))
    (other,) = selectors.suggest(
        world.head, area=world.hue, category=world.category, text=CANAL, today=clock.today()
    )
    (same,) = selectors.suggest(
        world.head, area=world.hue, category=roads, text=CANAL, today=clock.today()
    )
    assert same.likeness > other.likeness
