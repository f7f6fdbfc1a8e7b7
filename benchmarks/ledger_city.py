"""What ``benchmarks.ledger`` does inside a database: the city, plain rows, many more rows."""

from __future__ import annotations

import csv
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

PASSWORD = "benchmarks only"


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    """Return the rows of the ledger."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def build(file: Path) -> None:
    """Make the city of a ledger: a place and an organization an office, a category a type."""
    from django.contrib.auth.hashers import make_password

    from footpath.accounts.models import User
    from footpath.accounts.rules import Role
    from footpath.cases.models import Category
    from footpath.config import server
    from footpath.core import textsearch
    from footpath.directory.models import Area, Membership, Organization, Person, Post, Tier

    server.gather_static_files()
    offices, kinds = set(), set()
    for row in rows_of(file):
        offices.add(row["account"])
        kinds.add(row["complaint_type"])
    upper = Tier.objects.create(code="city", level=0, name_en="City")
    lower = Tier.objects.create(code="district", level=1, name_en="District")
    city = Area(tier=upper, code="P", name="City", search="city")
    city.save()
    city.path = f"{city.pk:08x}"
    city.save()
    for code in sorted(offices):
        area = Area(tier=lower, code=code, name=f"District {code}", parent=city)
        area.search = textsearch.document(area.name, code)
        area.save()
        area.path = city.path + f"{area.pk:08x}"
        area.save()
        Organization.objects.create(code=code, name=f"Office {code}", area=area)
    Category.objects.create(code="other", name_en="Other", days_to_close=30)
    for number, kind in enumerate(sorted(kinds - {""})):
        Category.objects.create(code=f"kind-{number}", name_en=kind, days_to_close=30)
    office = Organization.objects.create(code="office", name="Office", area=city)
    user = User.objects.create(username="province", password=make_password(PASSWORD))
    person = Person.objects.create(name="Province", code="province", user=user)
    post = Post.objects.create(organization=office, title="Office", role=Role.OFFICE, area=city)
    Membership.objects.create(person=person, organization=office, post=post, start=date(2020, 1, 1))


def plain(file: Path) -> dict[str, float]:
    """Insert the same rows plainly; return rows a second and the most memory, in MB.

    One table of text with a primary key, one transaction, repeated keys passed over: what is left
    when nothing is checked, mapped, searched, counted or proved.
    """
    from django.db import connection, transaction

    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        names = ("unique_key", "account", "opendate", "closedate", "complaint_type", "descriptor")
        columns = ", ".join(f"{name} text" for name in names[1:])
        cursor.execute(f"CREATE TABLE plain (unique_key text PRIMARY KEY, {columns})")
        marks = ", ".join(["%s"] * len(names))
        piece: list[tuple[str, ...]] = []
        number = 0
        statement = f"INSERT INTO plain VALUES ({marks}) ON CONFLICT DO NOTHING"
        for row in rows_of(file):
            piece.append(tuple(row[name] for name in names))
            number += 1
            if len(piece) == 2000:
                cursor.executemany(statement, piece)
                piece.clear()
        cursor.executemany(statement, piece)
    seconds = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE plain")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows_per_s": round(number / seconds), "peak_mb": round(peak)}


def multiply(cases: int) -> None:
    """Copy the cases until there are so many, with their clocks and figures; done in SQL."""
    from django.db import connection, transaction

    from footpath.cases.models import Case, Clock, Counted, Tally
    from footpath.cases.rules import rates
    from footpath.cases.services import tallies
    from footpath.core import clock

    tallies.keep(clock.now())
    number = Case.objects.count()
    times = max(-(-cases // number) - 1, 0)
    last = Case.objects.order_by("-pk")[0].pk

    def copied(model: Any, key: str, changed: dict[str, str]) -> None:
        fields = [field.column for field in model._meta.concrete_fields]
        columns = [name for name in fields if name != "id" or "id" in changed]
        shown = ", ".join(changed.get(name, f"r.{name}") for name in columns)
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {shown} "
            f"FROM {model._meta.db_table} r WHERE r.{key} <= {last}"
        )

    for step in range(1, times + 1):
        with transaction.atomic(), connection.cursor() as cursor:
            shift = f"{step} * {last}"
            copied(
                Case,
                "id",
                {
                    "id": f"r.id + {shift}",
                    "source_key": f"r.source_key || '#{step}'",
                    "client_key": "NULL",
                },
            )
            for model in (Clock, Counted):
                copied(model, "case_id", {"case_id": f"r.case_id + {shift}"})
        print(f"{(step + 1) * number:,} cases", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        sums = ", ".join(f"{name} = {name} * {times + 1}" for name in rates.COLUMNS)
        cursor.execute(f"UPDATE {Tally._meta.db_table} SET {sums}")
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), max(id)) FROM cases_case"
            )
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def count() -> dict[str, Any]:
    """Return how many rows of each kind the import has made, for the check that none is lost."""
    from footpath.accounts.models import TrailHead, TrailLine
    from footpath.cases.models import Case, Clock, Counted

    return {
        "cases": Case.objects.count(),
        "keys": Case.objects.values("source_key").distinct().count(),
        "open": Case.objects.filter(is_open=True).count(),
        "elsewhere": Case.objects.filter(outcome="elsewhere").count(),
        "clocks": Clock.objects.count(),
        "counted": Counted.objects.count(),
        "lines": TrailLine.objects.filter(deed="case.imported").count(),
        "heads": TrailHead.objects.filter(subject__startswith="cases.case:").count(),
    }


def measured(arguments: list[str]) -> int:
    """Run ``footpath`` and then say the most memory that it took, in MB."""
    status = subprocess.run([sys.executable, "-m", "footpath", *arguments], check=False).returncode
    print(round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1))
    return status


def main() -> None:
    """Do what the first word says."""
    what, *rest = sys.argv[1:]
    if what == "measured":
        sys.exit(measured(rest))
    import django

    django.setup()
    if what == "build":
        build(Path(rest[0]))
    elif what == "plain":
        print(json.dumps(plain(Path(rest[0]))))
    elif what == "settle":
        from footpath.cases.services import tallies
        from footpath.core import clock

        tallies.keep(clock.now())
    elif what == "there":
        from footpath.cases.models import Case

        wanted = {int(word) for word in rest}
        print(len(wanted - set(Case.objects.filter(pk__in=wanted).values_list("pk", flat=True))))
    elif what == "multiply":
        multiply(int(rest[0]))
    elif what == "count":
        print(json.dumps(count()))


if __name__ == "__main__":
    main()
