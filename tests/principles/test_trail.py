"""Every change leaves a line; nobody alters, drops, moves or inserts one unnoticed (principle 5).

Whoever tampers here writes SQL behind the application's back, with everything but the secret key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from footpath.accounts import audit, chain, verification
from footpath.accounts.models import TrailCheckpoint, TrailHead, TrailLine
from footpath.accounts.verification import Finding, Kind
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

NOBODY = audit.System("tests")
FORGER = "person:666"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write(subject: str = "thing:1", lines: int = 5) -> None:
    with transaction.atomic():
        for number in range(1, lines + 1):
            audit.record(
                f"thing.deed_{number}",
                by=NOBODY,
                subject=subject,
                at=NOON + timedelta(minutes=number),
                after={"step": number},
            )


def findings(**options: Any) -> list[Finding]:
    return list(verification.verify(**options))


def named() -> list[tuple[Kind, str, int | None]]:
    return [(found.kind, found.subject, found.number) for found in findings()]


@pytest.fixture(autouse=True)
def trail() -> None:
    """Write three chains of five lines: the middle one is tampered with."""
    for subject in ("thing:0", "thing:1", "thing:2"):
        write(subject)


def test_a_trail_nobody_touched_is_sound() -> None:
    walk = verification.Walk()
    assert findings(walk=walk) == []
    assert (walk.chains, walk.lines) == (3, 15)


@pytest.mark.parametrize(
    "column", ["actor", "actor_name", "deed", "before_digest", "after_digest", "previous"]
)
def test_an_altered_line_is_named(column: str) -> None:
    sql(f"UPDATE accounts_trailline SET {column} = 'else' WHERE subject = 'thing:1' AND number = 3")
    assert named() == [(Kind.ALTERED, "thing:1", 3)]


def test_an_altered_moment_is_named() -> None:
    sql(
        "UPDATE accounts_trailline SET at = %s WHERE subject = 'thing:1' AND number = 3",
        connection.ops.adapt_datetimefield_value(datetime(2026, 1, 1, tzinfo=UTC)),
    )
    assert named() == [(Kind.ALTERED, "thing:1", 3)]


def test_an_altered_digest_is_named() -> None:
    sql(
        "UPDATE accounts_trailline SET digest = %s WHERE subject = 'thing:1' AND number = 3",
        "ab" * 32,
    )
    assert named() == [(Kind.ALTERED, "thing:1", 3)]


def forge(number: int, **said: Any) -> chain.Line:
    """Return a line as a forger would make it, who reads everything but holds no key."""
    before = TrailLine.objects.filter(subject="thing:1", number=number - 1).first()
    return chain.Line(
        **(
            {
                "subject": "thing:1",
                "number": number,
                "at": NOON,
                "actor": FORGER,
                "actor_name": "Forger",
                "deed": "thing.forged",
                "before_digest": "",
                "after_digest": "",
                "previous": before.digest if before else chain.GENESIS,
            }
            | said
        )
    )


def insert(line: chain.Line) -> None:
    TrailLine.objects.create(**vars(line), digest=line.digest())


def test_a_line_rewritten_together_with_its_digest_is_named() -> None:
    line = forge(3)
    TrailLine.objects.filter(subject="thing:1", number=3).update(**vars(line), digest=line.digest())
    assert named() == [(Kind.REWRITTEN, "thing:1", 3)]


def test_a_last_line_rewritten_together_with_its_digest_is_named() -> None:
    line = forge(5)
    TrailLine.objects.filter(subject="thing:1", number=5).update(**vars(line), digest=line.digest())
    assert named() == [(Kind.REWRITTEN, "thing:1", 5)]


def test_a_chain_rewritten_from_the_first_line_on_is_named() -> None:
    line = forge(1)
    TrailLine.objects.filter(subject="thing:1", number=1).update(**vars(line), digest=line.digest())
    assert named() == [(Kind.REWRITTEN, "thing:1", 1)]


def test_a_missing_middle_line_is_named() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number = 3")
    assert named() == [(Kind.MISSING, "thing:1", 3)]
    assert findings()[0].sentence == "Line 3 is missing."


def test_several_missing_lines_are_named() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number IN (2, 3)")
    assert findings()[0].sentence == "Lines 2 to 3 are missing."


def test_missing_first_lines_are_named_even_when_the_rest_is_numbered_anew() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number = 1")
    line = forge(2)
    first = chain.Line(**(vars(line) | {"number": 1, "previous": "ab" * 32}))
    TrailLine.objects.filter(subject="thing:1", number=2).update(
        **vars(first), digest=first.digest()
    )
    assert named() == [(Kind.MISSING, "thing:1", 1)]


def test_a_dropped_last_line_is_named() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number = 5")
    assert named() == [(Kind.TAIL_DROPPED, "thing:1", 5)]


def test_a_dropped_last_line_is_missed_although_the_head_was_lowered() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number = 5")
    last = TrailLine.objects.get(subject="thing:1", number=4)
    sql(
        "UPDATE accounts_trailhead SET number = 4, digest = %s WHERE subject = 'thing:1'",
        last.digest,
    )
    assert named() == [(Kind.HEAD_ALTERED, "thing:1", 4)]


def test_work_that_goes_on_does_not_seal_an_altered_head_anew() -> None:
    test_a_dropped_last_line_is_missed_although_the_head_was_lowered()
    write(lines=2)
    assert named() == [(Kind.HEAD_ALTERED, "thing:1", 6)]


def test_a_forged_line_after_the_end_is_named() -> None:
    insert(forge(6))
    assert named() == [(Kind.INSERTED, "thing:1", 6)]


def test_a_forged_line_after_the_end_is_named_although_the_head_was_raised() -> None:
    line = forge(6)
    insert(line)
    sql(
        "UPDATE accounts_trailhead SET number = 6, digest = %s WHERE subject = 'thing:1'",
        line.digest(),
    )
    assert named() == [(Kind.HEAD_ALTERED, "thing:1", 6)]


def move(number: int, to: int) -> None:
    sql(
        "UPDATE accounts_trailline SET number = %s WHERE subject = 'thing:1' AND number = %s",
        to,
        number,
    )


def test_a_line_forged_between_others_is_named() -> None:
    for number in (5, 4, 3):
        move(number, to=number + 1)
    insert(forge(3))
    assert named() == [(Kind.INSERTED, "thing:1", 3)]


def test_two_swapped_lines_are_named() -> None:
    move(3, to=99)
    move(4, to=3)
    move(99, to=4)
    assert named() == [(Kind.MOVED, "thing:1", 3)]
    assert findings()[0].sentence == "Line 4 was moved: it stands as line 3."


def test_a_line_put_in_before_the_first_is_named() -> None:
    insert(forge(0))
    assert named() == [(Kind.INSERTED, "thing:1", 0)]


def test_a_subject_whose_lines_are_all_gone_is_named() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1'")
    assert named() == [(Kind.LINES_MISSING, "thing:1", None)]


def test_a_missing_head_is_named() -> None:
    sql("DELETE FROM accounts_trailhead WHERE subject = 'thing:1'")
    assert named() == [(Kind.HEAD_MISSING, "thing:1", None)]


def test_only_the_first_fault_of_each_chain_is_named() -> None:
    sql("DELETE FROM accounts_trailline WHERE number = 2 AND subject <> 'thing:0'")
    sql("UPDATE accounts_trailline SET actor = 'else' WHERE number = 4")
    assert named() == [
        (Kind.ALTERED, "thing:0", 4),
        (Kind.MISSING, "thing:1", 2),
        (Kind.MISSING, "thing:2", 2),
    ]


def test_a_chain_can_be_checked_alone() -> None:
    sql("UPDATE accounts_trailline SET actor = 'else' WHERE subject = 'thing:1'")
    assert findings(subject="thing:0") == []
    lines, fault = verification.chain_is_sound("thing:1")
    assert (lines, fault and fault.kind) == (5, Kind.ALTERED)
    assert verification.chain_is_sound("thing:2") == (5, None)
    assert verification.chain_is_sound("thing:3") == (0, None)
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:2'")
    lines, fault = verification.chain_is_sound("thing:2")
    assert (lines, fault and fault.kind) == (0, Kind.LINES_MISSING)


# --- keys -----------------------------------------------------------------------------------------


def test_lines_sealed_with_a_former_key_stay_sound(settings: Any) -> None:
    audit.seal_checkpoint(at=NOON)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"
    write(lines=1)
    assert findings() == []


def test_without_the_former_key_nothing_is_believed(settings: Any) -> None:
    settings.SECRET_KEY = "somebody else's"
    assert {found.kind for found in findings()} == {Kind.HEAD_ALTERED}


# --- checkpoints ----------------------------------------------------------------------------------


@pytest.fixture
def sealed() -> TrailCheckpoint:
    """Return the second of two checkpoints; the first seals 15 lines, the second 5."""
    audit.seal_checkpoint(at=NOON)
    write("thing:3")
    made = audit.seal_checkpoint(at=NOON)
    assert made is not None
    return made


def test_checkpoints_over_untouched_lines_are_sound(sealed: TrailCheckpoint) -> None:
    walk = verification.Walk()
    assert findings(walk=walk, expected=sealed.seal) == []
    assert (walk.checkpoints, walk.newest) == (2, sealed)
    assert (sealed.number, sealed.lines) == (2, 5)
    assert audit.seal_checkpoint(at=NOON) is None


def test_a_subject_that_vanished_with_its_head_is_missed(sealed: TrailCheckpoint) -> None:
    gone = list(TrailLine.objects.filter(subject="thing:1").values_list("pk", flat=True))
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1'")
    sql("DELETE FROM accounts_trailhead WHERE subject = 'thing:1'")
    assert named() == [(Kind.NOT_AS_SEALED, audit.CHECKPOINTS, 1)]
    assert f"No row bears these numbers: {gone[0]}–{gone[-1]}." in findings()[0].sentence
    assert findings()[0].sentence.startswith("5 of the rows")


def test_a_tail_dropped_together_with_a_return_to_an_old_head_is_missed() -> None:
    old = TrailHead.objects.get(subject="thing:1")
    write(lines=1)
    audit.seal_checkpoint(at=NOON)
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number = 6")
    old.save()
    assert named() == [(Kind.NOT_AS_SEALED, audit.CHECKPOINTS, 1)]


def test_a_line_put_in_among_sealed_ones_is_named(sealed: TrailCheckpoint) -> None:
    first = TrailLine.objects.order_by("pk")[0]
    insert(forge(6, subject="thing:0", previous=TrailHead.objects.get(pk="thing:0").digest))
    sql("UPDATE accounts_trailline SET id = %s WHERE actor = %s", first.pk - 1, FORGER)
    assert (Kind.NOT_AS_SEALED, audit.CHECKPOINTS, 1) in named()
    assert any("1 rows were put in" in found.sentence for found in findings())


def test_an_altered_sealed_digest_is_found_by_chain_and_checkpoint(sealed: TrailCheckpoint) -> None:
    sql("UPDATE accounts_trailline SET digest = 'zz' WHERE subject = 'thing:1' AND number = 5")
    assert named() == [
        (Kind.ALTERED, "thing:1", 5),
        (Kind.NOT_AS_SEALED, audit.CHECKPOINTS, 1),
    ]


@pytest.mark.parametrize("column", ["first_line", "last_line", "lines"])
def test_an_altered_checkpoint_is_named(sealed: TrailCheckpoint, column: str) -> None:
    sql(f"UPDATE accounts_trailcheckpoint SET {column} = {column} + 1 WHERE number = 2")
    assert named() == [(Kind.CHECKPOINT_ALTERED, audit.CHECKPOINTS, 2)]


def test_a_checkpoint_that_is_missing_before_another_is_named(sealed: TrailCheckpoint) -> None:
    sql("DELETE FROM accounts_trailcheckpoint WHERE number = 1")
    assert (Kind.CHECKPOINT_MISSING, audit.CHECKPOINTS, 1) in named()


def test_a_dropped_newest_checkpoint_is_named(sealed: TrailCheckpoint) -> None:
    sql("DELETE FROM accounts_trailcheckpoint WHERE number = 2")
    assert named() == [(Kind.CHECKPOINT_MISSING, audit.CHECKPOINTS, 2)]


def test_a_dropped_head_of_the_checkpoints_is_named(sealed: TrailCheckpoint) -> None:
    sql("DELETE FROM accounts_trailhead WHERE subject = %s", audit.CHECKPOINTS)
    assert named() == [(Kind.HEAD_ALTERED, audit.CHECKPOINTS, None)]


def test_checkpoints_that_vanished_without_a_trace_are_missed_by_the_noted_seal(
    sealed: TrailCheckpoint,
) -> None:
    sql("DELETE FROM accounts_trailcheckpoint")
    sql("DELETE FROM accounts_trailhead WHERE subject = %s", audit.CHECKPOINTS)
    assert findings() == []
    assert [found.kind for found in findings(expected=sealed.seal)] == [Kind.NOT_AS_NOTED]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33])
def test_the_root_is_that_of_the_tree_built_level_by_level(count: int) -> None:
    import hashlib

    digests = [hashlib.sha256(bytes([number])).hexdigest() for number in range(count)]
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(digest)).digest() for digest in digests]
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest()
            for at in range(0, len(level) - 1, 2)
        ]
        level = pairs + level[len(pairs) * 2 :]
    assert chain.root(digests) == level[0].hex()
    assert chain.root([]) == chain.GENESIS


# --- rows and chains ------------------------------------------------------------------------------


def test_a_case_put_in_by_hand_has_no_chain_and_is_named(world: World) -> None:
    case = world.case()
    sql("DELETE FROM accounts_trailline WHERE subject = %s", f"cases.case:{case.pk}")
    sql("DELETE FROM accounts_trailhead WHERE subject = %s", f"cases.case:{case.pk}")
    assert named() == [(Kind.ROW_WITHOUT_CHAIN, f"cases.case:{case.pk}", None)]


def test_a_case_deleted_by_hand_leaves_a_chain_that_is_named(world: World) -> None:
    case = world.case()
    case.participants.all().delete()
    type(case).objects.filter(pk=case.pk).delete()
    write("cases.case:none", lines=1)
    assert named() == [
        (Kind.CHAIN_WITHOUT_ROW, f"cases.case:{case.pk}", None),
        (Kind.CHAIN_WITHOUT_ROW, "cases.case:none", None),
    ]


# --- writing --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_line_is_only_written_inside_the_transaction_of_its_deed() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of its deed"):
        audit.record("thing.done", by=NOBODY, subject="thing:9", at=NOON)


@pytest.mark.django_db(transaction=True)
def test_a_trail_is_read_as_of_one_moment_outside_of_a_transaction_too() -> None:
    assert findings() == []
    sql("UPDATE accounts_trailline SET actor = 'else' WHERE subject = 'thing:1' AND number = 3")
    assert named() == [(Kind.ALTERED, "thing:1", 3)]
    assert verification.chain_is_sound("thing:1")[1] == findings()[0]
    write(lines=1)
    assert TrailLine.objects.count() == 16


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_gives_way_to_writers_who_take_long() -> None:
    if connection.vendor == "sqlite":  # all writers stand in one queue; so does the checkpoint
        assert audit.seal_checkpoint(at=NOON, patience_ms=10) is not None
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE accounts_trailline IN ROW EXCLUSIVE MODE")
            assert audit.seal_checkpoint(at=NOON, patience_ms=10) is None
            cursor.execute("ROLLBACK")
        assert audit.seal_checkpoint(at=NOON) is not None
    finally:
        other.close()


@pytest.mark.parametrize(("record", "queries"), [(audit.record, 5), (audit.first_line, 2)])
def test_a_line_costs_few_queries(
    record: Callable[..., TrailLine], queries: int, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(queries):
        record("thing.done", by=NOBODY, subject="thing:9", at=NOON)
    with django_assert_num_queries(3):
        audit.record("thing.done", by=NOBODY, subject="thing:9", at=NOON)
    assert findings() == []


def test_a_checkpoint_follows_every_so_many_lines(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(audit, "LINES_BETWEEN_CHECKPOINTS", 4)
    with django_capture_on_commit_callbacks(execute=True):
        write("thing:9", lines=4)
    assert TrailCheckpoint.objects.count() == 1
    assert findings() == []


def test_a_checkpoint_follows_every_so_many_new_subjects_too(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(audit, "LINES_BETWEEN_CHECKPOINTS", 1)
    with django_capture_on_commit_callbacks(execute=True):
        case = world.case()
    assert TrailCheckpoint.objects.get().lines == 16
    assert verification.chain_is_sound(f"cases.case:{case.pk}") == (1, None)
    assert findings() == []


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well_and_seals_a_checkpoint() -> None:
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    seal = TrailCheckpoint.objects.get().seal
    assert said.getvalue().startswith(
        "15 lines in 3 chains, 0 checkpoints: 0 findings. The trail is as it was written.\n"
        "checkpoint 1 of "
    )
    assert seal in said.getvalue()
    call_command("verify_ledger", expect=seal, stdout=StringIO())


def test_the_command_names_findings_and_exits_with_1() -> None:
    sql("DELETE FROM accounts_trailline WHERE subject = 'thing:1' AND number = 3")
    said = StringIO()
    with pytest.raises(CommandError, match="14 lines in 3 chains, 0 checkpoints: 1 findings") as no:
        call_command("verify_ledger", stdout=said)
    assert no.value.returncode == 1
    assert said.getvalue() == "missing: thing:1: Line 3 is missing.\n"
    assert not TrailCheckpoint.objects.exists()
