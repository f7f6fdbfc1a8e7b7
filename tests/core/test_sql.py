"""Rows of several tables are written together or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from footpath.accounts.models import User
from footpath.core import sql
from footpath.directory.models import Tier

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_rows_are_there() -> None:
    sql.insert_together([Tier(code="a", level=0, name_en="A"), User(username="u", password="x")])
    assert (Tier.objects.count(), User.objects.count()) == (1, 1)


def test_neither_row_is_there_when_one_is_refused() -> None:
    Tier.objects.create(code="a", level=0, name_en="A")
    with pytest.raises(IntegrityError):
        sql.insert_together(
            [User(username="u", password="x"), Tier(code="a", level=1, name_en="A")]
        )
    assert User.objects.count() == 0


def test_it_takes_part_in_a_transaction_around_it() -> None:
    with transaction.atomic():
        sql.insert_together([User(username="u", password="x")])
        transaction.set_rollback(True)
    assert User.objects.count() == 0


def test_a_fresh_key_is_given_where_there_are_sequences() -> None:
    key = sql.next_pk(User)
    if connection.vendor == "postgresql":
        assert key is not None
        made = User(pk=key, username="u", password="x")
        sql.insert_together([made])
        assert User.objects.get().pk == key
    else:
        assert key is None


def test_the_database_counts_anew_how_its_rows_lie() -> None:
    User.objects.create(username="u", password="x")
    sql.refresh_statistics()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'accounts_user'")
        else:
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'accounts_user'")
        (counted,) = cursor.fetchone()
    assert counted >= 1
