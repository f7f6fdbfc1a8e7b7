"""Deeds on people in office: who they are, where they belong, and how they sign in."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts import services as accounts
from footpath.accounts.models import User
from footpath.accounts.permissions import require
from footpath.core import textsearch
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Area, Membership, Organization, Person, Post
from footpath.directory.services import values
from footpath.directory.services.organizations import granted_path

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Signs that cannot be taken for one another when a password is read out or copied by hand."""


@transaction.atomic
def create_person(
    *,
    name: str,
    by: Person,
    at: datetime,
    code: str = "",
    phone: str = "",
    email: str = "",
    home_area: Area | None = None,
    is_synthetic: bool = False,
) -> Person:
    """Add somebody in office and return them; only what the office needs is kept (principle 1).

    Raises InvalidValue when the staff number is taken or the e-mail address is none.
    """
    require(by, "directory.change")
    person = Person(
        name=values.name_line(name),
        code=_free_code(code),
        phone=values.one_line(phone, field="phone", most=40),
        email=_email(email),
        home_area=home_area,
        is_synthetic=is_synthetic,
    )
    person.search = person.searchable()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as taken:
        raise _code_taken(code) from taken
    audit.record("directory.person_created", by=by, subject=person, at=at, after=snapshot(person))
    return person


@transaction.atomic
def change_person(
    *,
    person: Person,
    name: str,
    by: Person,
    at: datetime,
    code: str = "",
    phone: str = "",
    email: str = "",
    home_area: Area | None = None,
) -> None:
    """Put right the name, staff number, telephone, e-mail address or home of a person.

    Raises InvalidValue as ``create_person`` does, StaleState when somebody else was quicker.
    """
    require(by, "directory.change", person)
    name = values.name_line(name)
    number = _free_code(code, but=person)
    try:
        with transaction.atomic():
            before = values.guarded_update(
                person,
                name=name,
                code=number,
                phone=values.one_line(phone, field="phone", most=40),
                email=_email(email),
                home_area_id=home_area.pk if home_area is not None else None,
                search=textsearch.document(name, number or ""),
            )
    except IntegrityError as taken:
        raise _code_taken(code) from taken
    if not before:
        return
    audit.record(
        "directory.person_changed",
        by=by,
        subject=person,
        at=at,
        before=before,
        after=snapshot(person),
    )
    accounts.scope_changed([person.user_id])  # pages show the name that is kept with the scope


# --- where somebody belongs -----------------------------------------------------------------------


@transaction.atomic
def start_membership(
    *,
    person: Person,
    organization: Organization,
    start: date,
    by: Person,
    at: datetime,
    post: Post | None = None,
    until: date | None = None,
) -> Membership:
    """Say that a person belongs to an organization, perhaps in a post, from a day on.

    Raises InvalidValue when the span overlaps another of the same person there, when the post is
    another organization's, or when it ends before it begins. Both ends are included.
    """
    require(by, "directory.change", organization)
    _check_post(by, organization, post)
    _check_span(start, until)
    Person.objects.select_for_update().get(pk=person.pk)  # deeds on one person's spans queue
    _check_overlap(person, organization, start, until)
    made = Membership.objects.create(
        person=person, organization=organization, post=post, start=start, until=until
    )
    audit.record(
        "directory.membership_started",
        by=by,
        subject=person,
        at=at,
        after=membership_snapshot(made),
    )
    accounts.scope_changed([person.user_id])
    return made


@transaction.atomic
def change_membership(
    *,
    membership: Membership,
    start: date,
    by: Person,
    at: datetime,
    post: Post | None = None,
    until: date | None = None,
) -> None:
    """Put right the post or the days of a membership; the same is refused as at its start."""
    require(by, "directory.change", membership)
    _check_power(by, membership.post)
    if post is None or post.pk != membership.post_id:
        _check_post(by, membership.organization, post)
    _check_span(start, until)
    person = Person.objects.select_for_update().get(pk=membership.person_id)
    _check_overlap(person, membership.organization, start, until, but=membership)
    before = values.guarded_update(
        membership, start=start, until=until, post_id=post.pk if post is not None else None
    )
    if not before:
        return
    audit.record(
        "directory.membership_changed",
        by=by,
        subject=person,
        at=at,
        before=values.told(before),
        after=membership_snapshot(membership),
    )
    accounts.scope_changed([person.user_id])


@transaction.atomic
def end_membership(*, membership: Membership, until: date, by: Person, at: datetime) -> None:
    """Say which day is the last of a membership; the roles of its post end with it.

    Raises InvalidValue for a day before the first, RuleBroken when it has ended already.
    """
    require(by, "directory.change", membership)
    _check_power(by, membership.post)
    if membership.until is not None and membership.until <= until:
        raise RuleBroken(_("This membership ends no later than that already."))
    _check_span(membership.start, until)
    before = values.guarded_update(membership, until=until)
    audit.record(
        "directory.membership_ended",
        by=by,
        subject=membership.person,
        at=at,
        before=values.told(before),
        after=membership_snapshot(membership),
    )
    accounts.scope_changed([membership.person.user_id])


