"""Who may do what with a case. Taking part opens some deeds to people without a role there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.assignments.models import Assignment
from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Area


def path_of(thing: Any) -> str | None:
    """Return the path of the place a case belongs to; a place stands for itself."""
    if isinstance(thing, Area):
        return str(thing.path)
    if isinstance(thing, Case):
        return thing.area_path
    return None


def takes_part(person: Any, case: Any) -> bool:
    """Return whether the person raised or owns the case, or has any part in it."""
    if not isinstance(case, Case):
        return False
    if person.pk in (case.raised_by_id, case.owner_id):
        return True
    return any(part.person_id == person.pk for part in case.participants.all())


def owns(person: Any, case: Any) -> bool:
    """Return whether the person owns the case now."""
    return isinstance(case, Case) and person.pk == case.owner_id


def raised(person: Any, case: Any) -> bool:
    """Return whether the person raised the case."""
    return isinstance(case, Case) and person.pk == case.raised_by_id


def belongs(person: Any, case: Any) -> bool:
    """Return whether the person works in the organization that the case belongs to."""
    return isinstance(case, Case) and case.organization_id in person.scope.organizations()


def is_with(person: Any, case: Any) -> bool:
    """Return whether the person works in the organization of the case or in the agency asked."""
    if not isinstance(case, Case):
        return False
    ours = person.scope.organizations()
    return case.organization_id in ours or case.agency_id in ours


def concerns(person: Any, case: Any) -> bool:
    """Return whether the person takes part in the case, or the case is with their organization."""
    return takes_part(person, case) or is_with(person, case)


def owns_or_belongs(person: Any, case: Any) -> bool:
    """Return whether the person owns the case, or it belongs to their organization."""
    return owns(person, case) or belongs(person, case)


def owns_or_is_with(person: Any, case: Any) -> bool:
    """Return whether the person owns the case, or it is with their organization."""
    return owns(person, case) or is_with(person, case)


def leads_it(person: Any, case: Any) -> bool:
    """Return whether the person heads the organization of the case, or works in its office."""
    led = person.scope.organizations((Role.HEAD, Role.OFFICE))
    return isinstance(case, Case) and case.organization_id in led


def handles(person: Any, case: Any) -> bool:
    """Return whether the person is the one who may know the confidential reporter."""
    return isinstance(case, Case) and person.pk == case.handler_id


def leads_cluster(person: Any, case: Any) -> bool:
    """Return whether the person leads the cluster that the place of the case belongs to."""
    return isinstance(case, Case) and any(
        case.area_path.startswith(path) for path in cluster_paths(person)
    )


def cluster_paths(person: Any) -> tuple[str, ...]:
    """Return the paths of the places that the person leads as cluster lead today; asked once."""
    if "_cluster_paths" not in person.__dict__:
        rows = Assignment.objects.in_force(clock.today()).filter(
            person=person, role=Assignment.Role.CLUSTER_LEAD, area__isnull=False
        )
        paths = rows.order_by("area__path").values_list("area__path", flat=True)
        person.__dict__["_cluster_paths"] = tuple(paths)
    found: tuple[str, ...] = person.__dict__["_cluster_paths"]
    return found


def register() -> None:
    """Register this room's deeds."""
    readers = (Role.OFFICER, Role.HEAD, Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR)
    workers = (Role.OFFICER, Role.HEAD, Role.OFFICE)
    leaders = (Role.HEAD, Role.OFFICE)
    part = gettext_noop("everybody who takes part in the case, or works in its organization")
    ours = gettext_noop("who works in the organization it belongs to")
    owner = gettext_noop("its owner, and who works in its organization")

    def deed(name: str, *roles: Role, sentence: str, also: Any = None, says: str = "") -> None:
        allow(
            f"cases.{name}",
            *roles,
            path_of=path_of,
            sentence=sentence,
            also=also,
            also_says=says,
        )

    deed("see", *readers, sentence=gettext_noop("read cases"), also=concerns, says=part)
    deed("raise", Role.MEMBER, *workers, sentence=gettext_noop("raise a case"))
    deed(
        "accept",
        *workers,
        sentence=gettext_noop("accept a case"),
        also=owns_or_belongs,
        says=owner,
    )
    deed(
        "assign",
        *leaders,
        sentence=gettext_noop("give a case an owner"),
        also=leads_it,
        says=gettext_noop("who heads the organization it belongs to"),
    )
    deed("guide", *workers, sentence=gettext_noop("give guidance"), also=concerns, says=part)
    deed(
        "rectify",
        *workers,
        sentence=gettext_noop("say that a case is rectified"),
        also=owns_or_is_with,
        says=owner,
    )
    deed("verify", *workers, sentence=gettext_noop("verify a case on the spot"))
    deed("reopen", *workers, sentence=gettext_noop("reopen a case"), also=concerns, says=part)
    deed("escalate", *workers, sentence=gettext_noop("escalate a case"), also=concerns, says=part)
    deed(
        "return",
        *workers,
        sentence=gettext_noop("return a case to who raised it"),
        also=owns_or_belongs,
        says=owner,
    )
    deed(
        "resubmit",
        *workers,
        sentence=gettext_noop("send a returned case in again"),
        also=raised,
        says=gettext_noop("who raised it"),
    )
    deed("mark_duplicate", *workers, sentence=gettext_noop("mark a case as a duplicate"))
    deed("note", *workers, sentence=gettext_noop("add a note or a photo"), also=concerns, says=part)
    deed(
        "transfer",
        *leaders,
        sentence=gettext_noop("give a case to another organization"),
        also=belongs,
        says=ours,
    )
    deed(
        "misroute",
        *workers,
        sentence=gettext_noop("say that a case belongs elsewhere"),
        also=belongs,
        says=ours,
    )
    deed(
        "pause",
        *leaders,
        sentence=gettext_noop("pause the clock of a case"),
        also=owns,
        says=gettext_noop("its owner"),
    )
    deed(
        "resume",
        *leaders,
        sentence=gettext_noop("let the clock of a case run again"),
        also=owns,
        says=gettext_noop("its owner"),
    )
    deed("extend", *leaders, sentence=gettext_noop("give a case more time"))
    deed(
        "reply",
        *workers,
        sentence=gettext_noop("answer the reporter of a case"),
        also=owns,
        says=gettext_noop("its owner"),
    )
    deed("publish", *leaders, sentence=gettext_noop("show a case to the public"))
    deed("hide", *leaders, sentence=gettext_noop("take a case from the public"))
    deed(
        "hand_reporter",
        sentence=gettext_noop("let somebody else know a confidential reporter"),
        also=handles,
        says=gettext_noop("its handler, nobody else"),
    )
    deed(
        "remind",
        *leaders,
        sentence=gettext_noop("remind the owner of a case"),
        also=leads_cluster,
        says=gettext_noop("who leads the cluster of the place"),
    )
    deed(
        "clocks",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        sentence=gettext_noop("set how long cases may take"),
    )
    deed(
        "ladder",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        sentence=gettext_noop("set how people are reminded"),
    )
    deed(
        "route",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        sentence=gettext_noop("set where cases belong and when they go up"),
    )
    deed("draw", *leaders, sentence=gettext_noop("draw spot checks"))
    deed("check", *workers, sentence=gettext_noop("make a spot check"))
    deed("systems", Role.ADMINISTRATOR, sentence=gettext_noop("connect other systems by Open311"))
    deed("import", Role.OFFICE, Role.ADMINISTRATOR, sentence=gettext_noop("import cases"))
