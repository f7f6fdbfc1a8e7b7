"""The figures of the rates: kept by each deed, added up once, always what a recount finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footpath.cases import services
from footpath.cases.models import Case, Counted, Reporter, Round, Tally, TallyChange
from footpath.cases.rules import rates
from footpath.cases.services import tallies
from footpath.core.errors import NotAllowed, RuleBroken
from footpath.directory.models import Organization
from tests.world import World, later

pytestmark = pytest.mark.django_db


def kept() -> Counter[tuple[Any, ...]]:
    """Return what the figures say: those added up and those noted, without zeros."""
    found: Counter[tuple[Any, ...]] = Counter()
    for model in (Tally, TallyChange):
        for row in model.objects.all():
            key = tuple(getattr(row, name) for name in (*tallies.KEY, *tallies.ANCESTORS))
            for name in rates.COLUMNS:
                found[(*key, name)] += getattr(row, name)
    return Counter({key: number for key, number in found.items() if number})


def recounted(at: datetime) -> Counter[tuple[Any, ...]]:
    """Return what counting all cases as they stand at a moment finds."""
    found: Counter[tuple[Any, ...]] = Counter()
    keys = list(Case.objects.values_list("pk", flat=True))
    for case in tallies.facts_of(keys):
        key = (
            tallies.month_of(case.raised_at),
            case.area_id,
            case.organization_id or 0,
            case.category_id,
            case.level,
            *(getattr(case, name) for name in tallies.ANCESTORS),
        )
        for name, number in vars(rates.count(tallies.facts(case), at)).items():
            found[(*key, name)] += number
    return Counter({key: number for key, number in found.items() if number})


def total(name: str) -> int:
    return sum(number for key, number in kept().items() if key[-1] == name)


def answered(case: Case, answer: str, at: datetime) -> None:
    Reporter.objects.update_or_create(
        case=case, defaults={"answer": answer, "code_digest": f"{case.pk}"}
    )
    tallies.follow(case, at=at)


# --- each deed ------------------------------------------------------------------------------------


def test_a_case_is_counted_with_its_raising(world: World) -> None:
    world.case()
    assert (total("raised"), total("response_due")) == (1, 0)
    assert kept() == recounted(later())


def test_an_acceptance_in_time_is_a_response_met(world: World) -> None:
    case = world.case()
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    assert (total("response_due"), total("response_met")) == (1, 1)


def test_a_verified_case_is_resolved_in_time_or_too_late(world: World) -> None:
    world.closed_case()
    assert (total("resolution_due"), total("resolution_met"), total("verified")) == (1, 1, 1)
    late = world.rectified_case()
    services.verify_case(case=late, result="confirmed", by=world.officer, at=later(days=400))
    assert (total("resolution_due"), total("resolution_met"), total("verified")) == (2, 1, 2)


def test_what_falls_due_by_time_alone_is_counted_by_the_night(world: World) -> None:
    world.case()
    assert tallies.keep(later(days=1)) == 1  # only the note of the raising
    assert total("response_due") == 0
    tallies.keep(later(days=60))
    assert (total("response_due"), total("response_met")) == (1, 0)
    assert (total("resolution_due"), total("resolution_met")) == (1, 0)
    assert tallies.keep(later(days=61)) == 0
    assert kept() == recounted(later(days=61))


def test_a_reopened_case_is_resolved_no_longer(world: World) -> None:
    case = world.closed_case()
    services.reopen_case(case=case, text="It leaks again.", by=world.officer, at=later(days=1))
    assert (total("verified"), total("resolution_met"), total("resolution_due")) == (0, 0, 0)
    assert kept() == recounted(later(days=1))


def test_the_word_of_the_reporter_is_counted_once_and_may_change(world: World) -> None:
    case = world.closed_case()
    answered(case, "no", later(days=1))
    answered(case, "no", later(days=2))
    assert (total("said_no"), total("said_yes")) == (1, 0)
    answered(case, "yes", later(days=3))
    assert (total("said_no"), total("said_yes")) == (0, 1)


def test_figures_move_with_a_case_that_goes_to_another_organization(world: World) -> None:
    case = world.case()
    other = Organization.objects.exclude(pk=case.organization_id).first()
    assert other is not None
    Case.objects.filter(pk=case.pk).update(organization=other, level=1, area=world.phuoc)
    Case.objects.filter(pk=case.pk).update(
        **{f"a{at}": pk for at, pk in enumerate(world.phuoc.ancestor_ids)}
    )
    tallies.follow(case, at=later())
    assert kept() == recounted(later())
    assert total("raised") == 1


def test_superficial_rounds_are_counted(world: World) -> None:
    case = world.closed_case()
    Round.objects.filter(case=case).update(is_superficial=True)
    tallies.follow(case, at=later(days=1))
    assert total("superficial") == 1
    assert kept() == recounted(later(days=1))


def test_a_case_that_was_never_counted_is_counted_by_the_night(world: World) -> None:
    case = world.closed_case()
    Counted.objects.all().delete()
    TallyChange.objects.all().delete()
    tallies.count_anew([case.pk], at=later(days=1))
    assert kept() == recounted(later(days=1))


def test_changes_are_noted_in_one_row_a_key(world: World) -> None:
    one, other = world.case(), world.case("Another")
    before = TallyChange.objects.count()
    tallies.note_many([(one, {"superficial": 1}), (other, {"superficial": 2})], at=later())
    tallies.note(one, at=later(), superficial=-1)
    assert TallyChange.objects.count() == before + 2
    assert total("superficial") == 2


# --- adding up ------------------------------------------------------------------------------------


def test_notes_are_added_up_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "PIECE", 2)
    for number in range(5):
        world.case(f"Case {number}")
    said = kept()
    assert tallies.add_up(later()) == 5
    assert not TallyChange.objects.exists()
    assert Tally.objects.get().raised == 5
    assert tallies.add_up(later()) == 0
    world.case("One more")
    tallies.add_up(later())
    assert Tally.objects.get().raised == 6
    assert sum(said.values()) == 5


def test_adding_up_that_breaks_off_loses_nothing(world: World) -> None:
    world.case()
    said = kept()

    def break_off() -> None:
        with transaction.atomic():
            tallies.add_up(later())
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert kept() == said


# --- whatever is done -----------------------------------------------------------------------------

DEEDS = (
    "raise", "accept", "guide", "rectify", "confirm", "refuse", "reopen", "return", "resubmit",
    "escalate", "assign", "answer", "duplicate", "note", "night",
)  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.integers(0, 20)),
        min_size=6,
        max_size=18,
    )
)
def test_after_any_deeds_the_figures_are_those_of_a_recount(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        at = later()
        cases = [world.case("First"), world.case("Second", area=world.khanh, by=world.second)]
        for deed, which, days in steps:
            at += timedelta(days=days, minutes=5)
            case = Case.objects.get(pk=cases[which % len(cases)].pk)
            try:
                with transaction.atomic():
                    _do(world, deed, case, cases, at)
            except (RuleBroken, NotAllowed):
                continue
        tallies.count_due(at)
        assert kept() == recounted(at)
        tallies.add_up(at)
        assert kept() == recounted(at)
        transaction.set_rollback(True)


def _do(world: World, deed: str, case: Case, cases: list[Case], at: datetime) -> None:
    said = {"case": case, "at": at, "text": "So it is."}
    head, officer = world.head, world.officer
    deeds: dict[str, Callable[[], object]] = {
        "raise": lambda: cases.append(world.case("More", at=at)),
        "accept": lambda: services.accept_case(case=case, by=head, at=at),
        "guide": lambda: services.give_guidance(**said, by=head),
        "rectify": lambda: services.rectify_case(**said, by=head),
        "confirm": lambda: services.verify_case(**said, result="confirmed", by=officer),
        "refuse": lambda: services.verify_case(**said, result="not", by=officer),
        "reopen": lambda: services.reopen_case(**said, by=officer),
        "return": lambda: services.return_case(**said, by=head),
        "resubmit": lambda: services.resubmit_case(**said, by=officer),
        "escalate": lambda: services.escalate_case(**said, by=head),
        "assign": lambda: services.assign_owner(case=case, owner=world.second, by=head, at=at),
        "answer": lambda: answered(case, ("yes", "partly", "no")[at.minute % 3], at),
        "duplicate": lambda: services.mark_duplicate(**said, of=cases[0], by=head),
        "note": lambda: services.add_note(**said, by=head),
        "night": lambda: tallies.keep(at),
    }
    deeds[deed]()
