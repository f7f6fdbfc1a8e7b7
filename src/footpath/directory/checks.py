"""What has to be right in the settings before this room can work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from footpath.core import workdays


def check_country(**_asked: Any) -> list[checks.CheckMessage]:
    """Return an error when ``FOOTPATH_COUNTRY`` is no country whose holidays are known."""
    if settings.COUNTRY in workdays.countries():
        return []
    return [
        checks.Error(
            f"FOOTPATH_COUNTRY is {settings.COUNTRY!r}, which is no country with known holidays.",
            hint="Give the two letters of a country: VN, CN, RU.",
            id="directory.E001",
        )
    ]
