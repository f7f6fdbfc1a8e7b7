"""Reference tables of the directory on Django's administration site.

Tiers are kept there, through the deeds of this room. Places, organizations, people, posts and
memberships are only looked at: their pages do the work.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from footpath.accounts.selectors import person_behind
from footpath.core import clock
from footpath.core.admin import ReadOnlyAdmin
from footpath.core.errors import InvalidValue
from footpath.directory import services
from footpath.directory.models import Area, Membership, Organization, Person, Post, Tier


class TierForm(forms.ModelForm):
    """A tier; a level that would turn the tree upside down is refused beside its field."""

    class Meta:
        model = Tier
        fields = services.TIER_FIELDS

    def clean(self) -> dict[str, Any]:
        """Ask the room's own rule before anything is written."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.instance.pk and "level" in cleaned:
            try:
                services.check_tier_level(tier=self.instance, level=cleaned["level"])
            except InvalidValue as broken:
                raise ValidationError({"level": str(broken)}) from broken
        return cleaned


@admin.register(Tier)
class TierAdmin(admin.ModelAdmin):
    """Tiers, their levels and their names in four languages."""

    form = TierForm
    list_display = ("level", "code", "name_en", "name_vi", "name_zh", "name_ru", "needs_lead")
    list_display_links = ("code",)
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Tier | None = None) -> bool:
        """Return whether the tier can go: no place is of it."""
        return obj is not None and not obj.areas.exists()

    def save_model(self, request: HttpRequest, obj: Tier, form: Any, change: bool) -> None:
        """Write the tier through its deed, which leaves a line in the trail."""
        services.save_tier(tier=obj, by=person_behind(request.user), at=clock.now())

    def delete_model(self, request: HttpRequest, obj: Tier) -> None:
        """Take the tier away through its deed."""
        services.remove_tier(tier=obj, by=person_behind(request.user), at=clock.now())


@admin.register(Area)
class AreaAdmin(ReadOnlyAdmin):
    """Places, to look at."""

    list_display = ("name", "code", "tier", "valid_from", "valid_until", "page_link")
    list_filter = ("tier",)
    list_select_related = ("tier",)
    search_fields = ("=code", "name")
    ordering = ("path",)


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """Organizations, to look at."""

    list_display = ("name", "code", "kind", "area", "page_link")
    list_filter = ("kind",)
    list_select_related = ("area",)
    search_fields = ("=code", "name")
    ordering = ("name",)


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """People in office, to look at."""

    list_display = ("name", "code", "user", "page_link")
    list_select_related = ("user",)
    search_fields = ("=code", "name")
    ordering = ("name",)


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin):
    """Posts, to look at; they are changed on the page of their organization."""

    list_display = ("title", "organization", "role", "area", "covers_everything", "page_link")
    list_filter = ("role",)
    list_select_related = ("organization", "area")
    search_fields = ("title",)
    ordering = ("title",)

    @admin.display(description=_("page"))
    def page_link(self, obj: Post) -> str:
        """Return a link to the organization, where its posts are."""
        href = reverse("directory:organization", args=[obj.organization.code])
        return format_html('<a href="{}">{}</a>', href, _("Open the page"))


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Memberships, to look at; they are changed on the page of their person."""

    list_display = ("person", "organization", "post", "start", "until", "page_link")
    list_select_related = ("person", "organization", "post")
    search_fields = ("person__name",)
    ordering = ("-start",)

    @admin.display(description=_("page"))
    def page_link(self, obj: Membership) -> str:
        """Return a link to the person, where the memberships are."""
        href = reverse("directory:person", args=[obj.person_id])
        return format_html('<a href="{}">{}</a>', href, _("Open the page"))
