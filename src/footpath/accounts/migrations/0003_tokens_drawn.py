"""Who has drawn tokens of the Question Corner in an epoch: no time, no running number."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from footpath.core.migrations_sqlite import WithoutRowid


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_user_name_in_any_case"),
    ]

    operations = [
        migrations.CreateModel(
            name="TokenIssue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account",
                        "epoch",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("epoch", models.CharField(editable=False, max_length=7)),
                ("request", models.CharField(editable=False, max_length=64)),
            ],
        ),
        WithoutRowid("TokenIssue"),
    ]
