"""Officials answer to people, not the reverse (principle 1).

Nothing about people outside office is kept but what this list allows, and nothing anywhere records
opinions or scores a person. A new field that touches either fails here first.
"""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from footpath.cases.models import Reporter
from footpath.directory.models import Person

KEPT_OF_PEOPLE_IN_OFFICE = {
    "id",
    "user",
    "code",
    "name",
    "phone",
    "email",
    "home_area",
    "is_synthetic",
    "search",
}
"""Everything a Person may hold: how to reach somebody in office, and where they live, so that
nobody is put in charge of their own hamlet."""

KEPT_OF_PEOPLE_OUTSIDE_OFFICE = {"ReporterMail.reporter"}
"""Fields about citizens: none but to whom an answer goes. A household would be a code in a group,
with the help asked."""

KEPT_OF_REPORTERS = {
    *("id", "case", "is_confidential", "person"),
    *("name", "email", "phone", "language", "code_digest", "confirmed_at", "stopped_at"),
    *("asked_at", "asked_round", "answer", "answer_text", "answered_at", "erased_at"),
}
"""How whoever reported a case is answered, and whether it is fixed in their eyes: no more."""

ABOUT_OPINIONS_OR_SCORES = re.compile(
    r"opinion|belief|loyal|religio|faith|ethnic|nationality|party_member|attitude|reliab|trust_"
    r"|score|rank|grade|rating|merit|behaviou?r|profile|biograph|character_"
)
ABOUT_CITIZENS = re.compile(
    r"citizen|household|resident|inhabitant|neighbou?r|reporter|petitioner|applicant|patient"
    r"|birth|gender|sex$|marital|income|health|disab|identity_card|national_id|photo_of"
)


def fields() -> list[models.Field]:
    """Return every column of our own tables."""
    return [
        field
        for model in apps.get_models()
        if model.__module__.startswith("footpath.")
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    ]


def names(pattern: re.Pattern[str]) -> set[str]:
    """Return the fields whose own name matches, as "Model.field"."""
    return {
        f"{field.model.__name__}.{field.name}" for field in fields() if pattern.search(field.name)
    }


def test_the_search_for_fields_would_find_one() -> None:
    assert ABOUT_CITIZENS.search("household_income")
    assert ABOUT_OPINIONS_OR_SCORES.search("loyalty_score")
    assert len(fields()) > 100


def test_a_person_holds_what_office_needs_and_nothing_else() -> None:
    assert {
        field.name for field in Person._meta.get_fields() if isinstance(field, models.Field)
    } == (KEPT_OF_PEOPLE_IN_OFFICE)


def test_a_reporter_leaves_what_an_answer_needs_and_nothing_else() -> None:
    fields_of = Reporter._meta.get_fields()
    assert {
        field.name for field in fields_of if isinstance(field, models.Field)
    } == KEPT_OF_REPORTERS


def test_no_field_is_about_people_outside_office_but_the_allowed_ones() -> None:
    assert names(ABOUT_CITIZENS) == KEPT_OF_PEOPLE_OUTSIDE_OFFICE


def test_no_field_scores_a_person_or_records_an_opinion() -> None:
    assert names(ABOUT_OPINIONS_OR_SCORES) == set()


def test_only_office_writes_free_text_about_anything() -> None:
    """Each long text is a deed's own words or a paper's; none describes somebody."""
    texts = {
        f"{field.model.__name__}.{field.name}"
        for field in fields()
        if isinstance(field, models.TextField) and field.name != "search"
    }
    assert texts == {
        "Answer.question",
        "Answer.text",
        "Assignment.exception",
        "Assignment.handover_note",
        "Case.public_text",
        "Case.text",
        "Endpoint.sealed_key",
        "Entry.text",
        "Handover.note",
        "Meeting.agenda",
        "Meeting.material",
        "Meeting.minutes",
        "MinuteItem.answer",
        "MinuteItem.text",
        "MonthPlan.decision_note",
        "MonthPlan.error",
        "Plan.decision_note",
        "Plan.error",
        "Practice.description",
        "Practice.result",
        "Regulation.text",
        "Reminder.text",
        "Reporter.answer_text",
        "Series.agenda",
        "Session.session_data",
        "SpotCheck.text",
        "TimetableRun.error",
    }
