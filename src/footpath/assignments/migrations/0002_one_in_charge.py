"""One lead, one deputy and one cluster lead of a place at a time, held by the database itself.

PostgreSQL: exclusion constraints over ranges, which need no extension (a role counts as the range
of its first letter: l, d, c). SQLite: triggers; writers
stand in a queue there, so that what a trigger reads is final.
"""

from django.db import migrations

ROLES = "('lead', 'deputy', 'cluster_lead')"
THINGS = ("area", "organization")

POSTGRESQL = """
ALTER TABLE assignments_assignment ADD CONSTRAINT assignment_one_{thing} EXCLUDE USING gist (
    int8range({thing}_id, {thing}_id, '[]') WITH &&,
    int4range(ascii(role), ascii(role), '[]') WITH &&,
    daterange(start, until, '[]') WITH &&
) WHERE ({thing}_id IS NOT NULL AND role IN {roles})
"""

SQLITE = """
CREATE TRIGGER assignment_one_{thing}_{event} BEFORE {when} ON assignments_assignment
WHEN NEW.{thing}_id IS NOT NULL AND NEW.role IN {roles} AND EXISTS (
    SELECT 1 FROM assignments_assignment other
    WHERE other.{thing}_id = NEW.{thing}_id AND other.role = NEW.role
      AND other.id IS NOT NEW.id
      AND (other.until IS NULL OR NEW.start <= other.until)
      AND (NEW.until IS NULL OR other.start <= NEW.until)
)
BEGIN SELECT RAISE(ABORT, 'assignment_one_{thing}'); END
"""


def forwards(apps, schema):
    for thing in THINGS:
        if schema.connection.vendor == "postgresql":
            schema.execute(POSTGRESQL.format(thing=thing, roles=ROLES))
            continue
        for event, when in (("insert", "INSERT"), ("update", "UPDATE")):
            schema.execute(SQLITE.format(thing=thing, event=event, when=when, roles=ROLES))


def backwards(apps, schema):
    for thing in THINGS:
        if schema.connection.vendor == "postgresql":
            schema.execute(
                f"ALTER TABLE assignments_assignment DROP CONSTRAINT assignment_one_{thing}"
            )
            continue
        for event in ("insert", "update"):
            schema.execute(f"DROP TRIGGER assignment_one_{thing}_{event}")


class Migration(migrations.Migration):
    dependencies = [("assignments", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
