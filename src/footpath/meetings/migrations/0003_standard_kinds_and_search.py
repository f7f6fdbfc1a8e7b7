"""The usual kinds of meetings, the state of items that became cases, and the index of items."""

from typing import Any

from django.db import migrations

from footpath.core import search, textsearch

KINDS = (
    # code, English, Vietnamese, Chinese, Russian, of offices, counts heads, minutes
    ("cell", "Cell meeting", "Sinh hoạt chi bộ", "支部会议", "Собрание ячейки", False, False, 90),
    ("commune", "Commune meeting", "Họp xã", "乡镇会议", "Собрание общины", False, False, 120),
    ("group", "Household group meeting", "Họp tổ nhân dân tự quản", "村民小组会议", "Собрание группы дворов", False, False, 60),
    ("coffee", "Professional coffee", "Cà phê nghiệp vụ", "业务咖啡会", "Профессиональный кофе", False, False, 120),
    ("study", "Study session", "Buổi học tập chuyên đề", "专题学习", "Учебное занятие", False, True, 120),
    ("review", "Review meeting", "Họp kiểm điểm, đánh giá", "评议会", "Совещание по итогам", False, False, 120),
    ("conference", "Conference", "Hội nghị", "大会", "Конференция", False, False, 240),
    ("office", "Office meeting", "Họp cơ quan, ban ngành", "部门会议", "Совещание учреждений", True, False, 90),
)  # fmt: skip


def forwards(apps: Any, schema_editor: Any) -> None:
    """Add the kinds that are missing; complete those that an organisation already has."""
    kinds = apps.get_model("meetings", "MeetingKind")
    for code, en, vi, zh, ru, of_offices, counts_heads, minutes in KINDS:
        values = {"of_offices": of_offices, "counts_heads": counts_heads, "minutes": minutes}
        if not kinds.objects.filter(code=code).update(**values):
            names = {"name_en": en, "name_vi": vi, "name_zh": zh, "name_ru": ru}
            kinds.objects.create(code=code, **names, **values)
    items = apps.get_model("meetings", "MinuteItem")
    items.objects.exclude(case=None).update(state="followed")
    for item in items.objects.filter(search="").iterator():
        items.objects.filter(pk=item.pk).update(search=textsearch.document(item.text, item.answer))


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_in_full")]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        search.index_operation("meetings", "MinuteItem"),
    ]
