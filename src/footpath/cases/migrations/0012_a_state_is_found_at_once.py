"""The board asks for the first cases of each state, also of those that hardly any case has."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_running_clocks_are_reminded_of")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["state", "due_on", "id"],
                condition=models.Q(is_open=True),
                name="case_open_state",
            ),
        ),
    ]
