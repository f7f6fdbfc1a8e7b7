"""Builders for what stands in the library: through the services, with short words."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from footpath.accounts.rules import Role
from footpath.directory.models import Person, Post
from footpath.knowledge import services
from footpath.knowledge.models import Answer, Practice, Regulation, Topic
from footpath.knowledge.selectors import Unit
from footpath.knowledge.services import AnswerWords, PracticeWords, RegulationWords
from tests.world import NOON, World, holder, later, topics

ISSUED = date(2022, 10, 11)
ANSWERED = date(2026, 3, 10)
"""A Tuesday, the day of NOON: what was answered then may appear on Monday 23 March."""


def topic(code: str = "duty") -> Topic:
    """Return one of the first topics, written anew where a test emptied all tables."""
    return topics()[code]


def second_office(world: World) -> Person:
    """Return somebody else of the district office."""
    return holder("Second Office", Role.OFFICE, world.district_office, world.district)


def picture(name: str = "page.png") -> SimpleUploadedFile:
    """Return a small picture as it is uploaded."""
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue())


def regulation_words(**said: Any) -> RegulationWords:
    """Return what a regulation says; what is not named is usual."""
    usual = {
        "number": "1524-QĐ/HU",
        "issued_on": ISSUED,
        "title": "Officers in charge of hamlets",
        "topic": topic(),
        "language": "en",
        "issuer": "District committee",
        "text": "Article 1. Every hamlet has somebody in charge.",
    }
    return RegulationWords(**(usual | said))


def regulation(world: World, *, at: datetime = NOON, **said: Any) -> Regulation:
    """Return a regulation in force, entered by the district office."""
    return services.enter_regulation(said=regulation_words(**said), by=world.office, at=at)


def answer_words(**said: Any) -> AnswerWords:
    """Return what an answer says; what is not named is usual."""
    usual = {
        "question": "Who signs when the head is away?",
        "text": "The deputy signs.",
        "topic": topic(),
        "language": "en",
        "consent": True,
    }
    return AnswerWords(**(usual | said))


def draft(world: World, *, at: datetime = NOON, **said: Any) -> Answer:
    """Return a draft written by the head of the commune."""
    return services.draft_answer(
        said=answer_words(**said), answered_on=ANSWERED, by=world.head, at=at
    )


def published(world: World, **said: Any) -> Answer:
    """Return a published answer, drafted by the head and approved by the office."""
    made = draft(world, **said)
    services.approve_answer(answer=made, by=world.office, at=later(days=1))
    services.publish_answer(answer=made, by=world.office, at=later(days=13))
    return made


def practice_words(**said: Any) -> PracticeWords:
    """Return what a practice says; what is not named is usual."""
    usual = {
        "title": "Slips at the gate",
        "description": "Whoever passes takes a slip.",
        "result": "9 of 10 came to the meeting.",
        "topic": topic(),
        "language": "en",
    }
    return PracticeWords(**(usual | said))


def proposed(world: World, *, origin: Unit | None = None, **said: Any) -> Practice:
    """Return a practice of hamlet ``hue`` that its officer has proposed."""
    return services.propose_practice(
        said=practice_words(**said), origin=origin or world.hue, by=world.officer, at=NOON
    )


def post_of(person: Person) -> Post:
    """Return the post that somebody holds."""
    return Post.objects.get(memberships__person=person)


def assessed(world: World, **said: Any) -> Practice:
    """Return a practice that the head of the commune has assessed."""
    made = proposed(world, **said)
    services.assess_practice(
        practice=made,
        post=post_of(world.head),
        sentence="It works.",
        by=world.head,
        at=later(days=1),
    )
    return made


def selected(world: World, **said: Any) -> Practice:
    """Return a practice that the district office has selected."""
    made = assessed(world, **said)
    services.select_practice(practice=made, reason="Cheap.", by=world.office, at=later(days=2))
    return made
