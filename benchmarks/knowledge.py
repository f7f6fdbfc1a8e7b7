"""Measure the library: 10,000 items in four languages, and how soon one of them is found.

    python -m benchmarks.knowledge                       both engines
    python -m benchmarks.knowledge --engines sqlite      one of them

What is asked is a whole page, signed in, as a browser asks for it: words of each language, with and
without diacritics, rare ones and such as stand in every fourth item. The figures stand beside the
others in ``benchmarks/results.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.rooms import Measured, on_each_engine, timed

ITEMS = 10_000
AT = datetime(2026, 3, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FIRST = date(2026, 3, 1)

WORDS = {
    "en": "hamlet deputy signs sluice gate register household group meeting land fund rule day "
    "office visit promise list owner check road lamp school water field boundary letter",
    "vi": "trưởng ấp phó ký thay cống ngăn mặn sổ hộ tổ họp đất quỹ quy định ngày văn phòng "
    "chuyến đi lời hứa danh sách phụ trách kiểm tra đường đèn trường nước ruộng ranh giới",
    "zh-hans": "村长 副职 签字 水闸 登记 农户 小组 会议 土地 资金 规定 日期 办公室 走访 承诺 "
    "清单 负责 检查 道路 路灯 学校 用水 田地 边界 信件",
    "ru": "деревня заместитель подпись шлюз ворота журнал двор группа собрание земля фонд правило "
    "день контора выезд обещание список ответственный проверка дорога фонарь школа вода поле",
}
ASKED = {
    "en": ("sluice gate", "deputy sig", "Rule 4711"),
    "vi": ("cong ngan man", "Phó ấp ký", "quy dinh 4711"),
    "zh-hans": ("副职签字", "水闸", "规定4711"),
    "ru": ("ЗАМЕСТИТЕЛЬ", "земля ф", "правило 4711"),
}


def main() -> None:
    """Build a library on each engine, measure every figure, write the results."""
    on_each_engine("benchmarks.knowledge", f"{ITEMS:,} items of the library", described=__doc__)


def measure() -> None:
    """Measure every figure in this process and print them as JSON, on the last line."""
    from django.conf import settings
    from django.test import Client

    from benchmarks import province
    from footpath.accounts.models import User
    from footpath.config import server
    from footpath.core import sql

    settings.ALLOWED_HOSTS = ["*"]
    server.gather_static_files()
    province.build(cases=100)
    build()
    sql.refresh_statistics()
    client = Client()
    client.force_login(User.objects.get(username="province"))
    found: list[Measured] = []
    for language in WORDS:
        found += searched(client.get, "/library/", language, "html")
        found += searched(client.get, "/api/v1/library", language, "json")
    print(json.dumps([vars(row) for row in found]))


def build() -> None:
    """Write 10,000 items: of each four one regulation, one practice, two answers."""
    from django.db import transaction

    from footpath.core import textsearch
    from footpath.directory.models import Area, Person
    from footpath.knowledge.models import Answer, Item, Practice, Regulation, Topic

    random = Random(831)
    people = list(Person.objects.order_by("pk")[:2])
    place = Area.objects.order_by("pk").first()
    topics = list(Topic.objects.all())
    kinds = ("regulation", "answer", "practice", "answer")
    states = {"regulation": "in_force", "answer": "published", "practice": "selected"}
    rows, texts = [], []
    for number, language in zip(range(ITEMS), cycle(WORDS), strict=False):
        words = WORDS[language].split()
        title = f"{' '.join(random.choices(words, k=8))} {number}"
        text = " ".join(random.choices(words, k=150))
        kind = kinds[number // 4 % 4]
        texts.append((title, text))
        rows.append(
            Item(
                kind=kind,
                state=states[kind],
                is_open=True,
                title=title,
                summary=text[:160],
                language=language,
                topic=topics[number % len(topics)],
                day=FIRST - timedelta(days=number % 3000),
                made_by=people[0],
                made_at=AT,
                search=textsearch.document(title, text),
            )
        )
    with transaction.atomic():
        Item.objects.bulk_create(rows, batch_size=500)
        for row, (title, text) in zip(rows, texts, strict=True):
            shared = {name: value for name, value in vars(row).items() if name[0] != "_"}
            shared["item_ptr_id"] = row.pk
            if row.kind == "regulation":
                own: Item = Regulation(
                    number=f"{row.pk}-QD", number_key=f"{row.pk}qd", issued_on=row.day, text=text,
                    **shared,
                )  # fmt: skip
            elif row.kind == "practice":
                own = Practice(area=place, description=text, result=title, **shared)
            else:
                own = Answer(
                    question=title, text=text, month=row.day.replace(day=1), not_before=row.day,
                    consent_confirmed=True, drafted_by=people[0], approved_by=people[1], **shared,
                )  # fmt: skip
            own.save_base(raw=True, force_insert=True)  # the item itself is written already
    if Item.objects.count() != ITEMS:
        raise ValueError("the library is not whole")


def searched(
    get: Callable[[str, dict[str, str]], object], path: str, language: str, form: str
) -> list[Measured]:
    """Return how long a search of a language takes: the slowest twentieth, and on the processor."""
    for typed in ASKED[language]:
        answer = get(path, {"q": typed})
        if getattr(answer, "status_code", 0) != 200:
            raise ValueError(f"{path}?q={typed} does not open")
    asked = cycle(ASKED[language])
    name = f"library.search.{language}.{form}_ms"
    return timed(name, ITEMS, lambda: get(path, {"q": next(asked)}), worst=True)


if __name__ == "__main__":
    main()
