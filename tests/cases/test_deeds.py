"""Each deed: done by whom it is for, refused in the wrong state, to others, and to the second."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from footpath.accounts import audit
from footpath.accounts.models import TrailLine
from footpath.assignments.models import Assignment
from footpath.cases import rules, selectors, services
from footpath.cases.models import Case, Entry, Participant
from footpath.cases.rules import Deed, State
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from tests.world import World, later

pytestmark = pytest.mark.django_db

Act = Callable[[Case, Person, World], object]

ACTS: dict[Deed, Act] = {
    Deed.ACCEPT: lambda case, by, _w: services.accept_case(case=case, by=by, at=later(days=1)),
    Deed.ASSIGN: lambda case, by, w: services.assign_owner(
        case=case, owner=w.second, by=by, at=later(days=1)
    ),
    Deed.GUIDE: lambda case, by, _w: services.give_guidance(
        case=case, text="Use rubber.", by=by, at=later(days=1)
    ),
    Deed.RECTIFY: lambda case, by, _w: services.rectify_case(
        case=case, text="Done.", by=by, at=later(days=1)
    ),
    Deed.VERIFY: lambda case, by, _w: services.verify_case(
        case=case, result=rules.Result.CONFIRMED, by=by, at=later(days=1)
    ),
    Deed.REOPEN: lambda case, by, _w: services.reopen_case(
        case=case, text="Leaks.", by=by, at=later(days=1)
    ),
    Deed.ESCALATE: lambda case, by, _w: services.escalate_case(
        case=case, text="Too dear.", by=by, at=later(days=1)
    ),
    Deed.RETURN: lambda case, by, _w: services.return_case(
        case=case, text="Where?", by=by, at=later(days=1)
    ),
    Deed.RESUBMIT: lambda case, by, _w: services.resubmit_case(
        case=case, text="At the market.", by=by, at=later(days=1)
    ),
    Deed.MARK_DUPLICATE: lambda case, by, w: services.mark_duplicate(
        case=case, of=w.case("The other"), by=by, at=later(days=1)
    ),
    Deed.NOTE: lambda case, by, _w: services.add_note(
        case=case, text="Seen.", by=by, at=later(days=1)
    ),
    Deed.TRANSFER: lambda case, by, w: services.transfer_case(
        case=case, to=w.agency, text="A matter of health.", by=by, at=later(days=1)
    ),
    Deed.MISROUTE: lambda case, by, _w: services.misroute_case(
        case=case, text="Not our road.", by=by, at=later(days=1)
    ),
    Deed.REPLY: lambda case, by, _w: services.reply_to_reporter(
        case=case, text="Tomorrow.", by=by, at=later(days=1)
    ),
    Deed.PUBLISH: lambda case, by, _w: services.publish_case(case=case, by=by, at=later(days=1)),
    Deed.HIDE: lambda case, by, _w: services.hide_case(
        case=case, text="By mistake.", by=by, at=later(days=1)
    ),
    Deed.PAUSE: lambda case, by, _w: services.pause_clock(
        case=case, until=later(days=5).date(), text="Waits for the seal.", by=by, at=later(days=1)
    ),
    Deed.RESUME: lambda case, by, _w: services.resume_clock(case=case, by=by, at=later(days=1)),
    Deed.EXTEND: lambda case, by, _w: services.extend_case(
        case=case, until=later(days=60).date(), text="The tide.", by=by, at=later(days=1)
    ),
}

AFTER = {
    Deed.ACCEPT: State.ACCEPTED,
    Deed.GUIDE: State.GUIDED,
    Deed.RECTIFY: State.RECTIFIED,
    Deed.VERIFY: State.CLOSED,
    Deed.REOPEN: State.ACCEPTED,
    Deed.RETURN: State.RETURNED,
    Deed.RESUBMIT: State.RAISED,
    Deed.MARK_DUPLICATE: State.CLOSED,
    Deed.TRANSFER: State.RAISED,
    Deed.MISROUTE: State.RAISED,
}


def in_state(world: World, state: State) -> Case:
    """Return a case of ``hue`` in a state, worked on by the head, verified by the officer."""
    case = world.case()
    if state == State.RAISED:
        return case
    if state == State.RETURNED:
        services.return_case(case=case, text="Where?", by=world.head, at=later(hours=1))
        return case
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    if state == State.GUIDED:
        services.give_guidance(case=case, text="Rubber.", by=world.head, at=later(hours=2))
    elif state in (State.RECTIFIED, State.CLOSED):
        services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=2))
    if state == State.CLOSED:
        services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=3))
    return case


def ready_for(world: World, deed: Deed) -> Case:
    """Return a case with which the deed can be done."""
    case = in_state(world, min(rules.STATES_FOR[deed]))
    if deed == Deed.RESUME:
        ACTS[Deed.PAUSE](case, world.head, world)
    return case


def right_person(world: World, deed: Deed) -> Person:
    """Return somebody who may do the deed."""
    return {Deed.VERIFY: world.officer, Deed.RESUBMIT: world.officer}.get(deed, world.head)


@pytest.mark.parametrize("deed", list(Deed))
def test_each_deed_is_done_once_with_an_entry_and_a_line(world: World, deed: Deed) -> None:
    before = min(rules.STATES_FOR[deed])
    case = ready_for(world, deed)
    lines = TrailLine.objects.filter(subject=audit.subject_key(case)).count()
    ACTS[deed](case, right_person(world, deed), world)
    case.refresh_from_db()
    assert case.state == AFTER.get(deed, before)
    assert Entry.objects.filter(case=case).last().by == right_person(world, deed)
    assert TrailLine.objects.filter(subject=audit.subject_key(case)).count() == lines + 1


@pytest.mark.parametrize(
    ("deed", "state"),
    [(deed, state) for deed in Deed for state in State if state not in rules.STATES_FOR[deed]],
)
def test_each_deed_is_refused_in_every_other_state(world: World, deed: Deed, state: State) -> None:
    case = in_state(world, state)
    entries = case.entries.count()
    with pytest.raises(RuleBroken):
        ACTS[deed](case, right_person(world, deed), world)
    case.refresh_from_db()
    assert (case.state, case.entries.count()) == (state, entries)


@pytest.mark.parametrize("deed", list(Deed))
@pytest.mark.parametrize("who", ["far", "auditor", "administrator"])
def test_each_deed_is_refused_to_others(world: World, deed: Deed, who: str) -> None:
    case = ready_for(world, deed)
    with pytest.raises(NotAllowed):
        ACTS[deed](case, getattr(world, who), world)


LEAVES_THE_STATE = (Deed.NOTE, Deed.ESCALATE, Deed.REPLY, Deed.PUBLISH, Deed.HIDE)


@pytest.mark.parametrize("deed", [deed for deed in Deed if deed not in LEAVES_THE_STATE])
def test_the_second_of_two_is_told_that_somebody_was_quicker(world: World, deed: Deed) -> None:
    case = ready_for(world, deed)
    stale = selectors.get_case_for(world.head, pk=case.pk)
    ACTS[deed](case, right_person(world, deed), world)
    with pytest.raises(StaleState):
        ACTS[deed](stale, right_person(world, deed), world)


def test_whoever_accepts_a_case_without_owner_owns_it(world: World) -> None:
    case = in_state(world, State.ACCEPTED)
    assert (case.owner_id, case.rounds.get().owner_id) == (world.head.pk, world.head.pk)


def test_accepting_leaves_the_owner_who_was_assigned(world: World) -> None:
    case = world.case()
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=1))
    services.accept_case(case=case, by=world.second, at=later(hours=2))
    assert case.owner_id == world.second.pk


def test_an_owner_who_is_replaced_cannot_verify_later(world: World) -> None:
    case = world.case()
    services.assign_owner(case=case, owner=world.officer, by=world.head, at=later(hours=1))
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=2))
    services.accept_case(case=case, by=world.second, at=later(hours=3))
    services.rectify_case(case=case, text="Done.", by=world.second, at=later(hours=4))
    assert Deed.VERIFY not in selectors.deeds_for(world.officer, case)
    with pytest.raises(RuleBroken, match="Somebody else"):
        services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=5))


def test_the_same_owner_twice_is_refused(world: World) -> None:
    case = in_state(world, State.ACCEPTED)
    with pytest.raises(RuleBroken, match="owns this case already"):
        services.assign_owner(case=case, owner=world.head, by=world.head, at=later(days=1))


def test_escalation_adds_whoever_is_in_charge_above_and_removes_nobody(world: World) -> None:
    case = in_state(world, State.ACCEPTED)
    services.escalate_case(case=case, text="Too dear.", by=world.head, at=later(days=1))
    services.escalate_case(case=case, text="Still.", by=world.head, at=later(days=2))
    case.refresh_from_db()
    parts = case.participants.order_by("pk").values_list("person", "part")
    assert (case.level, case.owner_id) == (1, world.head.pk)
    assert list(parts) == [
        (world.head.pk, Participant.Part.OWNER),
        (world.lead.pk, Participant.Part.RESPONSIBLE),
        (world.boss.pk, Participant.Part.RESPONSIBLE),
    ]
    with pytest.raises(RuleBroken, match="No place above"):
        services.escalate_case(case=case, text="Again.", by=world.head, at=later(days=3))


def test_escalation_passes_over_places_that_nobody_leads(world: World) -> None:
    Assignment.objects.filter(person=world.lead).delete()
    case = in_state(world, State.ACCEPTED)
    entry = services.escalate_case(case=case, text="Up.", by=world.head, at=later(days=1))
    assert (case.level, entry.to_person) == (1, world.boss)


def test_escalation_to_an_agency_names_it(world: World) -> None:
    case = in_state(world, State.ACCEPTED)
    services.escalate_case(
        case=case, text="A nurse.", by=world.head, at=later(days=1), agency=world.agency
    )
    assert (case.agency, case.level) == (world.agency, 3)


def test_a_duplicate_is_closed_and_the_other_stays_open_with_a_follower(world: World) -> None:
    other = world.case("The other", by=world.head)
    case = world.case()
    services.mark_duplicate(case=case, of=other, by=world.head, at=later(days=1))
    other.refresh_from_db()
    assert (case.outcome, case.duplicate_of_id, other.is_open) == ("duplicate", other.pk, True)
    assert [part.person for part in other.participants.all()] == [world.officer]


def test_a_case_is_no_duplicate_of_itself_or_of_a_closed_one(world: World) -> None:
    case, closed = world.case(), world.closed_case()
    with pytest.raises(InvalidValue, match="itself"):
        services.mark_duplicate(case=case, of=case, by=world.head, at=later(days=1))
    with pytest.raises(RuleBroken, match="is closed"):
        services.mark_duplicate(case=case, of=closed, by=world.head, at=later(days=1))


def test_nothing_is_rectified_as_a_duplicate(world: World) -> None:
    case = in_state(world, State.ACCEPTED)
    with pytest.raises(InvalidValue, match="how the case ended"):
        services.rectify_case(
            case=case, text="Done.", by=world.head, at=later(days=1),
            outcome=rules.Outcome.DUPLICATE,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "state"),
    [
        (Deed.GUIDE, State.ACCEPTED),
        (Deed.RECTIFY, State.ACCEPTED),
        (Deed.REOPEN, State.CLOSED),
        (Deed.ESCALATE, State.ACCEPTED),
        (Deed.RETURN, State.RAISED),
        (Deed.RESUBMIT, State.RETURNED),
        (Deed.NOTE, State.RAISED),
    ],
)
def test_deeds_that_need_a_sentence_are_refused_without(
    world: World, deed: Deed, state: State
) -> None:
    case = in_state(world, state)
    service = {
        Deed.GUIDE: services.give_guidance,
        Deed.RECTIFY: services.rectify_case,
        Deed.REOPEN: services.reopen_case,
        Deed.ESCALATE: services.escalate_case,
        Deed.RETURN: services.return_case,
        Deed.RESUBMIT: services.resubmit_case,
        Deed.NOTE: services.add_note,
    }[deed]
    with pytest.raises(InvalidValue) as invalid:
        service(case=case, text="  ", by=right_person(world, deed), at=later(days=1))
    assert invalid.value.field == "text"


def test_what_is_offered_is_what_would_be_done(world: World) -> None:
    for state in State:
        case = in_state(world, state)
        case = selectors.get_case_for(world.head, pk=case.pk)
        for who in (world.head, world.officer, world.office, world.auditor, world.member):
            offered = selectors.deeds_for(who, case)
            for deed in Deed:
                try:
                    services.check_deed(deed=deed, case=case, by=who)
                except (RuleBroken, NotAllowed):
                    assert deed not in offered
                else:
                    assert deed in offered
