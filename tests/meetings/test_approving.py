"""Approved minutes: frozen, numbered, checked byte for byte, and on paper in four languages."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as some

from footpath.accounts.models import TrailLine
from footpath.assignments.models import BasisDocument
from footpath.cases import services as cases
from footpath.cases.models import Case
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import printing, selectors, services
from footpath.meetings.models import Meeting, Minutes
from footpath.meetings.rules.minutes import NotFrozen, canonical, digest
from footpath.meetings.services import Mark
from footpath.notifications.models import Notice
from tests.world import NOON, World, assign, later

pytestmark = pytest.mark.django_db

APPROVED_AT = later(days=1)
LANGUAGES = ("en", "vi", "zh-hans", "ru")


def sat(world: World) -> Meeting:
    """Return a cell meeting that was held with a promise, an answer, and a substitute."""
    assign(world.second, world.hue, "monitor")
    assign(world.far, world.hue, "deputy")
    basis = BasisDocument.objects.create(
        number="1524-QD/HU", issued_on=date(2022, 10, 11), issuer="District committee"
    )
    world.hue.assignments.filter(role="lead").update(basis=basis)
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=NOON,
        ends_at=later(hours=2),
        agenda="Sluice gate\nSpring sowing",
        where="Hall of the hamlet",
        by=world.head,
        at=later(days=-3),
    )
    duty = meeting.duties.get(person=world.far)
    services.mark_attendance(
        duty=duty, mark=Mark("excused", reason="A secret illness"), by=world.head, at=NOON
    )
    services.hold_meeting(
        meeting=meeting,
        exceptions={world.second.pk: Mark("substitute", substitute=world.lead)},
        headcount=21,
        by=world.head,
        at=later(hours=2),
    )
    services.add_action(
        meeting=meeting,
        text='Repair the gate # " $ \\',
        category=world.category,
        owner=world.officer,
        due_on=date(2026, 4, 15),
        by=world.head,
        at=later(hours=2),
    )
    services.add_minute_item(
        meeting=meeting, text="西宁市 thanks Châu Thành", by=world.officer, at=later(hours=2)
    )
    return Meeting.objects.get(pk=meeting.pk)


def approve(world: World, meeting: Meeting, **values: Any) -> Minutes:
    """Approve the minutes as the head of the commune."""
    values = {"by": world.head, "at": APPROVED_AT, "language": "en"} | values
    return services.approve_minutes(meeting=meeting, **values)


def text_of(pdf: bytes) -> str:
    """Return what a PDF says, every kind of space as one."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_record_says_what_was_said_and_who_came(world: World) -> None:
    made = approve(world, sat(world))
    made.refresh_from_db()
    frozen = made.frozen
    assert (made.version, frozen["version"], frozen["approved_by"]) == (1, 1, "Phạm Văn Tuấn")
    assert frozen["meeting"]["place"] == {
        "code": "28804-01",
        "name": "Ấp Tân Huề",
        "above": ["Tỉnh Bến Tre", "Huyện Châu Thành", "Xã Tân Thạch"],
    }
    attendance = frozen["attendance"]
    assert (attendance["part"], attendance["whole"]) == (2, 3)
    assert [(row["person"], row["mark"], row["substitute"]) for row in attendance["rows"]] == [
        ("Bùi Thanh Sơn", "excused", ""),
        ("Lê Thị Mai", "present", ""),
        ("Tô Thị Hiền", "substitute", "Ngô Thị Bích Thủy"),
    ]
    assert frozen["agenda"]["points"] == ["Sluice gate", "Spring sowing"]
    case = frozen["items"][0]["case"]
    assert (case["owner"], case["due_on"], case["state"]) == ("Lê Thị Mai", "2026-04-15", "raised")
    assert frozen["items"][1]["case"] is None
    assert frozen["basis"] == [
        {"number": "1524-QD/HU", "issued_on": "2022-10-11", "issuer": "District committee"}
    ]
    assert frozen["meeting"]["headcount"] == 21


def test_why_somebody_was_excused_is_not_in_the_minutes(world: World) -> None:
    made = approve(world, sat(world))
    assert "secret illness" not in canonical(made.frozen).decode()
    assert "secret illness" not in text_of(made.pdf)


def test_the_record_reads_back_with_its_digest_and_any_change_shows(world: World) -> None:
    made = approve(world, sat(world))
    kept = Minutes.objects.get()
    assert (kept.digest, digest(kept.frozen)) == (made.digest, made.digest)
    assert [version.is_unchanged for version in selectors.versions_of(kept.meeting)] == [True]
    kept.frozen["items"][0]["case"]["due_on"] = "2026-04-16"
    Minutes.objects.filter(pk=kept.pk).update(frozen=kept.frozen)
    found = selectors.versions_of(kept.meeting)[0]
    assert (found.record_unchanged, found.paper_unchanged, found.is_unchanged) == (
        False,
        True,
        False,
    )
    Minutes.objects.filter(pk=kept.pk).update(frozen={"a": 1.5}, pdf=b"%PDF-another")
    found = selectors.versions_of(kept.meeting)[0]
    assert (found.record_unchanged, found.paper_unchanged) == (False, False)


