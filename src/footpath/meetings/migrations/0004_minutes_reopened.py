"""Approved minutes can be opened again; an item keeps who was proposed as owner."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_calendar"),
        ("meetings", "0003_standard_kinds_and_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="minuteitem",
            name="proposed_owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.person",
            ),
        ),
        migrations.AddField(
            model_name="minutes",
            name="reopen_reason",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="what has to be corrected"
            ),
        ),
        migrations.AddField(
            model_name="minutes",
            name="reopened_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="minutes",
            name="reopened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutes",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reopened_at", None)),
                fields=("meeting",),
                name="minutes_one_in_force",
            ),
        ),
    ]
