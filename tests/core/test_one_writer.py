"""On SQLite writers stand in a queue, readers do not."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from footpath.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_writer_waits_and_a_reader_does_not() -> None:
    order: list[str] = []
    begun = threading.Event()

    def write() -> None:
        begun.set()
        with transaction.atomic():
            order.append("second writes")
            User.objects.create(username="second", password="x")
        connection.close()

    def read() -> None:
        order.append(f"reader sees {User.objects.count()}")
        connection.close()

    writer, reader = threading.Thread(target=write), threading.Thread(target=read)
    with transaction.atomic():
        User.objects.create(username="first", password="x")
        if connection.vendor == "sqlite":
            writer.start()
            begun.wait()
        reader.start()
        reader.join()
        time.sleep(0.05)
        order.append("first commits")
    if connection.vendor != "sqlite":
        writer.start()
    writer.join()
    assert order == ["reader sees 0", "first commits", "second writes"]
    assert User.objects.count() == 2


def test_a_failed_transaction_gives_the_turn_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        raise RuntimeError
    done = threading.Event()

    def write() -> None:
        User.objects.create(username="next", password="x")
        connection.close()
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(timeout=60)
    assert done.is_set()
