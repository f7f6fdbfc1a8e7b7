"""A notice whose channels are not decided yet is found at once, however many there have been."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="planned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("planned_at", None)),
                fields=["urgent", "user"],
                name="notice_waiting",
            ),
        ),
    ]
