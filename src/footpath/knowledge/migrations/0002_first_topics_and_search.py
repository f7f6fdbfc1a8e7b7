"""The topics that questions are asked under, and the index of the library."""

from typing import Any

from django.db import migrations

from footpath.core import search

TOPICS = (
    # code, English, Vietnamese, Chinese, Russian
    ("duty", "Duties and procedure", "Nhiệm vụ và quy trình", "职责与程序", "Обязанности и порядок"),
    ("land", "Land", "Đất đai", "土地", "Земля"),
    ("money", "Money and assets", "Tài chính, tài sản", "资金与资产", "Деньги и имущество"),
    ("discipline", "Discipline", "Kỷ luật", "纪律", "Дисциплина"),
    ("staff", "Staff", "Cán bộ", "干部", "Кадры"),
    ("other", "Other", "Khác", "其他", "Другое"),
)  # fmt: skip


def forwards(apps: Any, schema_editor: Any) -> None:
    """Add the first topics where there are none."""
    topics = apps.get_model("knowledge", "Topic")
    if topics.objects.exists():
        return
    for position, (code, en, vi, zh, ru) in enumerate(TOPICS):
        names = {"name_en": en, "name_vi": vi, "name_zh": zh, "name_ru": ru}
        topics.objects.create(code=code, position=position, **names)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        search.index_operation("knowledge", "Item"),
    ]
