"""XML and JSON of the same content. Source: GeoReport v2 (JSON by the Spark convention)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from django.http import HttpResponse

XML, JSON = "xml", "json"
TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold."""

_ITEMS = {
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
"""How an element of a list is called within the list."""


@dataclass(frozen=True)
class Content:
    """What is answered: the name of the root, and for a list the name of an element."""

    root: str
    value: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    item: str = ""


def written(content: Content, form: str, *, status: int = 200) -> HttpResponse:
    """Return the content as an answer in XML or JSON."""
    body = as_json(content) if form == JSON else as_xml(content)
    return HttpResponse(body, status=status, content_type=TYPES[form])


def as_json(content: Content) -> bytes:
    """Return the content as JSON: without the root, a list as an array, nothing as null."""
    return json.dumps(content.value, ensure_ascii=False).encode()


def as_xml(content: Content) -> bytes:
    """Return the content as XML with a declaration, without namespace or schema."""
    root = ET.Element(content.root)
    if isinstance(content.value, Mapping):
        _fill(root, content.value)
    else:
        for row in content.value:
            _fill(ET.SubElement(root, content.item), row)
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(ET.SubElement(element, name), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _fill(ET.SubElement(element, _ITEMS.get(element.tag, "value")), inner)
    else:
        element.text = _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _FORBIDDEN.sub("\ufffd", str(value))
