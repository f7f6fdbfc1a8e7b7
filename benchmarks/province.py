"""A synthetic province of any size, written by the database itself in seconds.

One province, 10 districts, 100 communes, 1,000 hamlets, 10,000 household groups; cases spread over
the groups, one in ten open, their words drawn from a small vocabulary so that one word stands in
0.2 % of them. Nobody in it is real.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from footpath.accounts.models import User
from footpath.accounts.rules import Role
from footpath.cases.models import Category
from footpath.core import textsearch
from footpath.directory.models import Area, Membership, Organization, Person, Post, Tier

LEVELS = ("province", "district", "commune", "hamlet", "group")
FAN_OUT = 10
PASSWORD = "benchmarks only"
RARE_WORD = "sluice"
WORDS = (
    "lamp", "road", "well", "bridge", "school", "clinic", "ditch", "paper", "loan", "market",
    "ferry", "wall", "roof", "tree",
)  # fmt: skip


def build(*, cases: int) -> None:
    """Fill an empty, migrated database with the province and this many cases."""
    _places()
    _people()
    _cases(cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _places() -> None:
    parents: list[Area] = []
    for level, code in enumerate(LEVELS):
        tier = Tier.objects.create(code=code, level=level, name_en=code.capitalize())
        names = (
            [("P", None)]
            if level == 0
            else [(f"{up.code}-{number}", up) for up in parents for number in range(FAN_OUT)]
        )
        made = [
            Area(
                tier=tier,
                code=name,
                name=f"{code.capitalize()} {name}",
                parent=up,
                search=textsearch.document(f"{code} {name}"),
            )
            for name, up in names
        ]
        Area.objects.bulk_create(made, batch_size=2000)
        for area in made:
            area.path = (area.parent.path if area.parent else "") + f"{area.pk:08x}"
        Area.objects.bulk_update(made, ["path"], batch_size=400)
        parents = made


@transaction.atomic
def _people() -> None:
    """Two people: an officer of the whole province, and one of the first commune."""
    province = Area.objects.get(code="P")
    office = Organization.objects.create(code="office", name="Office", area=province)
    password = make_password(PASSWORD)
    for username, role, place in (
        ("province", Role.OFFICE, province),
        ("commune", Role.HEAD, Area.objects.get(code="P-0-0")),
    ):
        user = User.objects.create(username=username, password=password)
        person = Person.objects.create(name=username.capitalize(), code=username, user=user)
        post = Post.objects.create(organization=office, title=username, role=role, area=place)
        Membership.objects.create(
            person=person, organization=office, post=post, start=date(2020, 1, 1)
        )
    Category.objects.create(code="roads", name_en="Roads", days_to_close=30)


def _cases(count: int) -> None:
    """Write the cases with one statement; a case in ten is open, one in 500 holds the rare word."""
    person = Person.objects.get(code="province")
    category = Category.objects.get()
    groups = list(
        Area.objects.filter(tier__code="group").order_by("pk").values_list("pk", flat=True)
    )
    first, number_of = groups[0], len(groups)
    if groups[-1] - first + 1 != number_of:
        raise RuntimeError("the keys of the household groups have gaps")
    words = ", ".join(f"('{word}', {at})" for at, word in enumerate(WORDS))
    if connection.vendor == "postgresql":
        series = f"SELECT n FROM generate_series(1::bigint, {count}) AS s(n)"
        day = "timestamptz '2026-03-01 00:00Z' - make_interval(mins => ((n * 7) % 1000000)::int)"
        due = f"({day} + interval '30 days')::date"
        yes, no = "true", "false"
    else:
        series = (
            f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
            "SELECT n FROM s"
        )
        day = "datetime('2026-03-01', '-' || ((n * 7) % 1000000) || ' minutes')"
        due = f"date({day}, '+30 days')"
        yes, no = "1", "0"
    is_open = "n % 10 = 3"
    statement = f"""
    INSERT INTO cases_case (title, text, category_id, area_id, level, source, raised_by_id,
        raised_at, state, is_open, outcome, round_number, owner_id, due_on, updated_at, closed_at,
        search, due_kind, is_agreed, address, answers, media_url, is_public, public_text,
        promised_on, a0, a1, a2, a3, a4)
    SELECT 'Case ' || w.word || ' ' || n, '', {category.pk}, g.id, 4, 'officer', {person.pk},
        {day}, CASE WHEN {is_open} THEN 'accepted' ELSE 'closed' END,
        CASE WHEN {is_open} THEN {yes} ELSE {no} END,
        CASE WHEN {is_open} THEN '' ELSE 'solved' END, 1, {person.pk}, {due}, {day},
        CASE WHEN {is_open} THEN NULL ELSE {day} END,
        'case ' || w.word || ' ' || n || CASE WHEN n % 500 = 3 THEN ' {RARE_WORD}' ELSE '' END,
        CASE WHEN {is_open} THEN 'rectify' ELSE '' END, {no}, '', '{{}}', '', {no}, '', {due},
        d.parent_id, d.id, c.id, h.id, g.id
    FROM ({series}) AS numbers
    JOIN directory_area g ON g.id = {first} + (n * 7919) % {number_of}
    JOIN directory_area h ON h.id = g.parent_id
    JOIN directory_area c ON c.id = h.parent_id
    JOIN directory_area d ON d.id = c.parent_id
    JOIN (SELECT column1 AS word, column2 AS at FROM (VALUES {words}) AS v) AS w
      ON w.at = n % {len(WORDS)}
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
