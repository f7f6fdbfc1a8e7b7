"""Index organizations again: their table was rebuilt on SQLite, which dropped its triggers."""

from django.db import migrations

from footpath.core.search import index_operation


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_organization_without_place")]
    operations = [index_operation("directory", "organization")]
