"""The first administrator, made from the command line before there is anybody to ask."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from footpath.accounts import audit
from footpath.accounts import services as accounts
from footpath.accounts.rules import Role
from footpath.core import clock
from footpath.core.errors import InvalidValue
from footpath.directory.models import Membership, Organization, Person, Post

CODE = "administration"


@transaction.atomic
def create_administrator(
    *, username: str, password: str, name: str, by: audit.System, at: datetime
) -> Person:
    """Make a user, the person behind it, and a post over the whole tree; return the person.

    The post belongs to the organization "administration", which stands above all places and is
    made when it is missing: places may be imported before or after. Raises InvalidValue when the
    user name is taken or the password is too weak.
    """
    name = " ".join(name.split()) or username
    if len(name) > 200:
        raise InvalidValue("A name has at most 200 characters.", field="name")
    user = accounts.create_user(username=username, password=password, by=by, at=at)
    person = Person(name=name, user=user)
    person.search = person.searchable()
    person.save()
    audit.first_line("directory.person_created", by=by, subject=person, at=at, after={"name": name})
    post = _post(by, at)
    Membership.objects.create(
        person=person, organization=post.organization, post=post, start=clock.day_of(at)
    )
    audit.record(
        "directory.membership_started", by=by, subject=person, at=at, after={"post": post.pk}
    )
    return person


def _post(by: audit.System, at: datetime) -> Post:
    """Return the post over everything, made together with its organization when missing."""
    found = (
        Post.objects.filter(role=Role.ADMINISTRATOR, covers_everything=True)
        .filter(organization__code=CODE)
        .select_related("organization")
        .first()
    )
    if found is not None:
        return found
    home = Organization.objects.filter(code=CODE).first()
    if home is None:
        home = Organization(code=CODE, name="Administration", kind=Organization.Kind.OFFICE)
        home.search = home.searchable()
        home.save()
        audit.first_line("directory.organization_created", by=by, subject=home, at=at)
    post = Post.objects.create(
        organization=home, title="Administrator", role=Role.ADMINISTRATOR, covers_everything=True
    )
    audit.record(
        "directory.post_created", by=by, subject=home, at=at, after={"title": "Administrator"}
    )
    return post