@given(some.data())
def test_a_record_with_any_byte_changed_has_another_digest(data: some.DataObject) -> None:
    written = canonical({"text": "Tân Huề", "items": [1, 2, {"due_on": "2026-04-15"}]})
    at = data.draw(some.integers(0, len(written) - 1))
    flip = data.draw(some.integers(1, 255))
    changed = bytearray(written)
    changed[at] ^= flip
    try:
        read = json.loads(bytes(changed))
        found = digest(read)
    except (ValueError, NotFrozen):
        return  # no longer a record at all: this shows, too
    assert found != digest(json.loads(written)) or read == json.loads(written)


def test_the_same_record_gives_the_same_paper(world: World) -> None:
    made = approve(world, sat(world), address="https://example.org/meetings/1/minutes/")
    again = printing.minutes_pdf(
        Minutes.objects.get().frozen,
        digest=made.digest,
        language="en",
        address="https://example.org/meetings/1/minutes/",
    )
    assert again == made.pdf


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Minutes", "Attendance", "2/3", "66.67", "Phạm Văn Tuấn")),
        ("vi", ("Phạm Văn Tuấn", "2/3", "66,67%", "Lê Thị Mai")),
        ("zh-hans", ("2/3", "66.67%", "Phạm Văn Tuấn")),
        ("ru", ("2/3", "66,67", "Phạm Văn Tuấn")),
    ],
)
def test_the_paper_speaks_four_languages(
    world: World, language: str, words: tuple[str, ...]
) -> None:
    made = approve(world, sat(world), language=language, address="https://example.org/m/1/")
    said = text_of(made.pdf)
    number = Case.objects.get().number
    for word in (*words, "Ấp Tân Huề", 'Repair the gate # " $ \\', "1524-QD/HU", number):
        assert word in said
    assert made.digest in said.replace(" ", "")
    assert "https://example.org/m/1/" in said.replace(" ", "").replace("\u200b", "")


def test_kind_and_place_name_a_meeting_in_the_language_of_the_paper(world: World) -> None:
    frozen = approve(world, sat(world)).frozen
    said = {
        language: text_of(printing.minutes_pdf(frozen, digest="0" * 64, language=language))
        for language in LANGUAGES
    }
    for language, name in zip(
        LANGUAGES, ("Cell meeting", "Sinh hoạt chi bộ", "支部会议", "Собрание ячейки"), strict=True
    ):
        assert name in said[language]


def test_a_draft_bears_no_digest(world: World) -> None:
    frozen = approve(world, sat(world)).frozen
    said = text_of(printing.minutes_pdf(frozen, digest="", language="en"))
    assert "Draft of the minutes" in said
    assert "SHA-256" not in said


def test_everybody_who_was_expected_is_told_once(world: World) -> None:
    approve(world, sat(world))
    told = Notice.objects.filter(kind="minutes.approved").values_list("user__person__name")
    assert sorted(name for (name,) in told) == sorted(
        ["Bùi Thanh Sơn", "Lê Thị Mai", "Ngô Thị Bích Thủy", "Phạm Văn Tuấn", "Tô Thị Hiền"]
    )


def refused(world: World, meeting: Meeting) -> list[str]:
    """Return which of the deeds that change minutes are refused now."""
    item = meeting.items.get(number=2)
    duty = meeting.duties.get(person=world.officer)
    deeds: dict[str, Any] = {
        "add": lambda: services.add_minute_item(meeting=meeting, text="x", by=world.head, at=NOON),
        "change": lambda: services.change_item(item=item, text="x", by=world.head, at=NOON),
        "withdraw": lambda: services.withdraw_item(item=item, by=world.head, at=NOON),
        "order": lambda: services.reorder_items(
            meeting=meeting,
            order=list(meeting.items.values_list("pk", flat=True)),
            by=world.head,
            at=NOON,
        ),
        "raise": lambda: services.raise_case_from_item(
            item=item, title="x", category=world.category, by=world.head, at=NOON
        ),
        "text": lambda: services.write_minutes(
            meeting=meeting, minutes="x", by=world.head, at=NOON
        ),
        "mark": lambda: services.mark_attendance(
            duty=duty, mark=Mark("absent"), by=world.head, at=NOON
        ),
        "invite": lambda: services.add_duty(
            meeting=meeting, person=world.boss, by=world.head, at=NOON
        ),
        "material": lambda: services.set_material(
            meeting=meeting, topic="x", material="", by=world.head, at=NOON
        ),
        "approve": lambda: approve(world, meeting),
    }
    found = []
    for name, deed in deeds.items():
        try:
            deed()
        except RuleBroken as broken:
            if "are approved" in str(broken):
                found.append(name)
    return found


