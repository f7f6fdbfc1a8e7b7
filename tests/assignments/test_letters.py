"""The letter of assignment says who, where, since when and on what basis, in four languages."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from footpath.assignments import letters
from footpath.assignments.letters import Basis, Contact, Duties, Handover, LetterFacts
from footpath.assignments.models import Assignment

LANGUAGES = ("en", "vi", "zh-hans", "ru")
FACTS = LetterFacts(
    organization="Ban Thường vụ Huyện ủy",
    above="Đảng bộ tỉnh",
    number="12-PC/HU",
    issued_at="Châu Thành",
    day=date(2026, 11, 22),
    person="Nguyễn Thị Ánh Tuyết",
    post="Chuyên viên",
    works_in="Ban Tổ chức",
    role="lead",
    subject="Ấp Phước Thành",
    path=("Tỉnh Bến Tre", "Huyện Châu Thành", "Xã Tân Thạch"),
    start=date(2026, 12, 1),
    until=date(2028, 11, 30),
    basis=(
        Basis("1524-QĐ/HU", date(2022, 10, 11), "Huyện ủy Châu Thành", "Quy định"),
        Basis("87-KL/TU", date(2026, 2, 3)),
    ),
    duties=(Duties("4 nắm", ("Nắm tình hình", "Nắm hộ")), Duties("3 kiểm tra", ("Sinh hoạt",))),
    handover=Handover("王小明", "Phó ban", date(2026, 12, 8), "Hai vụ việc còn mở."),
    contacts=(Contact("Щукин Фёдор", "Trưởng ấp", "0275 386 0002", "shchukin@example.org"),),
    signed_by="Huỳnh Quang Triệu",
    signed_as="Phó Bí thư",
    address="https://footpath.example.org/assignments/1234/",
)


def text_of(made: bytes) -> str:
    """Return all words of a PDF with single spaces between them."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    return re.sub(r"\s+", " ", " ".join(pages))


def pages_of(made: bytes) -> list[str]:
    return [
        page.extract_text().replace("\u00a0", " ") for page in PdfReader(io.BytesIO(made)).pages
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_stands_in_the_letter_in_every_language(language: str) -> None:
    said = text_of(letters.letter(FACTS, language=language))
    facts = [
        *(FACTS.organization, FACTS.above, FACTS.number, FACTS.person, FACTS.post),
        *(FACTS.works_in, FACTS.subject, *FACTS.path, FACTS.signed_by, FACTS.signed_as),
        *("1524-QĐ/HU", "Huyện ủy Châu Thành", "Quy định", "87-KL/TU"),
        *("4 nắm", "1. Nắm tình hình", "2. Nắm hộ", "3 kiểm tra", "1. Sinh hoạt"),
        *("王小明", "Phó ban", "Hai vụ việc còn mở.", "Щукин Фёдор", "Trưởng ấp"),
        *("0275 386 0002", "shchukin@example.org", FACTS.address),
    ]
    assert [fact for fact in facts if fact not in said] == []


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Letter of assignment",
                "No. 12-PC/HU",
                "Châu Thành, 22 November 2026",
                "No. 1524-QĐ/HU of 11 October 2022, Huyện ủy Châu Thành",
                "Xã Tân Thạch, Huyện Châu Thành, Tỉnh Bến Tre",
                "From 1 December 2026 to 30 November 2028, both days included",
                "hands over open cases, coming meetings and contacts by 8 December 2026.",
            ],
        ),
        (
            "vi",
            [
                "Giấy phân công phụ trách",
                "Số: 12-PC/HU",
                "Châu Thành, ngày 22 tháng 11 năm 2026",
                "Số 1524-QĐ/HU ngày 11 tháng 10 năm 2022, Huyện ủy Châu Thành",
                "Từ ngày 01 tháng 12 năm 2026 đến hết ngày 30 tháng 11 năm 2028",
                "Chậm nhất ngày 08 tháng 12 năm 2026, 王小明 (Phó ban) bàn giao",
            ],
        ),
        (
            "zh-hans",
            [
                "分工通知书",
                "编号：12-PC/HU",
                "2026年11月22日",
                "Tỉnh Bến Tre，Huyện Châu Thành，Xã Tân Thạch",
                "自2026年12月1日起至2028年11月30日止",
                "2026年12月8日前（含当日），由王小明（Phó ban）移交",
            ],
        ),
        (
            "ru",
            [
                "Письмо о назначении ответственного",
                "№ 12-PC/HU",
                "Châu Thành, 22 ноября 2026 г.",
                "№ 1524-QĐ/HU от 11 октября 2022 г., Huyện ủy Châu Thành",
                "С 1 декабря 2026 г. по 30 ноября 2028 г. включительно",
                "До 8 декабря 2026 г. включительно открытые обращения",
            ],
        ),
    ],
)
def test_the_words_are_the_officers_own(language: str, sentences: list[str]) -> None:
    said = text_of(letters.letter(FACTS, language=language))
    if language == "zh-hans":  # Chinese keeps no spaces, and breaks its lines anywhere
        said = said.replace(" ", "")
        sentences = [sentence.replace(" ", "") for sentence in sentences]
    assert [sentence for sentence in sentences if sentence not in said] == []


