"""One user name, one user, whether typed in small or capital letters."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("username"),
                name="user_name_in_any_case",
                violation_error_message="This user name is taken.",
            ),
        ),
    ]
