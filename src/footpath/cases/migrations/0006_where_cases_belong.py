"""From whom a case came, why somebody became responsible, and the lists of an organization.

On SQLite an index is added without rebuilding the table, so that its triggers stay.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_what_is_counted"),
        ("directory", "0004_office_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="from_organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.organization",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="why",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_open", True)),
                fields=["organization", "due_on", "id"],
                name="case_open_organization",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("organization__isnull", False)),
                fields=["organization", "-raised_at", "-id"],
                name="case_raised_organization",
            ),
        ),
    ]