def test_a_short_letter_says_no_more_than_there_is_to_say() -> None:
    short = LetterFacts(
        organization="District Office",
        day=date(2026, 11, 22),
        person="Mai",
        role="monitor",
        subject="Cooperative No. 2",
        of_organization=True,
        start=date(2026, 12, 1),
        signed_by="Lê",
        signed_as="Head",
        address="",
    )
    made = letters.letter(short, language="en")
    assert [page.splitlines() for page in pages_of(made)] == [
        [
            "District Office 22 November 2026",
            "Letter of assignment",
            "Mai",
            "District Office puts the officer named above in charge as follows:",
            "Organization Cooperative No. 2",
            "Role Monitor",
            "Follows the work without answering for it.",
            "Term From 1 December 2026 until further notice",
            "Head",
            "Lê",
        ]
    ]


def test_a_handover_may_have_neither_post_nor_day() -> None:
    facts = replace(FACTS, handover=Handover("Trần Văn Bé"))
    assert "Trần Văn Bé hands over open cases, coming meetings and contacts." in text_of(
        letters.letter(facts, language="en")
    )


@pytest.mark.parametrize("role", Assignment.Role.values)
def test_every_role_is_named_and_explained(role: str) -> None:
    said = text_of(letters.letter(replace(FACTS, role=role), language="en"))
    assert f"Role {Assignment.Role(role).label} " in said


def test_a_hostile_name_comes_out_as_typed() -> None:
    name = r"""O'Brien "#let x" $y$ \ *a* _b_ @c"""
    facts = replace(FACTS, person=name, subject="#{panic()}", number="<7>")
    said = text_of(letters.letter(facts, language="en"))
    assert said.count(name) == 1 + ("1 / 2" in said)
    assert "Place #{panic()}" in said
    assert "No. <7>" in said


def test_the_same_facts_give_the_same_bytes_also_after_being_kept() -> None:
    kept = json.loads(json.dumps(letters.to_json(FACTS)))
    assert letters.from_json(kept) == FACTS
    bare = replace(FACTS, until=None, handover=Handover("Trần Văn Bé"))
    assert letters.from_json(letters.to_json(bare)) == bare
    without = replace(FACTS, handover=None)
    assert letters.from_json(letters.to_json(without)) == without
    first = letters.letter(FACTS, language="vi")
    assert letters.letter(letters.from_json(kept), language="vi") == first


def test_all_letters_of_a_plan_are_one_file_each_on_its_own_page() -> None:
    many = [
        (replace(FACTS, person="Nguyễn Văn An"), "vi"),
        (replace(FACTS, person="欧阳喆堃"), "zh-hans"),
        (replace(FACTS, person="Щербатюк"), "ru"),
    ]
    made = letters.letters(many, language="en")
    assert letters.letters(many, language="en") == made
    reader = PdfReader(io.BytesIO(made))
    assert [entry.title for entry in reader.outline] == [
        "Giấy phân công phụ trách Nguyễn Văn An",
        "分工通知书 欧阳喆堃",
        "Письмо о назначении ответственного Щербатюк",
    ]
    assert reader.metadata is not None
    assert reader.metadata.title == "Letters of assignment"
    assert [page.splitlines()[4] for page in pages_of(made)] == [
        "Giấy phân công phụ trách",
        "分工通知书",
        "Письмо о назначении ответственного",
    ]


def test_a_letter_of_two_pages_counts_its_own_pages() -> None:
    long = replace(FACTS, duties=FACTS.duties * 8)
    pages = pages_of(letters.letters([(FACTS, "en"), (long, "en")], language="en"))
    assert [re.findall(r"\d / \d", page) for page in pages] == [[], ["1 / 2"], ["2 / 2"]]
    assert "Huỳnh Quang Triệu" in pages[2]
    assert "Щукин Фёдор" in pages[2]  # nobody signs an empty page


def test_many_letters_are_the_same_file_from_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [(replace(FACTS, number=str(number)), "vi") for number in range(letters.MANY)]
    apart = letters.letters(many, language="vi")
    monkeypatch.setattr(letters, "MANY", letters.MANY + 1)
    assert letters.letters(many, language="vi") == apart


def test_no_letters_are_no_file() -> None:
    with pytest.raises(ValueError, match="no letters"):
        letters.letters([], language="en")
