"""Days on which the clocks of cases stand although offices work."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_office_hours")]

    operations = [
        migrations.AlterField(
            model_name="specialday",
            name="kind",
            field=models.CharField(
                choices=[
                    ("closed", "Closed"),
                    ("working", "Working day"),
                    ("blocked", "Blocked: clocks of cases stand"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