def test_after_approval_nothing_in_the_minutes_changes(world: World) -> None:
    meeting = sat(world)
    made = approve(world, meeting)
    assert refused(world, meeting) == [
        "add",
        "change",
        "withdraw",
        "order",
        "raise",
        "text",
        "mark",
        "invite",
        "material",
        "approve",
    ]
    whole = selectors.meeting_in_full(meeting.pk)
    again = selectors.frozen_of(
        whole, approved_by=world.head, at=APPROVED_AT, version=1, reason="", language="en"
    )
    assert digest(again) == made.digest


def test_the_case_goes_on_after_approval_and_the_record_does_not(world: World) -> None:
    meeting = sat(world)
    made = approve(world, meeting)
    case = meeting.items.get(number=1).case
    assert case is not None
    cases.accept_case(case=case, by=world.officer, at=APPROVED_AT)
    assert Minutes.objects.get().digest == made.digest
    assert Minutes.objects.get().frozen["items"][0]["case"]["state"] == "raised"


def test_a_correction_needs_a_reason_and_becomes_the_next_version(world: World) -> None:
    meeting = sat(world)
    first = approve(world, meeting)
    with pytest.raises(InvalidValue, match="has to be corrected"):
        services.correct_minutes(meeting=meeting, reason=" ", by=world.head, at=APPROVED_AT)
    services.correct_minutes(
        meeting=meeting, reason="The day was wrong", by=world.head, at=APPROVED_AT
    )
    with pytest.raises(StaleState):
        services.correct_minutes(meeting=meeting, reason="Again", by=world.head, at=APPROVED_AT)
    services.add_minute_item(meeting=meeting, text="Correction", by=world.head, at=APPROVED_AT)
    second = approve(world, meeting, at=later(days=2))
    assert (second.version, second.reason) == (2, "The day was wrong")
    assert second.digest != first.digest
    assert "The day was wrong" in text_of(second.pdf)
    versions = selectors.versions_of(meeting)
    assert [(row.minutes.version, row.is_unchanged) for row in versions] == [(2, True), (1, True)]
    assert selectors.minutes_in_force(meeting) == second
    deeds = TrailLine.objects.filter(
        subject=f"meetings.meeting:{meeting.pk}", deed__contains="minutes_"
    )
    assert [line.deed for line in deeds.order_by("pk")] == [
        "meeting.minutes_approved",
        "meeting.minutes_reopened",
        "meeting.minutes_approved",
    ]


def test_only_a_meeting_that_was_held_has_minutes_to_approve(world: World) -> None:
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=NOON,
        ends_at=later(hours=2),
        by=world.head,
        at=NOON,
    )
    with pytest.raises(RuleBroken, match="was held"):
        approve(world, meeting)
    services.hold_meeting(meeting=meeting, by=world.head, at=later(hours=2))
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=NOON)
    with pytest.raises(RuleBroken, match="still running"):
        approve(world, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(closed_at=later(hours=2))
    assert approve(world, meeting).version == 1


def test_the_convener_the_head_and_the_office_approve(world: World) -> None:
    meeting = sat(world)
    for by in (world.officer, world.far, world.auditor, world.administrator, world.member):
        with pytest.raises(NotAllowed):
            approve(world, meeting, by=by)
    approve(world, meeting, by=world.office)
    with pytest.raises(NotAllowed):
        services.correct_minutes(meeting=meeting, reason="x", by=world.officer, at=NOON)
    Meeting.objects.filter(pk=meeting.pk).update(convened_by=world.officer)
    meeting.refresh_from_db()
    services.correct_minutes(meeting=meeting, reason="x", by=world.officer, at=NOON)
    assert approve(world, meeting, by=world.officer).version == 2


def test_a_version_is_read_by_those_who_read_the_meeting(world: World) -> None:
    made = approve(world, sat(world))

    def found(reader: Person, version: int = 1) -> Minutes:
        return selectors.get_minutes_for(reader, pk=made.meeting_id, version=version)

    assert found(world.officer) == found(world.lead) == made
    for reader, version in ((world.member, 1), (world.officer, 2)):
        with pytest.raises(NotThere):
            found(reader, version)


def test_an_agenda_on_paper_says_what_became_of_the_promises(world: World) -> None:
    meeting = sat(world)
    coming = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=28),
        ends_at=later(days=28, hours=2),
        agenda="Harvest",
        by=world.head,
        at=later(days=1),
    )
    whole = selectors.meeting_in_full(coming.pk)
    for language in LANGUAGES:
        agenda = selectors.agenda_of(world.head, whole, today=date(2026, 4, 20))
        said = text_of(
            printing.agenda_pdf(
                selectors.frozen_meeting(whole),
                selectors.frozen_agenda(agenda),
                expected=["Lê Thị Mai"],
                language=language,
                day=date(2026, 4, 20),
            )
        )
        case = meeting.items.get(number=1).case
        assert case is not None
        for words in ("Harvest", case.number, "Repair the gate", "0/1", "Lê Thị Mai"):
            assert words in said


