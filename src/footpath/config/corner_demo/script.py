"""What is asked and answered: twenty questions in four languages, all invented."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from footpath.secrecy.envelopes import Language, QuestionKind, Topic


class Fate(StrEnum):
    """What has become of a question by today."""

    ANSWERED = "answered"
    DRAFTED = "drafted"  # an answer waits for the second officer
    ASSIGNED = "assigned"
    READ = "read"
    POSTED = "posted"  # it waits for the next mix


@dataclass(frozen=True)
class Asked:
    """One question: in which round, with which receipt, in what words, and what became of it."""

    round: int
    receipt: int
    language: Language
    topic: Topic
    text: str
    answer: str = ""
    fate: Fate = Fate.ANSWERED
    consent: bool = False
    kind: QuestionKind = "ask"


ROUNDS = (20, 14, 9, 5)
"""How many days before today each round is posted; it is mixed and read on the day after."""

COVERS = 2
"""So many postings of a round say nothing."""

SCRIPT = (
    # --- the first round --------------------------------------------------------------------------
    Asked(
        0, 1, "en", "staff",
        "May the head of a unit sign an inspection of his own brother-in-law's firm? "
        "I was told that it is usual.",
        "No. Whoever is related to the owner leaves the inspection to the deputy and says so in "
        "writing before it begins. What was signed already is looked at again by the next tier.",
        consent=True,
    ),
    Asked(
        0, 2, "vi", "land",
        "Một hộ dân xin xác nhận ranh giới đất nhưng nhà bên cạnh không chịu ký. "
        "Xã có được xác nhận khi chỉ một bên ký không?",
        "Không. Xã lập biên bản ghi ý kiến của cả hai bên, mời cán bộ địa chính đo lại, và chỉ xác "
        "nhận phần không tranh chấp. Phần còn lại hòa giải ở cơ sở trước.",
        consent=True,
    ),
    Asked(
        0, 3, "zh-hans", "duty",
        "联系村的干部一个月没有到村，记录里却写了三次。这种情况应该向谁反映？",
        "先向片区负责人反映，只说记录与事实不符即可，不必说明是谁写的。片区负责人会在下次"
        "到村时当面核对。记录只写真正发生过的事。",
        consent=True,
    ),
    Asked(
        0, 4, "ru", "duty",
        "Может ли проверять устранение недостатка тот же сотрудник, который его устранял?",
        "Нет. Проверяет на месте другой человек; если в общине больше никого нет, просят "
        "сотрудника соседней общины. Запись без такой проверки не закрывается.",
        consent=True,
    ),
    Asked(
        0, 5, "vi", "money",
        "Quỹ vì người nghèo của ấp còn dư cuối năm. Có được chuyển sang sửa đường không?",
        fate=Fate.ASSIGNED,
    ),
    Asked(
        0, 6, "en", "money",
        "A relief list was closed before one household came back from hospital. "
        "Can it be opened again?",
        "Yes, for ten working days after it was posted. The household's group meets, notes it in "
        "its minutes, and the commune adds a line that names those minutes.",
    ),
    # --- the second round -------------------------------------------------------------------------
    Asked(
        1, 7, "vi", "duty",
        "Cán bộ phụ trách ấp nghỉ thai sản. Ai dự họp chi bộ thay?",
        "Người được ghi là thay thế trong sổ phân công. Nếu chưa có ai thì cụm trưởng dự, và báo "
        "Văn phòng Huyện ủy ghi người thay trước cuộc họp sau.",
        consent=True,
    ),
    Asked(
        1, 8, "zh-hans", "money",
        "慰问金可以由亲属代领吗？老人行动不便。",
        "可以。由两名居民小组成员见证，代领人和见证人都签名，并在一周内上门核实一次。",
    ),
    Asked(
        1, 9, "ru", "money",
        "Как отчитаться за помощь семье, если чек из магазина потерян?",
        "Составьте акт втроём: кто покупал, кто получил, и представитель группы. В акте указывают "
        "магазин, день и сумму. Второй раз без чека деньги не выдаются.",
        consent=True,
    ),
    Asked(
        1, 10, "en", "duty",
        "My head asks me to write a diary entry for visits that did not take place. What do I do?",
        "Write only what took place. You need give no reason for that to anybody. Tell the cluster "
        "lead that visits are missing; the plan is changed, not the diary.",
    ),
    Asked(
        1, 1, "en", "staff",
        "Thank you. And when it is not a relative but a friend from the same class?",
        "Then nothing has to be signed over, but it is said at the beginning and written down. If "
        "either of the two would rather not, the deputy does it.",
        kind="follow-up",
    ),
    Asked(
        1, 11, "vi", "discipline",
        "Danh sách dự họp có chữ ký của người vắng mặt. Tôi biết phải báo với ai mà không bị lộ?",
        "Đã chuyển người giám sát. Danh sách được đối chiếu với biên bản và với người chủ trì; "
        "không ai hỏi ai đã báo.",
        kind="complaint",
    ),
    # --- the third round --------------------------------------------------------------------------
    Asked(
        2, 12, "ru", "staff",
        "Может ли один человек отвечать сразу за две группы дворов?",
        "Может, если дворов вместе не больше ста и дорога между ними короче часа. Иначе за "
        "вторую группу отвечает заместитель.",
        consent=True,
    ),
    Asked(
        2, 13, "zh-hans", "land",
        "村民的自留地被临时占用堆放材料，补偿按什么标准？",
        "按占用天数和当季作物计算，标准以县里公布的表为准。占用之前要有书面约定，写明恢复"
        "原状的日期；没有约定的，先停止占用。",
    ),
    Asked(
        2, 14, "vi", "staff",
        "Trưởng ấp có được đồng thời làm tổ trưởng tổ vay vốn không?",
        "Được, nhưng không xét đơn vay của người thân và không giữ sổ thu một mình. Người giữ sổ "
        "phải là người khác do tổ bầu.",
        consent=True,
    ),
    Asked(
        2, 15, "en", "discipline",
        "Does a reprimand of three years ago still count for this year's grade?",
        fate=Fate.DRAFTED,
        answer="No. It counted for the year in which it was given and was struck off after twelve "
        "months. Whoever still holds it against you is asked in writing to remove the line.",
    ),
    # --- the fourth round -------------------------------------------------------------------------
    Asked(
        3, 16, "zh-hans", "other",
        "座谈会上群众提的意见，会后两周没有答复，怎么办？",
        fate=Fate.ASSIGNED,
    ),
    Asked(
        3, 17, "ru", "other",
        "Можно ли снимать протокол собрания на личный телефон?",
        fate=Fate.READ,
    ),
    Asked(
        3, 18, "vi", "other",
        "Hộ dân nhờ cán bộ giữ giùm giấy tờ gốc. Có nên nhận không?",
        fate=Fate.READ,
    ),
    # --- yesterday --------------------------------------------------------------------------------
    Asked(
        4, 19, "en", "land",
        "A household group asks for the map of last year's survey. May I give a copy?",
        fate=Fate.POSTED,
    ),
    Asked(
        4, 20, "ru", "duty",
        "Заместитель и ответственный оба в отпуске. Кто принимает обращения?",
        fate=Fate.POSTED,
    ),
)  # fmt: skip
