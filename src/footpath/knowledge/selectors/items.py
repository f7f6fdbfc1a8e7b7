"""Finding things in the library: one list of all kinds, and one item with what is its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from footpath.accounts.permissions import may
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Person
from footpath.knowledge import rules
from footpath.knowledge.models import Answer, Item, ItemQuerySet, Practice, Regulation, Topic
from footpath.knowledge.permissions import READERS_OF_PROPOSALS
from footpath.knowledge.rules import Kind, State

NEWEST = Order("day", descending=True, read=date.fromisoformat)

COLUMNS = (
    "id",
    "kind",
    "state",
    "title",
    "summary",
    "language",
    "day",
    "topic_id",
    "regulation__number",
    "regulation__issuer",
    "practice__area__name",
    "practice__organization__name",
)

Whole = Regulation | Answer | Practice
"""An item with everything that belongs to its kind."""


@dataclass(frozen=True)
class Asked:
    """Which items of the library: of a kind, on a topic, in force or not, in a language, found.

    ``work`` asks for what is not open to everybody: drafts, proposals, withdrawn and declined ones.
    """

    typed: str = ""
    kind: Kind | None = None
    topic: Topic | None = None
    holds: bool | None = None
    language: str = ""
    work: bool = False


@dataclass(frozen=True)
class Row:
    """One item in a list."""

    pk: int
    kind: Kind
    state: State
    title: str
    summary: str
    language: str
    day: date
    topic_id: int
    number: str = ""
    source: str = ""
    """The issuer of a regulation, the unit a practice comes from."""

    @property
    def holds(self) -> bool:
        """Return whether it holds today."""
        return self.state in rules.HOLDS

    @property
    def url(self) -> str:
        """Return the item's page."""
        return reverse(f"knowledge:{self.kind}", args=[self.pk])


@dataclass(frozen=True)
class Topics:
    """The topics in their order, by key and by code; one query."""

    rows: Sequence[Topic] = field(default=())

    def by_code(self, code: str) -> Topic | None:
        """Return the topic with this code, or None."""
        return next((topic for topic in self.rows if topic.code == code), None)

    def name_of(self, pk: int) -> str:
        """Return the name of a topic in the reader's language."""
        return next((topic.name for topic in self.rows if topic.pk == pk), "")


def topics() -> Topics:
    """Return every topic, also those that are no longer chosen."""
    return Topics(list(Topic.objects.all()))


def in_work_for(person: Person) -> Q:
    """Return the condition for what is not open and yet somebody may read.

    Answers by those who draft and approve them; practices by whoever proposed them, and by those
    who read proposals of the place they come from.
    """
    own = Q(kind=Kind.PRACTICE, made_by=person)
    for path in person.scope.paths(READERS_OF_PROPOSALS):
        own |= Q(kind=Kind.PRACTICE) & (
            tree.within(path, column="practice__area__path")
            | tree.within(path, column="practice__organization__area__path")
        )
    if may(person, "knowledge.draft"):
        own |= Q(kind=Kind.ANSWER)
    return Q(is_open=False) & own


def library_for(person: Person, asked: Asked) -> ItemQuerySet:
    """Return the items a person may read that fit what was asked."""
    rows = Item.objects.all()
    if not may(person, "knowledge.see"):
        return rows.none()
    rows = rows.filter(in_work_for(person)) if asked.work else rows.open()
    if asked.kind is not None:
        rows = rows.filter(kind=asked.kind)
    if asked.topic is not None:
        rows = rows.filter(topic=asked.topic)
    if asked.language:
        rows = rows.filter(language=asked.language)
    if asked.holds is not None:
        held = Q(state__in=rules.HOLDS)
        rows = rows.filter(held if asked.holds else ~held)
    return rows.matching(asked.typed)


def values_of(rows: ItemQuerySet) -> QuerySet[Any, dict[str, Any]]:
    """Return what a list needs of items, without a model a row."""
    found: QuerySet[Any, dict[str, Any]] = rows.values(*COLUMNS)
    return found


def page_of_library(
    person: Person, asked: Asked, *, after: str | None = None, size: int = 30
) -> Page[Row]:
    """Return a page of the library, the newest first; one query, one or two more when typed."""
    found = page_of(values_of(library_for(person, asked)), order=NEWEST, after=after, size=size)
    return Page([row_of(row) for row in found.rows], found.next_after)


def row_of(row: Mapping[str, Any]) -> Row:
    """Return an item of a list from its values."""
    origin = row["practice__area__name"] or row["practice__organization__name"]
    return Row(
        pk=row["id"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        title=row["title"],
        summary=row["summary"],
        language=row["language"],
        day=row["day"],
        topic_id=row["topic_id"],
        number=row["regulation__number"] or "",
        source=row["regulation__issuer"] or origin or "",
    )


def get_item_for(person: Person, *, pk: int) -> Whole:
    """Return an item with everything of its kind; NotThere unless the person may read it."""
    if not may(person, "knowledge.see"):
        raise NotThere
    readable = Item.objects.filter(Q(is_open=True) | in_work_for(person), pk=pk)
    kind = readable.values_list("kind", flat=True).first()
    if kind is None:
        raise NotThere
    found: Whole | None
    if kind == Kind.REGULATION:
        regulations = Regulation.objects.select_related("topic", "made_by", "replaced_by")
        found = regulations.filter(pk=pk).first()
    elif kind == Kind.ANSWER:
        people = ("drafted_by", "approved_by", "asked_to_approve", "withdrawn_by")
        answers = Answer.objects.select_related("topic", "made_by", *people)
        found = answers.filter(pk=pk).first()
    else:
        practices = Practice.objects.select_related(
            "topic",
            "made_by",
            "area",
            "organization__area",
            "assessed_by",
            "assessed_as",
            "decided_by",
        )
        found = practices.filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found
