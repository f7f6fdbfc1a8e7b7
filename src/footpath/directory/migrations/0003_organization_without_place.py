"""An organization may stand above all places: the administration exists before the first place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_search_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="organization",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="organizations",
                to="directory.area",
            ),
        ),
    ]
