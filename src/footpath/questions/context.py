"""What every page of the Corner knows: languages and the address of the member side."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Return what the layout needs. Nobody is signed in here, so there is no more to know."""
    return {
        "languages": settings.LANGUAGES,
        "LANGUAGE_CODE": get_language() or settings.LANGUAGE_CODE,
        "member_side": settings.BASE_URL,
        "corner_url": settings.CORNER_URL,
    }
