"""The library of the demonstration: one real number, everything else invented and said to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from footpath.directory.models import Person, Post
from footpath.knowledge import services as knowledge
from footpath.knowledge.models import Practice, Regulation, Topic
from footpath.knowledge.rules import Outcome
from footpath.knowledge.selectors import Unit, spread_of
from footpath.knowledge.services import AnswerWords, PracticeWords, RegulationWords
from footpath.web.demo import facts
from footpath.web.demo.stage import Stage, last_moment, moment

INVENTED = "(Nội dung minh họa, không phải nguyên văn.)"


@dataclass(frozen=True)
class Question:
    """A question in words of the office, and its answer."""

    topic: str
    language: str
    question: str
    text: str


ANSWERS = (
    Question(
        "duty",
        "vi",
        "Khi trưởng ấp vắng dài ngày, ai ký xác nhận thay?",
        "Phó ấp ký thay nếu có văn bản phân công của xã. Không có văn bản thì xã ký trực tiếp; "
        "không để người dân phải chờ.",
    ),
    Question(
        "land",
        "vi",
        "Biên bản họp ấp có dùng làm căn cứ xác nhận nguồn gốc đất không?",
        "Chỉ là tài liệu tham khảo. Căn cứ là hồ sơ địa chính; ấp ghi ý kiến, xã xác nhận.",
    ),
    Question(
        "discipline",
        "vi",
        "Cán bộ tự báo lỗi nhỏ đã khắc phục xong thì có bị kiểm điểm nữa không?",
        "Tự báo và khắc phục xong là tình tiết được ghi nhận. Chi bộ rút kinh nghiệm trong buổi "
        "sinh hoạt gần nhất, không mở kiểm điểm riêng.",
    ),
    Question(
        "money",
        "en",
        "May a hamlet keep gifts in kind for poor households until the next meeting?",
        "Yes, for seven days, on a list that two people sign. Money is handed in the same day.",
    ),
    Question(
        "staff",
        "zh-hans",
        "联系干部调离后，正在办理的问题由谁负责？",
        "由接任者负责；接任者未到之前由其上级领导负责。移交清单须双方签字。",
    ),
    Question(
        "duty",
        "ru",
        "Кто отвечает за обращение, если оно касается двух общин?",
        "Та община, где живёт обратившийся. Вторая помогает; спор решает район в три рабочих дня.",
    ),
)
WAITING = (
    Question(
        "money",
        "vi",
        "Quỹ tổ tự quản có phải công khai từng khoản chi nhỏ không?",
        "Có. Ghi sổ từng khoản và đọc trong buổi họp tổ gần nhất.",
    ),
    Question(
        "other",
        "vi",
        "Họp tổ trực tuyến có được tính là đã họp không?",
        "Được, nếu hai phần ba số hộ tham dự và có biên bản như họp thường.",
    ),
)


def fill(stage: Stage) -> None:
    """Fill the library: regulations, answers in four languages, practices and who took them up."""
    topics = {topic.code: topic for topic in Topic.objects.all()}
    basis = _regulations(stage, topics)
    _answers(stage, topics, basis)
    _practices(stage, topics)
    stage.say("library: 4 regulations, 8 answers, 3 good practices")


def _regulations(stage: Stage, topics: dict[str, Topic]) -> Regulation:
    """Enter the basis of all assignments, one guidance, and its older one, which it replaces."""
    by = stage.office[0]

    def enter(number: str, on: date, issuer: str, title: str, *lines: str) -> Regulation:
        return knowledge.enter_regulation(
            said=RegulationWords(
                number=number,
                issued_on=on,
                issuer=issuer,
                title=title,
                topic=topics["duty"],
                language="vi",
                text="\n".join((INVENTED, *lines)),
            ),
            by=by,
            at=max(stage.founded, moment(on, 9)),
        )

    basis = enter(
        facts.BASIS_NUMBER,
        facts.BASIS_DATE,
        facts.BASIS_ISSUER,
        "Quy định về phân công phụ trách địa bàn",
        "Điều 1. Mỗi xã, ấp, tổ có ít nhất một người phụ trách.",
        "Điều 2. Người phụ trách dự sinh hoạt của địa bàn; vắng phải có lý do.",
    )
    house = "Văn phòng Huyện ủy"
    title = "Hướng dẫn ghi và theo dõi kiến nghị của người dân"
    lines = ("1. Ghi ngay khi nghe.", "2. Mỗi kiến nghị có một người phụ trách.")
    old = enter("15-HD/VP", date(2023, 2, 6), house, title, *lines)
    new = enter("27-HD/VP", date(2024, 5, 20), house, title, *lines, "3. Kiểm tra tại chỗ.")
    enter(
        "31-KH/HU",
        date(2025, 1, 13),
        facts.BASIS_ISSUER,
        "Kế hoạch cà phê nghiệp vụ hằng tháng",
        "Mỗi tháng một buổi, ngày nghỉ cuối tuần.",
    )
    knowledge.replace_regulation(
        regulation=old, replacement=new, on=new.issued_on, by=by, at=moment(new.issued_on, 10)
    )
    return basis


def _answers(stage: Stage, topics: dict[str, Topic], basis: Regulation) -> None:
    """Publish the answers one a week before the month ends; two more still wait."""
    drafter, second = stage.office[0], stage.office[1]
    for weeks, said in enumerate(reversed(ANSWERS), start=2):
        answered = stage.today - timedelta(weeks=weeks + 1)
        made = knowledge.draft_answer(
            said=_words(said, topics, [basis] if said.topic == "duty" else []),
            answered_on=answered,
            approver=second,
            by=drafter,
            at=_at(stage, answered, 14),
        )
        knowledge.approve_answer(answer=made, by=second, at=_at(stage, answered, 16))
        knowledge.publish_answer(answer=made, by=second, at=_at(stage, made.not_before, 9))
    yesterday = stage.today - timedelta(days=1)
    for number, said in enumerate(WAITING):
        # The one waits for its approval by the office that signs in, the other for its Monday.
        writer, reader = (second, drafter) if number == 0 else (drafter, second)
        made = knowledge.draft_answer(
            said=_words(said, topics, []),
            answered_on=yesterday,
            approver=reader,
            by=writer,
            at=_at(stage, yesterday, 10),
        )
        if number:
            knowledge.approve_answer(answer=made, by=reader, at=_at(stage, yesterday, 15))


def _practices(stage: Stage, topics: dict[str, Topic]) -> None:
    """Select a practice and spread it; another is proposed, a third declined."""
    commune, others = stage.communes[0], stage.communes[1:5]
    hamlet = commune.hamlets[0]
    day = stage.today - timedelta(days=20)
    officer = hamlet.officer or commune.head
    shared = knowledge.propose_practice(
        said=PracticeWords(
            "Phiếu ba dòng sau mỗi buổi họp tổ",
            "Cuối buổi họp, mỗi tổ trưởng ghi ba dòng: việc đã hứa, ai làm, ngày xong. Ấp chụp "
            "lại và đọc vào đầu buổi sau.",
            "Sau hai tháng, 14 trong 17 việc đã hứa xong đúng ngày; trước đó là 9 trong 20.",
            topics["duty"],
            "vi",
        ),
        origin=hamlet.area,
        by=officer,
        at=_at(stage, day, 9),
    )
    later = _at(stage, day + timedelta(days=3), 9)
    _assess(shared, commune.head, "Đơn giản, không tốn giấy; nên làm ở mọi ấp.", later)
    knowledge.select_practice(
        practice=shared,
        reason="Kết quả có số liệu, ấp nào cũng làm được.",
        by=stage.office[0],
        at=later + timedelta(hours=3),
    )
    units: list[Unit] = [one.area for one in others]
    units += [one.area for one in commune.hamlets[1:4]]
    _spread(stage, shared, units, later + timedelta(hours=4))
    knowledge.propose_practice(
        said=PracticeWords(
            "Một số điện thoại chung cho cả ấp",
            "Ấp dùng một số điện thoại chung; ai trực thì giữ máy, ghi lại mọi cuộc gọi.",
            "Trong một tháng có 31 cuộc gọi, 29 cuộc được trả lời trong ngày.",
            topics["other"],
            "vi",
        ),
        origin=commune.hamlets[1].area,
        by=commune.hamlets[1].officer or commune.head,
        at=_at(stage, stage.today - timedelta(days=4), 9),
    )
    declined = knowledge.propose_practice(
        said=PracticeWords(
            "Họp ấp vào sáng thứ Hai",
            "Chuyển họp ấp sang sáng thứ Hai để cán bộ xã dự được.",
            "Cán bộ dự đủ 4 trong 4 buổi.",
            topics["duty"],
            "vi",
        ),
        origin=commune.hamlets[2].area,
        by=commune.hamlets[2].officer or commune.head,
        at=_at(stage, day, 10),
    )
    _assess(declined, commune.vice, "Tiện cho cán bộ, không tiện cho người dân.", later)
    knowledge.decline_practice(
        practice=declined,
        reason="Buổi sáng ngày làm việc, nhiều hộ không dự được.",
        by=stage.office[0],
        at=later + timedelta(hours=2),
    )


def _assess(practice: Practice, by: Person, sentence: str, at: datetime) -> None:
    post = Post.objects.filter(memberships__person=by).order_by("pk")[0]
    knowledge.assess_practice(practice=practice, post=post, sentence=sentence, by=by, at=at)


def _spread(stage: Stage, practice: Practice, units: list[Unit], at: datetime) -> None:
    """Spread a practice; the first units answer, the last ones have not yet."""
    by = stage.office[0]
    knowledge.spread_practice(practice=practice, units=units, by=by, at=at)
    said = (
        (Outcome.ADOPTED, "Đã làm ở mọi tổ từ tuần sau."),
        (Outcome.ADAPTED, "Ghi hai dòng, vì họp ngắn."),
        (Outcome.NOT_FOR_US, "Đã có sổ theo dõi riêng, ghi đủ ba việc này."),
    )
    day = at + timedelta(days=5)
    heads = {commune.area.pk: commune.head for commune in stage.communes}
    answering = [row for row in spread_of(practice).rows if row.area_id in heads]
    for row, (outcome, sentence) in zip(answering, said, strict=False):
        knowledge.record_adoption(
            spread=row,
            outcome=outcome,
            on=day.date(),
            sentence=sentence,
            by=heads[row.area_id or 0],
            at=day,
        )


def _words(said: Question, topics: dict[str, Topic], basis: list[Regulation]) -> AnswerWords:
    topic = topics[said.topic]
    return AnswerWords(said.question, said.text, topic, said.language, True, basis)


def _at(stage: Stage, day: date, hour: int) -> datetime:
    """Return an hour of a day, never after the last moment that the demonstration writes at."""
    return min(moment(day, hour), last_moment(stage.today))
