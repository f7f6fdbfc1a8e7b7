"""Two people at the same moment, where each would be right alone."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from footpath.accounts import audit
from footpath.accounts.models import TrailLine
from footpath.cases import services
from footpath.cases.models import Case
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[threading.Barrier], object]) -> list[str]:
    """Do the deeds at the same moment and return what became of them, sorted."""
    gate, results = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[threading.Barrier], object]) -> None:
        try:
            deed(gate)
            results.append("done")
        except RuleBroken:
            results.append("refused")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            results.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(results)


def test_two_cases_never_become_duplicates_of_each_other(world: World) -> None:
    for _attempt in range(10):
        one, other = world.case(), world.case()

        def mark(pk: int, of: int) -> Callable[[threading.Barrier], object]:
            def deed(gate: threading.Barrier) -> object:
                case, same = Case.objects.get(pk=pk), Case.objects.get(pk=of)
                by = Person.objects.get(pk=world.head.pk)
                by.scope  # noqa: B018 - read before the start
                gate.wait(timeout=60)
                return services.mark_duplicate(case=case, of=same, by=by, at=later(hours=1))

            return deed

        said = at_once(mark(one.pk, other.pk), mark(other.pk, one.pk))
        assert said == ["done", "refused"]
        assert Case.objects.filter(pk__in=(one.pk, other.pk), is_open=True).count() == 1


def test_two_first_lines_of_a_subject_make_one_chain(world: World) -> None:
    for attempt in range(10):

        def write(gate: threading.Barrier, attempt: int = attempt) -> object:
            gate.wait(timeout=60)
            with transaction.atomic():
                return audit.record("test.done", by=audit.System(), subject=f"x:{attempt}", at=NOON)

        assert at_once(write, write, write) == ["done"] * 3
        lines = TrailLine.objects.filter(subject=f"x:{attempt}").order_by("number")
        assert [line.number for line in lines] == [1, 2, 3]


def test_a_note_sent_twice_stands_once(world: World) -> None:
    case = world.case()

    def note(gate: threading.Barrier) -> object:
        found, by = Case.objects.get(pk=case.pk), Person.objects.get(pk=world.head.pk)
        by.scope  # noqa: B018 - read before the start
        gate.wait(timeout=60)
        return services.add_note(case=found, text="The key is with me. ", by=by, at=later(hours=1))

    assert at_once(note, note, note) == ["done"] * 3
    assert case.entries.count() == 1
    services.add_note(case=case, text="The key is with me.", by=world.head, at=later(hours=2))
    services.add_note(case=case, text="The key is with me.", by=world.officer, at=later(hours=2))
    assert case.entries.count() == 3


def test_guidance_sent_twice_stands_once(world: World) -> None:
    case = world.case()
    services.accept_case(case=case, by=world.head, at=NOON)
    for text in ("Use rubber.", "Ask the station.", "Ask the station."):
        services.give_guidance(case=case, text=text, by=world.head, at=later(hours=1))
    assert [row.text for row in case.entries.filter(deed="guided")] == [
        "Use rubber.",
        "Ask the station.",
    ]
