"""The daily mix: once a day, all or nothing, and nothing left that tells an order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from footpath.questions import selectors, services, storage
from footpath.questions.models import Answer, Inbox, Nullifier, Question, Waiting
from footpath.questions.services.mixing import TABLES
from footpath.secrecy import age, envelopes, records
from tests.questions.corner import CODES, TODAY, Corner

DAY = timedelta(days=1)


def mixed(on: date = TODAY) -> tuple[int, int] | None:
    """Mix, and return how many questions and answers left."""
    done = services.mix(on=on)
    return (done.questions, done.answers) if done else None


# --- when -----------------------------------------------------------------------------------------


def test_a_day_is_mixed_once(lasting: Corner) -> None:
    lasting.ask(3)
    assert mixed() == (3, 0)
    lasting.ask(3)
    assert mixed() is None
    assert mixed(TODAY - DAY) is None
    assert (Inbox.objects.count(), Question.objects.count()) == (3, 3)
    assert mixed(TODAY + DAY) == (3, 0)


def test_of_many_that_mix_at_once_one_does(lasting: Corner) -> None:
    lasting.ask(4)

    def mix(_: int) -> tuple[int, int] | None:
        try:
            return mixed()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        done = [one for one in pool.map(mix, range(8)) if one]
    assert done == [(4, 0)]
    assert (Inbox.objects.count(), Question.objects.count()) == (0, 4)


def test_fewer_than_three_wait_for_others(lasting: Corner) -> None:
    lasting.ask(2)
    assert mixed() == (0, 0)
    assert storage.last_mix() == {"day": TODAY.isoformat(), "held": 1}
    lasting.ask(1)
    assert mixed(TODAY + DAY) == (3, 0)
    assert storage.last_mix() == {"day": (TODAY + DAY).isoformat(), "held": 0}


def test_nobody_waits_for_more_than_seven_days(lasting: Corner) -> None:
    lasting.ask(1)
    assert [mixed(TODAY + number * DAY) for number in range(8)] == [(0, 0)] * 7 + [(1, 0)]
    lasting.ask(1, on=TODAY + 8 * DAY)
    assert mixed(TODAY + 8 * DAY) == (0, 0)


def test_answers_do_not_wait_for_questions(lasting: Corner) -> None:
    lasting.ask(1)
    services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    assert mixed() == (0, 1)
    assert (Inbox.objects.count(), Waiting.objects.count()) == (1, 0)


# --- what is left ---------------------------------------------------------------------------------


def test_questions_lose_their_keys_and_keep_their_bytes(lasting: Corner) -> None:
    lasting.ask(5)
    before = {row.key: bytes(row.sealed) for row in Inbox.objects.all()}
    mixed()
    after = {row.key: bytes(row.sealed) for row in Question.objects.all()}
    assert sorted(after.values()) == sorted(before.values())
    assert not set(after) & set(before)
    assert set(Question.objects.values_list("epoch", "answered_in")) == {("2026-11", "")}
    lasting.ask(3, on=TODAY + DAY)
    mixed(TODAY + DAY)
    assert set(after) < set(Question.objects.values_list("key", flat=True))


def test_every_table_is_mixed() -> None:
    from django.apps import apps

    tables = {model._meta.db_table for model in apps.get_app_config("questions").get_models()}
    assert tables == set(TABLES)


def test_rows_on_postgresql_say_neither_when_nor_in_which_order_they_came(lasting: Corner) -> None:
    if connection.vendor != "postgresql":
        assert _sqlite_tables_without_order() == set(TABLES)
        return
    for number in range(2):
        lasting.ask(8)
        assert mixed(TODAY + number * DAY) == (8, 0)
        for table in ("corner_question", "corner_nullifier"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(DISTINCT xmin::text), count(*) FROM {table}")
                assert cursor.fetchone() == (1, 8 * (number + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'"
            " ORDER BY relname"
        )
        assert cursor.fetchall() == [("corner_inbox",), ("corner_waiting",)]


def _sqlite_tables_without_order() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%%WITHOUT ROWID'")
        return {name for (name,) in cursor.fetchall()}


def test_the_files_hold_nothing_of_the_inbox_and_no_hour(lasting: Corner) -> None:
    if connection.vendor != "sqlite":
        return
    lasting.ask(4)
    keys = [row.key.encode() for row in Inbox.objects.all()]
    name = Path(str(connection.settings_dict["NAME"]))
    written = b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    assert all(key in written for key in keys)
    mixed()
    left = b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    assert [key for key in keys if key in left] == []
    assert name.with_name(f"{name.name}-wal").stat().st_size == 0
    services.settle_files(TODAY)
    times = {path.stat().st_mtime for path in [name.parent, *name.parent.glob(f"{name.name}*")]}
    assert times == {1795280400.0}  # 22 November 2026, 0:00 in Hà Nội


# --- a process that is killed ---------------------------------------------------------------------

KILLED = """
import os, signal, sys
from datetime import date
import django
django.setup()
from footpath.questions import services, storage
from footpath.questions.services import mixing
def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
setattr({where}, die)
services.mix(on=date.fromisoformat("{day}"))
"""


def kill_in(where: str) -> int:
    """Mix in another process that is killed where a function is called; return how it ended."""
    server = os.environ.get("FOOTPATH_TEST_DATABASE_URL", "")
    name = str(connection.settings_dict["NAME"])
    url = f"{server.rpartition('/')[0]}/{name}" if server else f"sqlite:///{name}"
    module, _, function = where.partition(".")
    program = KILLED.format(where=f"{module}, '{function}'", day=TODAY.isoformat())
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ
        | {
            "FOOTPATH_CORNER_DATABASE_URL": url,
            "FOOTPATH_CORNER_DIR": str(settings.CORNER_DIR),
            "DJANGO_SETTINGS_MODULE": "footpath.config.corner",
        },
        check=False,
    ).returncode


@pytest.mark.parametrize("where", ["mixing._top_up", "mixing._retain", "storage.rewrite"])
def test_a_mix_that_is_killed_has_not_happened(lasting: Corner, where: str) -> None:
    lasting.ask(3)
    services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    before = sorted(Inbox.objects.values_list("key", flat=True))
    assert kill_in(where) == -signal.SIGKILL
    assert sorted(Inbox.objects.values_list("key", flat=True)) == before
    counts = [model.objects.count() for model in (Question, Answer, Nullifier)]
    assert counts == [0, 0, 3]
    assert mixed() == (3, 1)


def test_a_mix_that_is_killed_after_its_end_is_tidied_up_and_not_done_again(
    lasting: Corner,
) -> None:
    lasting.ask(3)
    assert kill_in("storage.compact") == -signal.SIGKILL
    assert (Inbox.objects.count(), Question.objects.count()) == (0, 3)
    assert storage.last_mix() == {}
    lasting.ask(3)
    assert mixed() is None
    assert storage.last_mix() == {"day": TODAY.isoformat(), "held": 0}
    assert (Inbox.objects.count(), Question.objects.count()) == (3, 3)


# --- the bulletin ---------------------------------------------------------------------------------


def test_the_bulletin_grows_by_eight_and_parts_answers_from_signs_of_reading(
    client: Client, lasting: Corner
) -> None:
    assert client.get("/bulletin/").content == b""
    answers = [lasting.answer(f"Answer {number}") for number in range(9)]
    signs = [lasting.answer("", read=True) for _ in range(2)]
    for sealed in answers:
        services.take_answer(plain=lasting.approved(sealed, *CODES[:2]))
    for sealed in signs:
        services.take_answer(plain=lasting.approved(sealed, CODES[0], read=True))
    assert client.get("/bulletin/").content == b""
    assert mixed() == (0, 11)
    data = client.get("/bulletin/").content
    approved, read = records.bulletin(data)
    assert (len(approved), len(read), len(records.split(data))) == (16, 7, 24)
    assert set(answers) < set(approved)
    assert set(signs) < set(read)
    assert {len(one) for one in (*approved, *read)} == {envelopes.answer_size(lasting.roster)}


def test_the_bulletin_stands_in_no_order_and_says_when_it_is_known(
    client: Client, lasting: Corner
) -> None:
    sealed = [lasting.answer(f"Answer {number}") for number in range(8)]
    for one in sealed:
        services.take_answer(plain=lasting.approved(one, *CODES[:2]))
    mixed()
    first = client.get("/bulletin/")
    assert (first.status_code, first["Cache-Control"]) == (200, "no-cache")
    again = client.get("/bulletin/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert records.bulletin(first.content)[0] != sealed
    services.take_answer(plain=lasting.approved(lasting.answer(), *CODES[:2]))
    mixed(TODAY + DAY)
    changed = client.get("/bulletin/", headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, len(records.split(changed.content))) == (200, 24)
    assert records.split(first.content)[0] in records.split(changed.content)


def test_no_officer_opens_a_filler(lasting: Corner) -> None:
    sealed = lasting.answer()
    services.take_answer(plain=lasting.approved(sealed, *CODES[:2]))
    mixed()
    identity = lasting.officers[CODES[0]].identity
    approved, read = records.bulletin(selectors.bulletin().data)
    for one in (*approved, *read):
        if one == sealed:
            assert envelopes.open_answer(one, identity).text == "No; ask the next tier."
        else:
            with pytest.raises(age.CannotOpen):
                envelopes.open_answer(one, identity)
