"""A ledger may be imported by the command, for whoever runs the server."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_the_ladder")]
    operations = [
        migrations.AlterField(
            model_name="ledgerimport",
            name="started_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.person",
            ),
        ),
    ]
