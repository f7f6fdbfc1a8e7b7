"""The topics that every library begins with: those that questions are asked under."""

FIRST_TOPICS = (
    # code, English, Vietnamese, Chinese, Russian
    (
        "duty",
        "Duties and procedure",
        "Nhiệm vụ và quy trình",
        "职责与程序",
        "Обязанности, порядок",
    ),
    ("land", "Land", "Đất đai", "土地", "Земля"),
    ("money", "Money and assets", "Tài chính, tài sản", "资金与资产", "Деньги и имущество"),
    ("discipline", "Discipline", "Kỷ luật", "纪律", "Дисциплина"),
    ("staff", "Staff", "Cán bộ", "干部", "Кадры"),
    ("other", "Other", "Khác", "其他", "Другое"),
)


def values(position: int) -> dict[str, str | int]:
    """Return the columns of one of the first topics."""
    code, en, vi, zh, ru = FIRST_TOPICS[position]
    names = {"name_en": en, "name_vi": vi, "name_zh": zh, "name_ru": ru}
    return {"code": code, "position": position, **names}
