"""What a question said in one language becomes its English text, which stands in for the others."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TEXTS = ("description", "datatype_description")


def with_languages(row: Any, texts: tuple[str, ...] = TEXTS) -> Any:
    """Return a question, or a value of it, with each text named as English; nothing is lost."""
    if not isinstance(row, dict):
        return row
    found = dict(row)
    for name in texts:
        if found.get(name) and not found.get(f"{name}_en"):
            found[f"{name}_en"] = found.pop(name)
    return _with_values(found, with_languages)


def without_languages(row: Any, texts: tuple[str, ...] = TEXTS) -> Any:
    """Return a question as it was read before; its texts in other languages stay beside."""
    if not isinstance(row, dict):
        return row
    found = dict(row)
    for name in texts:
        if found.get(f"{name}_en") and not found.get(name):
            found[name] = found.pop(f"{name}_en")
    return _with_values(found, without_languages)


def _with_values(row: dict[str, Any], change: Any) -> dict[str, Any]:
    if isinstance(row.get("values"), list):
        row["values"] = [change(value, ("name",)) for value in row["values"]]
    return row


def forwards(apps: Any, _schema: Any) -> None:
    """Name the language of each text."""
    _change(apps, with_languages)


def backwards(apps: Any, _schema: Any) -> None:
    """Let the English text be the only one again."""
    _change(apps, without_languages)


def _change(apps: Any, change: Any) -> None:
    for category in apps.get_model("cases", "Category").objects.exclude(questions=[]):
        if isinstance(category.questions, list):
            changed = [change(row) for row in category.questions]
            if changed != category.questions:
                category.questions = changed
                category.save(update_fields=["questions"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_large_places_are_counted_from_indexes")]
    operations = [migrations.RunPython(forwards, backwards)]
