"""Deeds on organizations and their posts. Posts give roles, so nobody gives more than they hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts import services as accounts
from footpath.accounts.models import User
from footpath.accounts.permissions import require
from footpath.accounts.rules import Role
from footpath.core import textsearch
from footpath.core.errors import InvalidValue
from footpath.directory.models import Area, Membership, Organization, Person, Post
from footpath.directory.services import values


@transaction.atomic
def create_organization(
    *,
    code: str,
    name: str,
    area: Area | None,
    by: Person,
    at: datetime,
    kind: str = Organization.Kind.OFFICE,
    parent: Organization | None = None,
    is_synthetic: bool = False,
) -> Organization:
    """Add an organization of a place (None: above all places) and return it.

    Raises InvalidValue when the code is taken.
    """
    if area is None:
        values.require_power_over(by, "")
    else:
        require(by, "directory.change", area)
    made = Organization(
        code=_free_code(code),
        name=values.name_line(name),
        kind=_kind(kind),
        area=area,
        parent=parent,
        is_synthetic=is_synthetic,
    )
    made.search = made.searchable()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:
        raise _code_taken(made.code) from taken
    audit.record("directory.organization_created", by=by, subject=made, at=at, after=snapshot(made))
    return made


@transaction.atomic
def change_organization(
    *,
    organization: Organization,
    code: str,
    name: str,
    kind: str,
    area: Area | None,
    by: Person,
    at: datetime,
    parent: Organization | None = None,
) -> None:
    """Rename an organization, put right its code or kind, or move it to a place or under another.

    Raises InvalidValue when the code is taken or the organization would stand under itself.
    """
    require(by, "directory.change", organization)
    area_id = None if area is None else area.pk
    moved = area_id != organization.area_id
    if moved:
        values.require_power_over(by, "" if area is None else area.path)
    code = _free_code(code, but=organization)
    name = values.name_line(name)
    _check_parent(organization, parent)
    try:
        with transaction.atomic():
            before = values.guarded_update(
                organization,
                code=code,
                name=name,
                kind=_kind(kind),
                area_id=area_id,
                parent_id=parent.pk if parent is not None else None,
                search=textsearch.document(name, code),
            )
    except IntegrityError as taken:
        raise _code_taken(code) from taken
    if not before:
        return
    audit.record(
        "directory.organization_changed",
        by=by,
        subject=organization,
        at=at,
        before=before,
        after=snapshot(organization),
    )
    if moved:
        # Rooms above grant roles over organizations too; which users those are, they alone know.
        accounts.scope_changed(User.objects.values_list("pk", flat=True))


@transaction.atomic
def create_post(
    *,
    organization: Organization,
    title: str,
    by: Person,
    at: datetime,
    role: str = Role.MEMBER,
    area: Area | None = None,
    covers_everything: bool = False,
) -> Post:
    """Add a post to an organization and return it.

    Raises InvalidValue when the organization has a post of this title, NotAllowed when the role
    would hold where the actor does not administer.
    """
    require(by, "directory.change", organization)
    post = Post(
        organization=organization,
        title=values.name_line(title, field="title", most=160),
        role=_role(role),
        area=area,
        covers_everything=covers_everything,
    )
    values.require_power_over(by, granted_path(post))
    _save_titled(post)
    audit.record("directory.post_created", by=by, subject=post, at=at, after=post_snapshot(post))
    return post


@transaction.atomic
def change_post(
    *,
    post: Post,
    title: str,
    role: str,
    by: Person,
    at: datetime,
    area: Area | None = None,
    covers_everything: bool = False,
) -> None:
    """Change the title of a post, its role, or where the role holds.

    The actor must administer both where the role held and where it is to hold.
    """
    require(by, "directory.change", post)
    values.require_power_over(by, granted_path(post))
    title = values.name_line(title, field="title", most=160)
    wanted = Post(organization=post.organization, area=area, covers_everything=covers_everything)
    values.require_power_over(by, granted_path(wanted))
    try:
        with transaction.atomic():
            before = values.guarded_update(
                post,
                title=title,
                role=_role(role),
                area_id=area.pk if area is not None else None,
                covers_everything=covers_everything,
            )
    except IntegrityError as taken:
        raise _title_taken(post) from taken
    if not before:
        return
    audit.record(
        "directory.post_changed",
        by=by,
        subject=post,
        at=at,
        before=before,
        after=post_snapshot(post),
    )
    accounts.scope_changed(users_in(post))


@transaction.atomic
def move_post(
    *, post: Post, organization: Organization, on: date, by: Person, at: datetime
) -> None:
    """Put a post under another organization from a day on; whoever holds it moves with it.

    Their membership ends on the day before and goes on in the new organization; one that begins
    that day or later simply moves. Raises InvalidValue when a holder is a member there already or
    a post there has the same title.
    """
    require(by, "directory.change", post)
    require(by, "directory.change", organization)
    if organization.pk == post.organization_id:
        raise InvalidValue(_("The post is there already."), field="organization")
    wanted = Post(
        organization=organization, area=post.area, covers_everything=post.covers_everything
    )
    values.require_power_over(by, granted_path(post))
    values.require_power_over(by, granted_path(wanted))
    before = post_snapshot(post)
    concerned = users_in(post)
    try:
        with transaction.atomic():
            values.guarded_update(post, organization_id=organization.pk)
    except IntegrityError as taken:
        raise _title_taken(wanted, post.title) from taken
    for held in _still_held(post, on):
        _move_membership(held, organization, on)
    audit.record(
        "directory.post_moved",
        by=by,
        subject=post,
        at=at,
        before=before,
        after=post_snapshot(post) | {"on": on.isoformat()},
    )
    accounts.scope_changed(concerned)


def granted_path(post: Post) -> str:
    """Return the path of the place that the role of a post holds over; "" is everything."""
    if post.covers_everything:
        return ""
    return str(post.organization.path if post.area is None else post.area.path)


def users_in(post: Post) -> list[int]:
    """Return the keys of the users whose memberships name the post."""
    rows = Membership.objects.filter(post=post, person__user__isnull=False)
    return [pk for pk in rows.values_list("person__user_id", flat=True) if pk is not None]


def snapshot(organization: Organization) -> dict[str, Any]:
    """Return the values of an organization that the trail keeps a digest of."""
    return {
        "code": organization.code,
        "name": organization.name,
        "kind": str(organization.kind),
        "area": organization.area_id,
        "parent": organization.parent_id,
    }


def post_snapshot(post: Post) -> dict[str, Any]:
    """Return the values of a post that the trail keeps a digest of."""
    return {
        "organization": post.organization_id,
        "title": post.title,
        "role": str(post.role),
        "area": post.area_id,
        "covers_everything": post.covers_everything,
    }


def _still_held(post: Post, on: date) -> list[Membership]:
    rows = Membership.objects.select_for_update().filter(
        Q(until=None) | Q(until__gte=on), post=post
    )
    return list(rows.order_by("pk"))


def _move_membership(held: Membership, organization: Organization, on: date) -> None:
    there = Membership.objects.filter(
        Q(until=None) | Q(until__gte=max(on, held.start)),
        person=held.person_id,
        organization=organization,
    )
    if held.until is not None:
        there = there.filter(start__lte=held.until)
    if there.exists():
        raise InvalidValue(
            _("%(name)s is a member of %(organization)s already. End that membership first.")
            % {"name": held.person.name, "organization": organization.name},
            field="organization",
        )
    if held.start >= on:
        values.guarded_update(held, organization_id=organization.pk)
        return
    last = held.until
    values.guarded_update(held, until=on - timedelta(days=1))
    Membership.objects.create(
        person_id=held.person_id,
        organization=organization,
        post_id=held.post_id,
        start=on,
        until=last,
    )


def _check_parent(organization: Organization, parent: Organization | None) -> None:
    above = parent
    while above is not None:
        if above.pk == organization.pk:
            raise InvalidValue(_("An organization cannot stand under itself."), field="parent")
        above = above.parent


def _save_titled(post: Post) -> None:
    try:
        with transaction.atomic():
            post.save(force_insert=True)
    except IntegrityError as taken:
        raise _title_taken(post) from taken


def _title_taken(post: Post, title: str = "") -> InvalidValue:
    return InvalidValue(
        _("%(organization)s has a post “%(title)s” already.")
        % {"organization": post.organization.name, "title": title or post.title},
        field="title",
    )


def _free_code(code: str, *, but: Organization | None = None) -> str:
    code = values.code_line(code)
    rows = Organization.objects.filter(code=code)
    if (rows if but is None else rows.exclude(pk=but.pk)).exists():
        raise _code_taken(code)
    return code


def _code_taken(code: str) -> InvalidValue:
    return InvalidValue(
        _("Another organization has the code %(code)s.") % {"code": code}, field="code"
    )


def _kind(kind: str) -> str:
    if kind not in Organization.Kind.values:
        raise InvalidValue(_("Choose what sort of organization it is."), field="kind")
    return str(kind)


def _role(role: str) -> str:
    if role not in set(Post.ROLES):
        raise InvalidValue(_("Choose a role from the list."), field="role")
    return str(role)
