"""Index the text by which cases are found."""

from django.db import migrations

from footpath.core.search import index_operation


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [index_operation("cases", "case")]
