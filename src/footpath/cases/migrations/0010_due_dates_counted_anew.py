"""A due date that was counted anew leaves an entry in the thread."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_ledgers_by_command"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="deed",
            field=models.CharField(
                choices=[
                    ("accepted", "Accepted"),
                    ("assigned", "Owner assigned"),
                    ("guided", "Guidance"),
                    ("rectified", "Rectified"),
                    ("verified", "Verified on the spot"),
                    ("partly", "Partly rectified"),
                    ("refused", "Verification refused"),
                    ("reopened", "Reopened"),
                    ("escalated", "Escalated"),
                    ("returned", "Returned"),
                    ("resubmitted", "Sent in again"),
                    ("duplicate", "Duplicate"),
                    ("note", "Note"),
                    ("transferred", "Transferred"),
                    ("misrouted", "Not ours"),
                    ("paused", "Clock paused"),
                    ("resumed", "Clock runs again"),
                    ("extended", "More time given"),
                    ("recounted", "Due date counted anew"),
                    ("replied", "Answer to the reporter"),
                    ("published", "Shown to the public"),
                    ("hidden", "No longer shown to the public"),
                    ("answered", "The reporter's word"),
                    ("reminded", "Reminded"),
                    ("checked", "Spot check: it holds"),
                    ("sent_out", "Sent to another system"),
                    ("update", "From another system"),
                ],
                max_length=20,
            ),
        ),
    ]
