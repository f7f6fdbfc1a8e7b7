"""The one file of the command: what it holds, and who may read it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from footpath.secrecy import receipts
from footpath.secrecy.client import deeds
from footpath.secrecy.client.errors import Refused
from footpath.secrecy.client.store import State, Store
from tests.secrecy.client.servers import EPOCH, NOON, PASSWORD, Servers


def test_what_was_written_is_read_again_whole(
    servers: Servers, store: Store, pinned: State
) -> None:
    servers.lost = 1
    with store.locked():
        with pytest.raises(Refused):
            deeds.draw(servers, pinned, store.write, username="a", password=PASSWORD, now=NOON)
        waiting = store.read()
        assert waiting == pinned
        assert waiting.drawing is not None
        deeds.draw(servers, waiting, store.write, username="a", password=PASSWORD, now=NOON)
        deeds.ask(
            waiting,
            store.write,
            deeds.Asking("May I?"),
            receipt=receipts.with_check(1),
            now=NOON,
        )
        assert store.read() == waiting
    assert [file.name for file in store.folder.glob("corner.json*")] == ["corner.json"]


def test_only_its_owner_may_read_it(store: Store, pinned: State) -> None:
    with store.locked():
        store.write(pinned)
    assert store.file.stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700
    store.file.chmod(0o640)
    with pytest.raises(Refused, match="Others can read"):
        store.read()


def test_neither_receipt_nor_text_nor_password_is_kept(
    servers: Servers, store: Store, drawn: State
) -> None:
    receipt = receipts.with_check(99)
    with store.locked():
        deeds.ask(drawn, store.write, deeds.Asking("Bí mật"), receipt=receipt, now=NOON)
    kept = store.file.read_text()
    identity = receipts.identity(receipt)
    assert not [word for word in (receipt, identity, PASSWORD, "mật", "login") if word in kept]


def test_the_file_has_one_size_however_many_tokens_were_spent(
    servers: Servers, store: Store, drawn: State
) -> None:
    with store.locked():
        store.write(drawn)
        before = store.file.stat().st_size
        asking = deeds.Asking("May I?")
        deeds.ask(drawn, store.write, asking, receipt=receipts.with_check(1), now=NOON)
        deeds.send(servers, drawn, store.write, now=NOON + timedelta(days=3))
    assert len(servers.postings) == 1
    assert store.file.stat().st_size == before


def test_a_spent_token_is_no_longer_in_the_file(store: Store, drawn: State) -> None:
    spent = drawn.slots[EPOCH][0].token
    with store.locked():
        deeds.ask(
            drawn,
            store.write,
            deeds.Asking("May I?"),
            receipt=receipts.with_check(1),
            now=NOON,
        )
    assert spent not in [slot.token for slot in store.read().slots[EPOCH]]


def test_two_commands_at_once_are_one_too_many(store: Store) -> None:
    other = Store(store.folder).locked()
    with store.locked(), pytest.raises(Refused, match="Another footpath-corner"), other:
        pass


def test_a_disk_that_is_full_leaves_the_file_as_it_was(
    store: Store, pinned: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError("no room")

    with store.locked():
        store.write(pinned)
        before = store.file.read_bytes()
        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="no room"):
            store.write(pinned)
    assert store.file.read_bytes() == before
    assert {file.name for file in store.folder.iterdir()} == {"corner.json", "lock"}


def test_before_the_first_time_one_is_told_to_begin(store: Store) -> None:
    with pytest.raises(Refused, match="footpath-corner start"):
        store.read()


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"drawing": None})])
def test_a_damaged_file_is_named(store: Store, content: str) -> None:
    store.folder.mkdir()
    store.file.write_text(content)
    store.file.chmod(0o600)
    with pytest.raises(Refused, match="is damaged"):
        store.read()


def test_the_folder_is_where_programs_keep_their_settings() -> None:
    chosen = {
        where: str(Store.chosen(environment).folder)
        for where, environment in {
            "named": {"FOOTPATH_CORNER_HOME": "/usb/corner", "XDG_CONFIG_HOME": "/x"},
            "settings": {"XDG_CONFIG_HOME": "/x"},
        }.items()
    }
    assert chosen == {"named": "/usb/corner", "settings": "/x/footpath-corner"}
    assert Store.chosen({}).folder.parts[-2:] == (".config", "footpath-corner")
