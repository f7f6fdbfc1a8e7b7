"""The description of the API says what each call takes and gives."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from ninja import Schema

import footpath.api


def test_no_two_forms_of_the_api_share_a_name() -> None:
    found: set[type[Schema]] = set()
    for module in pkgutil.walk_packages(footpath.api.__path__, "footpath.api."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Schema) and value is not Schema:
                found.add(value)
    names = Counter(schema.__name__ for schema in found)
    assert len(names) > 20
    assert [name for name, number in names.items() if number > 1] == []
