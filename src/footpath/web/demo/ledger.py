"""The ledger's set-up and its public side: targets, routes, reports of residents, other systems."""

from __future__ import annotations

from datetime import timedelta

from footpath.accounts import audit
from footpath.cases import services as cases
from footpath.cases.models import Case, EscalationRule, Reporter, TimeUnit
from footpath.cases.rules import Outcome, Result
from footpath.cases.services import (
    applications,
    climbing,
    reporters,
    reporting,
    routing,
    targets,
)
from footpath.directory.models import Person
from footpath.web.demo.stage import Commune, Hamlet, Stage, moment

TARGETS = (("accept", 3), ("guide", 5), ("verify", 7), ("reply", 5))
"""Working days; a rectification is due on the day promised by the category."""

SECTORS = {
    "lighting": "Hạ tầng",
    "roads": "Hạ tầng",
    "irrigation": "Nông nghiệp",
    "water": "Nông nghiệp",
    "environment": "Môi trường",
}
"""What the public may report, by sector; street lamps are shown to the public at once."""

QUESTIONS = [
    {
        "code": "POLE",
        "datatype": "string",
        "required": False,
        "description": "Số ghi trên trụ đèn",
        "values": [],
    },
    {
        "code": "SINCE",
        "datatype": "singlevaluelist",
        "required": True,
        "description": "Đèn hư từ khi nào",
        "values": [
            {"key": "today", "name": "Hôm nay"},
            {"key": "week", "name": "Trong tuần này"},
            {"key": "longer", "name": "Đã hơn một tuần"},
        ],
    },
]

REPORTS = (
    ("lighting", "Đèn đường trước nhà văn hóa ấp không sáng", "Tối quá, trẻ em đi học thêm về sợ."),
    ("roads", "Nắp cống giữa đường bị mất", "Ban đêm không thấy, đã có người té xe."),
    ("water", "Nước máy đục từ sáng nay", "Nước có màu vàng, để lắng vẫn còn cặn."),
    ("environment", "Rác đổ trộm ở bờ kênh", "Bao rác chất thành đống, mùi hôi bay vào nhà."),
    ("lighting", "Trụ đèn nghiêng sát mái nhà", "Trụ nghiêng thêm sau cơn mưa tối qua."),
)
"""What residents report: category, line, details. Invented."""

SAID = {
    "accepted": "Tổ kỹ thuật của xã nhận xử lý.",
    "replied": "Đã giao tổ kỹ thuật, dự kiến xong trong tuần.",
    "done": "Đã thay bóng và kiểm tra lại dây.",
    "seen": "Tối nay đèn sáng, đã xem tại chỗ.",
    "yes": "Cảm ơn, đèn đã sáng.",
    "waits": "Chờ vật tư về kho huyện.",
    "public": "Nắp cống bị mất trên đường liên ấp.",
}


def settle(stage: Stage) -> None:
    """Say how long legs may take, where cases belong, when they go up, what the public may do."""
    by, at = stage.administrator, stage.founded
    for kind, days in TARGETS:
        targets.add_target(
            kind=kind, amount=days, unit=TimeUnit.WORKING_DAYS, by=by, at=at
        )
    for commune in stage.communes:
        if commune.office is not None:
            routing.add_route(
                area=commune.area, category=None, organization=commune.office, by=by, at=at
            )
    for trigger, number in (("overdue", 30), ("rounds", 3)):
        cases.add_escalation_rule(
            area=stage.district,
            category=None,
            trigger=EscalationRule.Trigger(trigger),
            number=number,
            agency=None,
            by=by,
            at=at,
        )
    for topic, category in stage.topics:
        if topic.code not in SECTORS:
            continue
        category.group, category.is_public = SECTORS[topic.code], True
        category.is_moderated = topic.code != "lighting"
        category.questions = QUESTIONS if topic.code == "lighting" else []
        category.save(update_fields=["group", "is_public", "is_moderated", "questions"])
        audit.record(
            "case.category_changed",
            by=by,
            subject=category,
            at=at,
            after={"is_public": True, "group": category.group},
        )
    applications.create_application(name="Bến Tre 1022", by=by, at=at)


def live(stage: Stage) -> None:
    """Let residents report, and let the reports stand at different points of their way."""
    categories = {topic.code: category for topic, category in stage.topics}
    commune = stage.communes[0]
    hamlet = commune.hamlets[0]
    made: list[Case] = []
    for index, (code, title, text) in enumerate(REPORTS):
        day = stage.today - timedelta(days=12 - 2 * index)
        case, _code = reporters.report_case(
            title=title,
            text=text,
            area=hamlet.area,
            category=categories[code],
            answers={"SINCE": "week"} if code == "lighting" else {},
            latitude=_near(hamlet.area.latitude, index),
            longitude=_near(hamlet.area.longitude, -index),
            language="vi",
            at=moment(day, 8, 10 + index),
        )
        made.append(case)
    lamp, cover, water, rubbish, _pole = made
    _solved(stage, lamp, commune, hamlet)
    _answered(stage, cover, commune)
    _waiting(stage, water, commune)
    cases.accept_case(case=rubbish, by=commune.head, at=moment(stage.today, 7, 40))
    climbing.climb(moment(stage.today, 7, 45))


def _solved(stage: Stage, case: Case, commune: Commune, hamlet: Hamlet) -> None:
    """A lamp burns again, somebody else has seen it, and the reporter says yes."""
    owner, first = commune.officers[0], stage.today - timedelta(days=11)
    cases.assign_owner(case=case, owner=owner, by=commune.head, at=moment(first, 9))
    cases.accept_case(case=case, by=owner, at=moment(first, 10), text=SAID["accepted"])
    cases.reply_to_reporter(case=case, text=SAID["replied"], by=owner, at=moment(first, 10, 5))
    done = stage.today - timedelta(days=8)
    cases.rectify_case(
        case=case, text=SAID["done"], outcome=Outcome.SOLVED, by=owner, at=moment(done, 15)
    )
    verifier = _other(hamlet.officer, commune.member, owner)
    cases.verify_case(
        case=case,
        result=Result.CONFIRMED,
        text=SAID["seen"],
        by=verifier,
        at=moment(done, 19),
    )
    reporter = Reporter.objects.get(case=case)
    reporting.answer_fixed(
        reporter=reporter, answer=Reporter.Answer.YES, text=SAID["yes"], at=moment(done, 20)
    )


def _answered(stage: Stage, case: Case, commune: Commune) -> None:
    """A missing cover is read by somebody, answered, and shown to the public in plain words."""
    day = stage.today - timedelta(days=6)
    cases.accept_case(case=case, by=commune.head, at=moment(day, 9), text=SAID["accepted"])
    cases.reply_to_reporter(case=case, text=SAID["replied"], by=commune.head, at=moment(day, 9, 5))
    cases.publish_case(case=case, text=SAID["public"], by=commune.head, at=moment(day, 9, 10))


def _waiting(stage: Stage, case: Case, commune: Commune) -> None:
    """A water pipe waits for material, so its clock stands until a day."""
    day = stage.today - timedelta(days=5)
    cases.accept_case(case=case, by=commune.head, at=moment(day, 9), text=SAID["accepted"])
    cases.pause_clock(
        case=case,
        until=stage.today + timedelta(days=9),
        text=SAID["waits"],
        by=commune.head,
        at=moment(day, 9, 30),
    )


def _other(first: Person | None, second: Person, owner: Person) -> Person:
    return first if first is not None and first.pk != owner.pk else second


def _near(degrees: float | None, index: int) -> float | None:
    return None if degrees is None else round(degrees + 0.0007 * index, 5)

