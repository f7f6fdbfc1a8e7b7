"""How a deed of the library leaves its line: the values from before it and from after it."""

from __future__ import annotations

import pytest
from django.db import transaction

from footpath.accounts import chain
from footpath.accounts.models import TrailLine
from footpath.core.errors import RuleBroken
from footpath.knowledge import services
from footpath.knowledge.models import Item
from footpath.knowledge.services.values import recorded, snapshot, subject_of
from tests.knowledge import shelf
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db


def lines_of(item: Item) -> list[TrailLine]:
    return list(TrailLine.objects.filter(subject=subject_of(item)).order_by("number"))


def test_each_line_begins_with_what_the_line_before_it_left(world: World) -> None:
    answer = shelf.draft(world)
    services.change_answer(
        answer=answer, said=shelf.answer_words(text="Otherwise."), by=world.head, at=later(hours=1)
    )
    services.approve_answer(answer=answer, by=world.office, at=later(hours=2))
    services.send_back_answer(answer=answer, reason="Shorter.", by=world.office, at=later(hours=3))
    services.withdraw_answer(answer=answer, reason="Not asked.", by=world.office, at=later(hours=4))
    lines = lines_of(answer)
    assert [line.before_digest for line in lines[1:]] == [line.after_digest for line in lines[:-1]]
    assert len({line.after_digest for line in lines}) == 5


def test_a_reason_kept_nowhere_else_is_in_the_line(world: World) -> None:
    made = shelf.regulation(world)
    with (
        transaction.atomic(),
        recorded("regulation.read", made, snapshot, by=world.office, at=NOON, reason="Why not"),
    ):
        pass
    line = lines_of(made)[-1]
    assert (line.before_digest, line.after_digest) == (
        chain.digest_of(snapshot(made)),
        chain.digest_of(snapshot(made) | {"reason": "Why not"}),
    )


def test_what_is_refused_inside_leaves_no_line(world: World) -> None:
    made = shelf.regulation(world)
    with (
        pytest.raises(RuleBroken),
        transaction.atomic(),
        recorded("regulation.changed", made, snapshot, by=world.office, at=NOON),
    ):
        raise RuleBroken("Not this one.")
    assert [line.deed for line in lines_of(made)] == ["regulation.entered"]
