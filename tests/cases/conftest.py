"""What the tests of cases share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from footpath.directory.models import Person
    from tests.cases.tools import SignIn


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Forget the names that menus keep: each test has categories of its own."""
    from footpath.cases.selectors import reference

    reference.forget()
    yield
    reference.forget()


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return a function that gives a signed-in client for a person."""

    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person.user, backend="footpath.accounts.backends.ByPost")
        return client

    return client_of
