from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0003_plans_absences_handover"),
    ]

    operations = [
        # NULL on purpose: for any other new column SQLite rebuilds the table, and the triggers of
        # 0002 would be gone.
        migrations.AddField(
            model_name="assignment",
            name="exception",
            field=models.TextField(blank=True, null=True, verbose_name="reason for the exception"),
        ),
    ]