def test_moments_are_kept_in_utc(world: World) -> None:
    frozen = approve(world, sat(world)).frozen
    assert frozen["meeting"]["starts_at"] == datetime(2026, 3, 10, 5, tzinfo=UTC).isoformat()


def rich(world: World) -> Meeting:
    """Return a meeting with everything that minutes can say."""
    before = sat(world)
    earlier = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=-13),
        ends_at=later(days=-13, hours=1),
        by=world.head,
        at=later(days=-14),
    )
    services.hold_meeting(meeting=earlier, by=world.head, at=later(days=-13, hours=1))
    services.add_action(
        meeting=earlier,
        text="Survey the dam",
        category=world.category,
        owner=world.lead,
        due_on=date(2026, 3, 1),
        by=world.officer,
        at=later(days=-12),
    )
    done = services.add_action(
        meeting=before,
        text="Light the bridge",
        category=world.category,
        owner=world.head,
        by=world.head,
        at=later(hours=3),
    ).case
    assert done is not None
    cases.rectify_case(case=done, text="Done.", by=world.head, at=later(hours=4))
    done.refresh_from_db()
    cases.verify_case(case=done, result="confirmed", by=world.officer, at=later(hours=5))
    world.case(title="Lamp dark at the school")
    BasisDocument.objects.update(issuer="")
    other = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.khanh,
        starts_at=later(days=28),
        ends_at=later(days=28, hours=2),
        by=world.head,
        at=NOON,
    )
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=27),
        ends_at=later(days=27, hours=2),
        title="Spring sowing",
        by=world.head,
        at=NOON,
    )
    services.set_material(
        meeting=meeting, topic="Directive 13", material="Read it\nhere", by=world.head, at=NOON
    )
    services.add_duty(meeting=meeting, person=world.boss, by=world.head, at=NOON)
    services.write_minutes(meeting=meeting, minutes="All agreed.", by=world.head, at=NOON)
    answered = services.add_minute_item(meeting=meeting, text="Seed?", by=world.head, at=NOON)
    sent_in = services.add_minute_item(meeting=meeting, text="Topic A", by=world.head, at=NOON)
    unreached = services.add_minute_item(meeting=meeting, text="Ditch?", by=world.head, at=NOON)
    meeting.items.filter(pk=answered.pk).update(
        state="answered", answer="From the store.", answered_by=world.boss, area=world.group
    )
    meeting.items.filter(pk=sent_in.pk).update(state="waiting", sent_in=True)
    meeting.items.filter(pk=unreached.pk).update(state="waiting")
    meeting.duties.filter(person=world.second).update(elsewhere=other)
    Meeting.objects.filter(pk=meeting.pk).update(
        state="held",
        held_at=later(days=27),
        extraordinary_reason="The flood",
        extraordinary_by=world.office,
    )
    return Meeting.objects.get(pk=meeting.pk)


def test_the_paper_says_everything_that_the_record_says(world: World) -> None:
    made = approve(world, rich(world), at=later(days=28))
    said = text_of(made.pdf)
    for words in (
        "Spring sowing",
        "Topic Directive 13",
        "Material Read it here",
        "The flood (Lương Minh Vũ)",
        "Topics sent in 1. Topic A",
        "Kept and verified: 1/2 = 50.00",
        "Verified and closed",
        "Still open from earlier meetings",
        "25 February 2026: Survey the dam",
        "(proposed)",
        "Raised, overdue",
        "Lamp dark at the school",
        "Tổ 1: Seed?",
        "Trần Văn Lộc: From the store.",
        "Ditch? It was not reached.",
        "All agreed.",
        "Invited",
        "Expected in another meeting",
        "No. 1524-QD/HU of 11 October 2022",
    ):
        assert words in said.replace("\u00a0", " "), words
    chinese = printing.minutes_pdf(made.frozen, digest=made.digest, language="zh-hans")
    assert "Tỉnh Bến Tre，Huyện Châu Thành，Xã Tân Thạch" in text_of(chinese)
