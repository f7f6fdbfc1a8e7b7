"""Item: what regulations, answers and practices have in common, so that one list holds them all."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.core import search
from footpath.directory.models import Named, Person
from footpath.knowledge import rules


class Topic(Named):
    """What something is about. The first topics are those that questions are asked under."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("may be chosen"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class ItemQuerySet(models.QuerySet["Item"]):
    """Filters on items of the library."""

    def open(self) -> ItemQuerySet:
        """Return what everybody who is signed in may read."""
        return self.filter(is_open=True)

    def matching(self, typed: str) -> ItemQuerySet:
        """Return the items found by what was typed, without diacritics, Chinese by pairs."""
        return search.matching(self, typed)  # type: ignore[return-value]


class Item(models.Model):
    """One thing of the library; ``kind`` says which of the three tables holds the rest of it.

    ``version`` grows with every change, so that a deed on words somebody else has changed
    meanwhile is refused.
    """

    class Kind(models.TextChoices):
        """What it is; the values are those of ``rules.Kind``."""

        REGULATION = "regulation", _("Regulation")
        ANSWER = "answer", _("Answer")
        PRACTICE = "practice", _("Good practice")

    class State(models.TextChoices):
        """How far it has come; the values are those of ``rules.State``."""

        IN_FORCE = "in_force", _("In force")
        REPLACED = "replaced", _("Replaced")
        REPEALED = "repealed", _("Repealed")
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        PROPOSED = "proposed", _("Proposed")
        ASSESSED = "assessed", _("Assessed")
        SELECTED = "selected", _("Selected")
        DECLINED = "declined", _("Declined")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=20, choices=State.choices)
    is_open = models.BooleanField(default=False)  # follows from the state
    title = models.CharField(_("title"), max_length=300)
    summary = models.CharField(max_length=300, blank=True)  # the first words, for lists
    language = models.CharField(_("language"), max_length=10)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="items")
    day = models.DateField()  # by which lists are sorted: of issue, of publication, of selection
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    search = models.TextField(editable=False, default="")

    objects: ClassVar[ItemQuerySet] = ItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="item_state_of_kind",
                condition=models.Q(
                    *(
                        models.Q(kind=kind.value, state__in=[state.value for state in states])
                        for kind, states in rules.STATES.items()
                    ),
                    _connector=models.Q.OR,
                ),
            ),
            models.CheckConstraint(
                name="item_open_by_state",
                condition=models.Q(is_open=True, state__in=[state.value for state in rules.OPEN])
                | (
                    models.Q(is_open=False)
                    & ~models.Q(state__in=[state.value for state in rules.OPEN])
                ),
            ),
        )
        indexes = (
            models.Index(
                fields=["-day", "-id"], condition=models.Q(is_open=True), name="item_open_newest"
            ),
            models.Index(
                fields=["kind", "-day", "-id"],
                condition=models.Q(is_open=True),
                name="item_open_of_kind",
            ),
            models.Index(
                fields=["-day", "-id"], condition=models.Q(is_open=False), name="item_in_work"
            ),
        )
        verbose_name = _("item of the library")
        verbose_name_plural = _("items of the library")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the item's page."""
        return reverse(f"knowledge:{self.kind}", args=[self.pk])

    @property
    def holds(self) -> bool:
        """Return whether it holds today: in force, published, selected."""
        return self.state in rules.HOLDS
