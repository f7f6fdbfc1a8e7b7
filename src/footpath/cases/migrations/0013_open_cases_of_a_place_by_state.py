"""The board of a large place skips the cases of other states without reading their rows."""

from __future__ import annotations

from django.db import migrations, models

LEVELS = 6


def replaced(level: int) -> list[migrations.operations.base.Operation]:
    """Return the steps that put the state into the index of the open cases of a level."""
    name = f"case_open_due_a{level}"
    index = models.Index(
        fields=[f"a{level}", "due_on", "id", "state"],
        condition=models.Q(is_open=True),
        name=name,
    )
    return [
        migrations.RemoveIndex(model_name="case", name=name),
        migrations.AddIndex(model_name="case", index=index),
    ]


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_a_state_is_found_at_once")]
    operations = [step for level in range(LEVELS) for step in replaced(level)]
