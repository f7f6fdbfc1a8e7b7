"""What the API reads: JSON whose values both databases can hold, keys and days within bounds."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import Field

from footpath.core.dayfield import FIRST, LAST

Key = Annotated[int, Field(ge=0, lt=2**63)]
"""The id of a record."""

Day = Annotated[date, Field(ge=FIRST, le=LAST)]
"""A day of the calendar."""


class StorableJSON(Parser):
    """Reads JSON, but no text that a database refuses: NUL, or half of a pair of surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what was sent; ValueError (answered with 400) when it cannot be read or kept."""
        said = json.loads(request.body, parse_constant=_refuse)
        written = json.dumps(said, ensure_ascii=False)
        written.encode()
        if "\\u0000" in written.replace("\\\\", ""):
            raise ValueError("NUL in text")
        return said


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")
