"""Duty lists and one absence of the demonstration. The items of the lists are invented."""

from __future__ import annotations

from datetime import timedelta

from footpath.assignments import selectors
from footpath.assignments import services as assignments
from footpath.assignments.models import Absence, Assignment
from footpath.assignments.rules import Span
from footpath.web.demo import facts
from footpath.web.demo.stage import Stage, last_moment

ROLE = Assignment.Role
LISTS = (
    (
        ROLE.LEAD,
        "4 nắm",
        (
            "Nắm tình hình địa bàn",
            "Nắm tâm tư, nguyện vọng của người dân",
            "Nắm việc phát sinh, việc khó",
            "Nắm kết quả giải quyết",
        ),
    ),
    (
        ROLE.DEPUTY,
        "4 góp",
        (
            "Góp ý nội dung sinh hoạt chi bộ",
            "Góp sức cùng ấp, tổ",
            "Góp cách làm hay",
            "Góp lời giải cho việc khó",
        ),
    ),
    (
        ROLE.CLUSTER_LEAD,
        "3 kiểm tra",
        (
            "Kiểm tra việc dự họp của người phụ trách",
            "Kiểm tra việc giải quyết kiến nghị",
            "Kiểm tra chế độ báo cáo hằng quý",
        ),
    ),
)
DAYS_AWAY = 5


def write(stage: Stage) -> None:
    """Write the duty lists of the district: in force since the day of their basis."""
    for role, title, items in LISTS:
        assignments.create_duty_list(
            area=stage.district,
            role=role,
            title=title,
            items=items,
            basis=stage.basis,
            start=facts.BASIS_DATE,
            by=stage.office[0],
            at=stage.founded,
        )


def send_on_leave(stage: Stage) -> Absence | None:
    """Let the last officer whose places all have a deputy be away for some days; None without one.

    The deputies stand in from today on.
    """
    days = Span(stage.today, stage.today + timedelta(days=DAYS_AWAY))
    for _commune, hamlet in reversed(list(stage.hamlets)):
        officer = hamlet.officer
        if officer is None or hamlet.deputy is None:
            continue
        covers = selectors.covers_for(officer, days)
        if all(cover.acts is not None for cover in covers):
            return assignments.record_absence(
                person=officer,
                start=days.start,
                until=stage.today + timedelta(days=DAYS_AWAY),
                by=stage.office[0],
                at=last_moment(stage.today),
            )
    return None
