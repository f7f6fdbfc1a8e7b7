"""How often an application's key was used in a minute; public cases in the order they are read."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_where_cases_belong")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="minute",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="used",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_public", True)),
                fields=["-raised_at", "-id"],
                name="case_public",
            ),
        ),
    ]