# --- signing in -----------------------------------------------------------------------------------


@transaction.atomic
def give_access(*, person: Person, username: str, by: Person, at: datetime) -> str:
    """Make a user for a person and return the first password, which is shown once and not kept.

    Raises InvalidValue when the user name is empty, unfit or taken, RuleBroken when the person
    has a user already.
    """
    require(by, "accounts.manage", person)
    username = values.one_line(username, field="username", most=150)
    if not username:
        raise InvalidValue(_("Give a user name."), field="username")
    try:
        User._meta.get_field("username").run_validators(username)
    except ValidationError as unfit:
        raise InvalidValue(" ".join(unfit.messages), field="username") from unfit
    if person.user_id is not None:
        raise RuleBroken(_("%(name)s can sign in already.") % {"name": person.name})
    password = new_password()
    user = accounts.create_user(
        username=username, password=password, by=by, at=at, email=person.email
    )
    values.guarded_update(person, user_id=user.pk)
    audit.record(
        "directory.access_given", by=by, subject=person, at=at, after={"username": username}
    )
    return password


@transaction.atomic
def give_new_password(*, person: Person, by: Person, at: datetime) -> str:
    """Set a new password for a person and return it; it is shown once, and sessions end."""
    require(by, "accounts.manage", person)
    password = new_password()
    accounts.set_password(user=_user_of(person), password=password, by=by, at=at)
    return password


@transaction.atomic
def stop_access(*, person: Person, by: Person, at: datetime) -> None:
    """Let a person sign in no more; their sessions end and their records stay.

    Raises RuleBroken for oneself, so that nobody locks the last door from outside.
    """
    require(by, "accounts.manage", person)
    if person.pk == by.pk:
        raise RuleBroken(_("Ask another administrator to stop your own access."))
    accounts.deactivate_user(user=_user_of(person), by=by, at=at)


@transaction.atomic
def resume_access(*, person: Person, by: Person, at: datetime) -> None:
    """Let a person sign in again."""
    require(by, "accounts.manage", person)
    accounts.activate_user(user=_user_of(person), by=by, at=at)


def new_password() -> str:
    """Return a password of four groups of four signs, easy to read out: about 79 bits."""
    groups = ("".join(secrets.choice(_SIGNS) for _sign in range(4)) for _group in range(4))
    return "-".join(groups)


def snapshot(person: Person) -> dict[str, Any]:
    """Return the values of a person that the trail keeps a digest of."""
    return {
        "name": person.name,
        "code": person.code,
        "phone": person.phone,
        "email": person.email,
        "home_area": person.home_area_id,
    }


def membership_snapshot(membership: Membership) -> dict[str, Any]:
    """Return the values of a membership that the trail keeps a digest of."""
    return values.told(
        {
            "person": membership.person_id,
            "organization": membership.organization_id,
            "post": membership.post_id,
            "start": membership.start,
            "until": membership.until,
        }
    )


def _user_of(person: Person) -> User:
    if person.user is None:
        raise RuleBroken(_("%(name)s has no user yet.") % {"name": person.name})
    return person.user


def _check_post(by: Person, organization: Organization, post: Post | None) -> None:
    if post is None:
        return
    if post.organization_id != organization.pk:
        raise InvalidValue(_("Choose a post of this organization."), field="post")
    _check_power(by, post)


def _check_power(by: Person, post: Post | None) -> None:
    if post is not None:
        values.require_power_over(by, granted_path(post))


def _check_span(start: date, until: date | None) -> None:
    if until is not None and until < start:
        raise InvalidValue(_("The last day lies before the first."), field="until")


def _check_overlap(
    person: Person,
    organization: Organization,
    start: date,
    until: date | None,
    *,
    but: Membership | None = None,
) -> None:
    rows = Membership.objects.filter(
        Q(until=None) | Q(until__gte=start), person=person, organization=organization
    )
    if until is not None:
        rows = rows.filter(start__lte=until)
    if (rows if but is None else rows.exclude(pk=but.pk)).exists():
        raise InvalidValue(
            _("%(name)s is a member of %(organization)s on some of these days already.")
            % {"name": person.name, "organization": organization.name},
            field="start",
        )


def _free_code(code: str, *, but: Person | None = None) -> str | None:
    number = values.one_line(code, field="code", most=40)
    if not number:
        return None
    rows = Person.objects.filter(code=number)
    if (rows if but is None else rows.exclude(pk=but.pk)).exists():
        raise _code_taken(number)
    return number


def _code_taken(code: str) -> InvalidValue:
    return InvalidValue(
        _("Somebody else has the staff number %(code)s.") % {"code": code}, field="code"
    )


def _email(email: str) -> str:
    address = email.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as unfit:
        raise InvalidValue(
            _("This is no e-mail address. Write it like name@office.example."), field="email"
        ) from unfit
    return values.one_line(address, field="email", most=254)
