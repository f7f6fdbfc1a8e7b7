"""Places in a tree without recursive queries: a path on the place, its ancestors on listed rows.

A path is the eight-digit hexadecimal numbers of all places from the root down to the place itself:
``0000001f00000a02``. Everything below a place is one range of paths in C order, on both engines.
Rows that are listed by place carry the place's ancestors in one column a level
(``AncestorColumns``), each with a partial index where the list needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

LEVELS = 6
"""How many levels a tree may have: nation, province, district, commune, hamlet, household group."""

STEP = 8
"""Hexadecimal digits a level in a path."""

AFTER = "g"
"""Sorts after every hexadecimal digit: the open end of a range of paths."""


class PathField(models.CharField):  # type: ignore[type-arg]
    """Text compared byte by byte on both engines, so that a range of paths uses the index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LEVELS * STEP)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Return the column's type, with the C collation where the server has others."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def step(pk: int) -> str:
    """Return a place's own part of its path: 31 is "0000001f"."""
    return f"{pk:0{STEP}x}"


def ids_of(path: str) -> list[int]:
    """Return the primary keys from the root down to the place itself."""
    return [int(path[at : at + STEP], 16) for at in range(0, len(path), STEP)]


def within(path: str, *, column: str = "path") -> models.Q:
    """Return the condition "this place or anything below it"; an empty path is everything."""
    if not path:
        return models.Q()
    return models.Q(**{f"{column}__gte": path, f"{column}__lt": path + AFTER})


def ancestor_values(path: str) -> dict[str, int | None]:
    """Return the six ancestor columns of a row that lies in the place: a0 the root, downwards."""
    ids = ids_of(path)
    return {f"a{level}": ids[level] if level < len(ids) else None for level in range(LEVELS)}


class AncestorColumns(models.Model):
    """The ancestors of the row's place, one column a level: ``a0`` the root, ``a1`` below it …"""

    a0 = models.BigIntegerField(null=True, editable=False)
    a1 = models.BigIntegerField(null=True, editable=False)
    a2 = models.BigIntegerField(null=True, editable=False)
    a3 = models.BigIntegerField(null=True, editable=False)
    a4 = models.BigIntegerField(null=True, editable=False)
    a5 = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def area_path(self) -> str:
        """Return the path of the row's place, put together from the ancestor columns."""
        return path_of_row({f"a{level}": getattr(self, f"a{level}") for level in range(LEVELS)})


def path_of_row(row: Mapping[str, Any]) -> str:
    """Return the path of a row given as a mapping with the six ancestor columns."""
    ids = (row[f"a{level}"] for level in range(LEVELS))
    return "".join(step(pk) for pk in ids if pk is not None)


def in_subtree(path: str) -> models.Q:
    """Return the condition on ancestor columns "in this place or below"; empty is everything."""
    if not path:
        return models.Q()
    ids = ids_of(path)
    return models.Q(**{f"a{len(ids) - 1}": ids[-1]})
