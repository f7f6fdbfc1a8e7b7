"""Who reported the same follows the case where it goes on; its last word is not theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from footpath.cases import presenting, services
from footpath.cases.models import Case, Counted, Entry
from footpath.cases.rules.rates import Counts
from footpath.cases.selectors import public, reporters
from footpath.notifications.models import Notice
from tests.cases.reports import report, reporter_of
from tests.world import World, later

pytestmark = pytest.mark.django_db


def two(world: World, **main: Any) -> tuple[Case, Case]:
    """Return a case that somebody reported, and the same that somebody else reported."""
    first, second = report(world, **main)[0], report(world, title="It is dark here")[0]
    services.mark_duplicate(case=second, of=first, by=world.head, at=later(minutes=1))
    return Case.objects.get(pk=first.pk), Case.objects.get(pk=second.pk)


def closed(world: World, case: Case) -> None:
    """Accept, rectify and verify a case."""
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=2))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=3))


def words(case: Case) -> list[tuple[str, str]]:
    """Return who said what from outside, as the thread of the case shows it."""
    rows = Entry.objects.filter(case=case, by=None, deed="answered").order_by("pk")
    return [(presenting.name_of(row), row.text) for row in rows]


def answer(case: Case, said: str, text: str = "", *, days: int = 1) -> None:
    """Answer "Is it fixed?" as the reporter of this case."""
    services.answer_fixed(reporter=reporter_of(case), answer=said, text=text, at=later(days=days))


def told() -> set[int]:
    """Return the users who were told that somebody says no."""
    rows = Notice.objects.filter(kind="case.reporter_says_no")
    return set(rows.values_list("user_id", flat=True))


def test_a_follower_does_not_send_the_case_of_another_in_again(world: World) -> None:
    main, double = two(world)
    services.return_case(case=main, text="Which lamp?", by=world.head, at=later(hours=1))
    for _twice in range(2):
        services.say(reporter=reporter_of(double), text="Mine too.", at=later(hours=2))
    main.refresh_from_db()
    assert main.state == "returned"
    assert words(main) == [(f"Somebody who reported the same ({double.number})", "Mine too.")]
    services.say(reporter=reporter_of(main), text="Mine too.", at=later(hours=2))
    main.refresh_from_db()
    assert main.state == "raised"
    assert main.entries.filter(deed="resubmitted").count() == 1


def test_a_no_of_a_follower_is_shown_and_told_and_reopens_nothing(world: World) -> None:
    main, double = two(world)
    closed(world, main)
    answer(double, "no", "Still dark.")
    main.refresh_from_db()
    assert (main.is_open, main.round_number, main.outcome) == (False, 1, "solved")
    said = f"Somebody who reported the same: it is not fixed ({double.number})"
    assert words(main) == [(said, "Still dark.")]
    assert told() == {world.head.user_id, world.officer.user_id}
    assert main.rounds.get().is_superficial is False


def test_the_last_word_stays_with_the_reporter_of_the_case_and_counts_for_it(
    world: World,
) -> None:
    main, double = two(world)
    closed(world, main)
    answer(main, "yes")
    answer(double, "no", days=2)
    kept = dict(Counted.objects.values_list("case", "bits"))
    of_main, of_double = (Counts.unpacked(kept[case.pk]) for case in (main, double))
    assert (of_main.said_yes, of_main.said_no) == (1, 0)
    assert (of_double.said_yes, of_double.said_no) == (0, 1)
    standing = reporters.standing_for(world.head, Case.objects.get(pk=main.pk))
    assert standing is not None
    assert standing.answer == "yes"
    assert reporter_of(main).answered_at == later(days=1)


def test_a_follower_of_a_case_raised_in_office_is_asked_too(world: World) -> None:
    main, double = world.case("The lamps are out"), report(world)[0]
    services.mark_duplicate(case=double, of=main, by=world.head, at=later(minutes=1))
    closed(world, main)
    assert reporter_of(double).asked_at == later(hours=3)
    answer(double, "partly", "One of two.")
    assert words(main)[0][0].startswith("Somebody who reported the same: it is partly fixed")


def test_reporters_do_not_read_the_words_of_one_another(world: World) -> None:
    main, double = two(world)
    services.reply_to_reporter(case=main, text="Tomorrow.", by=world.head, at=later(minutes=2))
    services.say(reporter=reporter_of(main), text="I am Lan.", at=later(minutes=3))
    services.say(reporter=reporter_of(double), text="I am Minh.", at=later(minutes=4))

    def read(case: Case) -> list[str]:
        return [entry.text for entry in public.said_to_reporter(main, reporter_of(case))]

    assert (read(main), read(double)) == (
        ["Tomorrow.", "I am Lan."],
        ["Tomorrow.", "I am Minh."],
    )


def test_the_page_of_a_follower_offers_a_word_and_no_sending_in_again(
    world: World, client: Client
) -> None:
    main, double = two(world)
    services.return_case(case=main, text="Which lamp?", by=world.head, at=later(hours=1))
    offered = {
        case.pk: "Send it in again"
        in client.get(
            reverse("public:followed", args=[reporters.page_token(reporter_of(case))])
        ).content.decode()
        for case in (main, double)
    }
    assert offered == {main.pk: True, double.pk: False}
