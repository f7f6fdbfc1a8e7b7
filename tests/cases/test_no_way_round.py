"""Closed is not fixed: whatever is done in whatever order, nobody closes their own work (S4.4)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footpath.cases import rules, services
from footpath.cases.models import Case, Participant
from footpath.cases.rules import Deed
from footpath.core.errors import NotAllowed, RuleBroken
from footpath.directory.models import Organization, Person
from tests.world import World, later

pytestmark = pytest.mark.django_db

PEOPLE = ("officer", "second", "head", "lead", "office", "member")

Act = Callable[[Case, Person, Person, Case, float], object]

ACTS: dict[Deed, Act] = {
    Deed.ACCEPT: lambda case, by, _o, _d, n: services.accept_case(
        case=case, by=by, at=later(hours=n)
    ),
    Deed.ASSIGN: lambda case, by, o, _d, n: services.assign_owner(
        case=case, owner=o, by=by, at=later(hours=n)
    ),
    Deed.GUIDE: lambda case, by, _o, _d, n: services.give_guidance(
        case=case, text="So.", by=by, at=later(hours=n)
    ),
    Deed.RECTIFY: lambda case, by, _o, _d, n: services.rectify_case(
        case=case, text="Done.", by=by, at=later(hours=n)
    ),
    Deed.VERIFY: lambda case, by, o, _d, n: services.verify_case(
        case=case,
        result=rules.Result.CONFIRMED if o.pk % 3 else rules.Result.NOT,
        text="Seen.",
        by=by,
        at=later(hours=n),
    ),
    Deed.REOPEN: lambda case, by, _o, _d, n: services.reopen_case(
        case=case, text="Leaks.", by=by, at=later(hours=n)
    ),
    Deed.ESCALATE: lambda case, by, _o, _d, n: services.escalate_case(
        case=case, text="Up.", by=by, at=later(hours=n)
    ),
    Deed.RETURN: lambda case, by, _o, _d, n: services.return_case(
        case=case, text="Where?", by=by, at=later(hours=n)
    ),
    Deed.RESUBMIT: lambda case, by, _o, _d, n: services.resubmit_case(
        case=case, text="There.", by=by, at=later(hours=n)
    ),
    Deed.MARK_DUPLICATE: lambda case, by, _o, d, n: services.mark_duplicate(
        case=case, of=d, by=by, at=later(hours=n)
    ),
    Deed.NOTE: lambda case, by, _o, _d, n: services.add_note(
        case=case, text="Note.", by=by, at=later(hours=n)
    ),
    Deed.TRANSFER: lambda case, by, _o, _d, n: services.transfer_case(
        case=case,
        to=Organization.objects.get(kind="agency"),
        text="Theirs.",
        by=by,
        at=later(hours=n),
    ),
    Deed.MISROUTE: lambda case, by, _o, _d, n: services.misroute_case(
        case=case, text="Not ours.", by=by, at=later(hours=n)
    ),
    Deed.REPLY: lambda case, by, _o, _d, n: services.reply_to_reporter(
        case=case, text="Tomorrow.", by=by, at=later(hours=n)
    ),
    Deed.PUBLISH: lambda case, by, _o, _d, n: services.publish_case(
        case=case, text="A gate.", by=by, at=later(hours=n)
    ),
    Deed.HIDE: lambda case, by, _o, _d, n: services.hide_case(
        case=case, text="No more.", by=by, at=later(hours=n)
    ),
    Deed.PAUSE: lambda case, by, _o, _d, n: services.pause_clock(
        case=case, until=later(days=3).date(), text="Seal.", by=by, at=later(hours=n)
    ),
    Deed.RESUME: lambda case, by, _o, _d, n: services.resume_clock(
        case=case, by=by, at=later(hours=n)
    ),
    Deed.EXTEND: lambda case, by, _o, _d, n: services.extend_case(
        case=case, until=later(days=60).date(), text="Tide.", by=by, at=later(hours=n)
    ),
}

STEPS = st.lists(
    st.tuples(st.sampled_from(list(Deed)), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)),
    min_size=4,
    max_size=16,
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_order_of_deeds_closes_a_case_without_somebody_else(
    world: World, steps: list[tuple[Deed, str, str]]
) -> None:
    case, other = world.case(), world.case("The other")
    for number, (deed, who, owner) in enumerate(steps, start=1):
        case = Case.objects.get(pk=case.pk)
        worked = set(
            Participant.objects.filter(case=case, part__in=Participant.WORKED).values_list(
                "person", flat=True
            )
        )
        by = getattr(world, who)
        with contextlib.suppress(RuleBroken, NotAllowed):
            ACTS[deed](case, by, getattr(world, owner), other, number)
        case = Case.objects.get(pk=case.pk)
        if case.is_open:
            continue
        if case.outcome == rules.Outcome.DUPLICATE:
            assert Case.objects.get(pk=case.duplicate_of_id).is_open
            continue
        last = case.rounds.get(number=case.round_number)
        assert (last.result, last.verified_by_id is not None) == ("confirmed", True)
        assert last.verified_by_id != last.rectified_by_id
        if deed == Deed.VERIFY and last.verified_by_id == by.pk:
            assert by.pk not in worked


def test_the_steps_that_close_a_case_are_found(world: World) -> None:
    case, other = world.case(), world.case("The other")
    for number, (deed, who) in enumerate(
        [(Deed.ACCEPT, "head"), (Deed.RECTIFY, "head"), (Deed.VERIFY, "officer")], start=1
    ):
        owner = next(who for who in (world.second, world.lead, world.office) if who.pk % 3)
        ACTS[deed](case, getattr(world, who), owner, other, number)
    assert not case.is_open
