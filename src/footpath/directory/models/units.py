"""Tier, Area, Organization, Person, Post, Membership. Source: DESIGN section 4, Popolo."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from footpath.accounts import selectors as accounts
from footpath.accounts.rules import Role, Scope
from footpath.core import formats, search, textsearch, tree
from footpath.directory import rules


class Named(models.Model):
    """A thing of the organisation's own tables with its name in four languages."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=120, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """Return the name in the reader's language, in English where it has none."""
        language = (get_language() or "en")[:2]
        return getattr(self, f"name_{language}", "") or self.name_en

    def __str__(self) -> str:
        return self.name


class Tier(Named):
    """A level of the tree: province, district, commune, hamlet, household group."""

    level = models.PositiveSmallIntegerField(_("level, the root is 0"), unique=True)
    needs_lead = models.BooleanField(_("every place needs somebody in charge"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["level"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")

    @property
    def many(self) -> str:
        """Return the heading over several places of this tier: "Hamlets"."""
        return rules.many(self.name, (get_language() or "en")[:2])

    def counted(self, number: int) -> str:
        """Return how many places of this tier there are, in words: "8 hamlets"."""
        return rules.counted(
            number, formats.number(number), self.name, (get_language() or "en")[:2]
        )


class AreaQuerySet(models.QuerySet["Area"]):
    """Filters on places."""

    def in_force(self, day: date) -> AreaQuerySet:
        """Return the places that exist on the day."""
        return self.filter(
            models.Q(valid_from=None) | models.Q(valid_from__lte=day),
            models.Q(valid_until=None) | models.Q(valid_until__gte=day),
        )

    def within(self, path: str) -> AreaQuerySet:
        """Return the place with this path and everything below it; "" is everything."""
        return self.filter(tree.within(path))

    def matching(self, typed: str) -> AreaQuerySet:
        """Return the places found by what was typed, without diacritics, Chinese by pairs."""
        return search.matching(self, typed)  # type: ignore[return-value]


class Area(models.Model):
    """A place: a province, a district, a commune, a hamlet or a household group."""

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="areas")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    type_name = models.CharField(_("kind of place"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = tree.PathField(db_index=True, editable=False, default="")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until, included"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("invented for the demonstration"), default=False)
    search = models.TextField(editable=False, default="")

    objects: ClassVar[AreaQuerySet] = AreaQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(valid_until=None), name="area_code_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None)
                | models.Q(valid_from=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="area_ends_after_it_begins",
            ),
        )
        indexes = (
            models.Index(fields=["parent", "name"], name="area_parent_name"),
            models.Index(fields=["tier", "path"], name="area_tier_path"),
        )
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """Return the name without its kind: "Xã Tân Thạch" is "Tân Thạch"."""
        return rules.short_name(self.name, self.type_name)

    @property
    def lang(self) -> str:
        """Return the language of the name, for the page's ``lang``; "" when unknown."""
        return rules.language_of(self.name)

    @property
    def ancestor_ids(self) -> list[int]:
        """Return the keys from the root down to this place itself."""
        return tree.ids_of(self.path)

    def get_absolute_url(self) -> str:
        """Return the place's page."""
        return reverse("directory:area", args=[self.code])

    def searchable(self) -> str:
        """Return the text by which the place is found."""
        return textsearch.document(self.name, self.code)


class Organization(models.Model):
    """A committee, an office, an agency or an enterprise; it may stand under another."""

    class Kind(models.TextChoices):
        """What sort of organization it is."""

        COMMITTEE = "committee", _("Committee")
        OFFICE = "office", _("Office")
        AGENCY = "agency", _("Agency")
        ASSOCIATION = "association", _("Association")
        ENTERPRISE = "enterprise", _("Enterprise")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OFFICE)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    # Empty for an organization that stands above all places, such as the administration itself.
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="organizations"
    )
    is_synthetic = models.BooleanField(_("invented for the demonstration"), default=False)
    search = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the organization's page."""
        return reverse("directory:organization", args=[self.code])

    @property
    def lang(self) -> str:
        """Return the language of the name, for the page's ``lang``; "" when unknown."""
        return rules.language_of(self.name)

    @property
    def path(self) -> str:
        """Return the path of its place; "", the whole tree, for an organization without one."""
        return self.area.path if self.area is not None else ""

    def searchable(self) -> str:
        """Return the text by which the organization is found."""
        return textsearch.document(self.name, self.code)


class Person(models.Model):
    """Somebody in office. People outside office have no row here (principle 1)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="person",
    )
    code = models.CharField(_("staff number"), max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("office telephone"), max_length=40, blank=True)
    email = models.EmailField(_("office e-mail"), blank=True)
    home_area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="people_at_home"
    )
    is_synthetic = models.BooleanField(_("invented for the demonstration"), default=False)
    search = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the person's page."""
        return reverse("directory:person", args=[self.pk])

    def searchable(self) -> str:
        """Return the text by which the person is found."""
        return textsearch.document(self.name, self.code or "")

    @property
    def actor_key(self) -> str:
        """Return who this is in a line of the trail."""
        return f"person:{self.pk}"

    @property
    def actor_name(self) -> str:
        """Return the name that a line of the trail keeps."""
        return self.name

    @cached_property
    def scope(self) -> Scope:
        """Return what this person's posts, memberships and assignments grant today."""
        return accounts.scope_of(self.pk)


class Post(models.Model):
    """A seat in an organization. Its role holds over the post's place, else the organization's."""

    ROLES = tuple(role for role in Role if role != Role.OFFICER)

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("title"), max_length=160)
    role = models.CharField(
        _("role"),
        max_length=20,
        default=Role.MEMBER,
        choices=[
            (Role.MEMBER.value, _("Member")),
            (Role.HEAD.value, _("Head of a commune")),
            (Role.OFFICE.value, _("District office")),
            (Role.AUDITOR.value, _("Auditor")),
            (Role.ADMINISTRATOR.value, _("Administrator")),
        ],
    )
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="posts"
    )
    covers_everything = models.BooleanField(_("role holds everywhere"), default=False)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "title"], name="post_title_in_organization"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """A person in an organization, in a post if it has one, from a day until a day (included)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships"
    )
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    start = models.DateField(_("from"))
    until = models.DateField(_("until, included"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "organization", "start"], name="membership_starts_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("start")),
                name="membership_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.organization}"


class ImportRun(models.Model):
    """One file of places, organizations or people: checked, then taken whole or not at all."""

    class Kind(models.TextChoices):
        """What the file holds."""

        AREAS = "areas", _("Places")
        ORGANIZATIONS = "organizations", _("Organizations")
        PEOPLE = "people", _("People")

    class State(models.TextChoices):
        """How far the run has come."""

        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, not yet taken")
        REFUSED = "refused", _("Refused")
        TAKING = "taking", _("Being taken")
        DONE = "done", _("Done")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.CHECKING)
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/", blank=True)
    digest = models.CharField(max_length=64)
    mapping = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    preview = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.file_name
