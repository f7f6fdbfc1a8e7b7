"""The ledger's set-up and its public side: targets, routes, reports of residents, other systems."""

from __future__ import annotations

from datetime import timedelta

from footpath.accounts import audit
from footpath.cases import services as cases
from footpath.cases.models import Case, EscalationRule, LadderChannel, Reporter, TimeUnit
from footpath.cases.rules import Outcome, Result
from footpath.cases.services import (
    applications,
    climbing,
    reminding,
    reporters,
    reporting,
    routing,
    targets,
)
from footpath.core.calendar import Month
from footpath.core.errors import RuleBroken
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
        "description_en": "Number on the lamp post",
        "description_vi": "Số ghi trên trụ đèn",
        "description_zh": "灯杆上的编号",
        "description_ru": "Номер на фонарном столбе",
        "values": [],
    },
    {
        "code": "SINCE",
        "datatype": "singlevaluelist",
        "required": True,
        "description_en": "Since when the lamp has been out",
        "description_vi": "Đèn hư từ khi nào",
        "description_zh": "路灯从什么时候开始不亮",
        "description_ru": "С какого времени фонарь не горит",
        "values": [
            {
                "key": "today",
                "name_en": "Today",
                "name_vi": "Hôm nay",
                "name_zh": "今天",
                "name_ru": "Сегодня",
            },
            {
                "key": "week",
                "name_en": "This week",
                "name_vi": "Trong tuần này",
                "name_zh": "本周",
                "name_ru": "На этой неделе",
            },
            {
                "key": "longer",
                "name_en": "For more than a week",
                "name_vi": "Đã hơn một tuần",
                "name_zh": "一周以上",
                "name_ru": "Больше недели",
            },
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
    "hidden": "Trong ảnh còn thấy biển số xe.",
    "more": "Xe gom rác của huyện đến muộn một tuần.",
    "theirs": "Trụ điện thuộc ngành điện quản lý.",
    "not_ours": "Trụ đèn chiếu sáng do xã quản lý, không phải trụ của lưới điện.",
    "holds": "Đã xem lại tại chỗ, vẫn tốt.",
}


def settle(stage: Stage) -> None:
    """Say how long legs may take, where cases belong, when they go up, what the public may do."""
    by, at = stage.administrator, stage.founded
    for kind, days in TARGETS:
        targets.add_target(kind=kind, amount=days, unit=TimeUnit.WORKING_DAYS, by=by, at=at)
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
    lamp, cover, water, rubbish, pole = made
    _solved(stage, lamp, commune, hamlet)
    _answered(stage, cover, commune)
    _waiting(stage, water, commune)
    _hidden_again(stage, rubbish, commune)
    _sent_round(stage, pole, commune)
    _checked(stage)
    evening = moment(stage.today - timedelta(days=1), 19, 50)
    by_phone = LadderChannel.TELEPHONE
    reminding.remind_case(case=cover, by=stage.office[0], at=evening, channel=by_phone)
    climbing.climb(evening)


def _hidden_again(stage: Stage, case: Case, commune: Commune) -> None:
    """Rubbish is shown to the public too early; its clock stands a while, and gets more time."""
    day, by = stage.today - timedelta(days=4), commune.head
    cases.accept_case(case=case, by=by, at=moment(day, 9), text=SAID["accepted"])
    cases.publish_case(case=case, by=by, at=moment(day, 9, 5))
    cases.hide_case(case=case, text=SAID["hidden"], by=by, at=moment(day, 9, 20))
    until = stage.today + timedelta(days=3)
    cases.pause_clock(case=case, until=until, text=SAID["waits"], by=by, at=moment(day, 9, 30))
    day += timedelta(days=2)
    cases.resume_clock(case=case, by=by, at=moment(day, 8))
    case.refresh_from_db()
    until = case.due_on + timedelta(days=7)
    cases.extend_case(case=case, until=until, text=SAID["more"], by=by, at=moment(day, 8, 10))


def _sent_round(stage: Stage, case: Case, commune: Commune) -> None:
    """A leaning pole goes to the power company, which says that it is the commune's."""
    day, to = stage.today - timedelta(days=3), stage.agencies["dien-luc"]
    cases.transfer_case(case=case, to=to, text=SAID["theirs"], by=commune.head, at=moment(day, 9))
    case.refresh_from_db()
    cases.misroute_case(
        case=case,
        text=SAID["not_ours"],
        by=stage.office[0],
        at=moment(day + timedelta(days=1), 10),
    )


def _checked(stage: Stage) -> None:
    """Confirmed cases of the month are drawn by lot, and somebody looks at the first of them."""
    yesterday = stage.today - timedelta(days=1)
    month = Month.of(yesterday)
    try:
        drawn = cases.draw_spot_checks(
            area=stage.district,
            month=month,
            number=3,
            seed=str(month),
            by=stage.office[0],
            at=moment(yesterday, 16),
        )
    except RuleBroken:  # on the first days of a month nothing is confirmed yet
        drawn = cases.draw_spot_checks(
            area=stage.district,
            month=month.previous,
            number=3,
            seed=str(month.previous),
            by=stage.office[0],
            at=moment(yesterday, 16),
        )
    cases.make_spot_check(
        check=drawn[0],
        result=Result.CONFIRMED,
        text=SAID["holds"],
        by=stage.office[-1],
        at=moment(yesterday, 17),
    )


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
