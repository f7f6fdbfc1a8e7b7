"""Index the text by which places, organizations and people are found."""

from django.db import migrations

from footpath.core.search import index_operation


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [
        index_operation("directory", "area"),
        index_operation("directory", "organization"),
        index_operation("directory", "person"),
    ]
