"""The topics that questions are asked under, and the index of the library."""

from typing import Any

from django.db import migrations

from footpath.core import search
from footpath.knowledge.first_topics import FIRST_TOPICS, values


def forwards(apps: Any, schema_editor: Any) -> None:
    """Add the first topics where there are none."""
    topics = apps.get_model("knowledge", "Topic")
    if not topics.objects.exists():
        for position in range(len(FIRST_TOPICS)):
            topics.objects.create(**values(position))


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        search.index_operation("knowledge", "Item"),
    ]
