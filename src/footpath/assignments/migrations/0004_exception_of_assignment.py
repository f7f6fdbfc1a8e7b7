from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0003_plans_absences_handover"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="exception",
            field=models.TextField(
                blank=True, db_default="", default="", verbose_name="reason for the exception"
            ),
        ),
    ]
