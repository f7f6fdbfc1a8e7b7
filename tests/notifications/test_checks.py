"""``footpath check`` finds settings with which nobody would be told."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from footpath.notifications.checks import settings_are_sound


@pytest.mark.parametrize(
    ("email", "base", "digest", "found"),
    [
        ("", "http://127.0.0.1:8000", "07:00", []),
        ("smtp://mail.example.org", "https://footpath.example.org", "06:30", []),
        ("smtp://mail.example.org", "http://127.0.0.1:8000", "07:00", ["notifications.W001"]),
        ("mail.example.org", "https://footpath.example.org", "07:00", ["notifications.E001"]),
        ("", "https://footpath.example.org", "seven", ["notifications.E002"]),
    ],
)
def test_settings_that_reach_nobody_are_found(
    settings: Settings, email: str, base: str, digest: str, found: list[str]
) -> None:
    settings.EMAIL_URL, settings.BASE_URL, settings.DIGEST_AT = email, base, digest
    assert [one.id for one in settings_are_sound()] == found
