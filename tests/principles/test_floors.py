"""The house keeps its floors: what import-linter cannot see is tested here."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.apps import apps

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def floors() -> dict[str, int]:
    """Return the floor of each room, the ground floor being 0, as import-linter reads them."""
    contracts = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "floors")["layers"]
    return {
        room.strip(" ()"): floor
        for floor, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def our_keys() -> list[tuple[str, str, str]]:
    """Return (room, field, room it points to) for each relation between tables of ours."""
    ours = {
        config.label for config in apps.get_app_configs() if config.name.startswith("footpath.")
    }
    return [
        (model._meta.app_label, str(field), field.related_model._meta.app_label)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ours
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label in ours
    ]


def test_no_foreign_key_points_to_an_upper_floor() -> None:
    floor = floors()
    assert [
        f"{field} points up to {there}"
        for here, field, there in our_keys()
        if floor[there] > floor[here]
    ] == []


def test_no_foreign_key_points_to_another_room_on_the_same_floor() -> None:
    floor = floors()
    assert [
        f"{field} points across to {there}"
        for here, field, there in our_keys()
        if floor[there] == floor[here] and there != here
    ] == []


def test_every_room_with_tables_stands_on_a_floor() -> None:
    rooms = {here for here, _, _ in our_keys()}
    assert rooms
    assert rooms - floors().keys() == set()
