"""Who may do what with a case. Taking part opens some deeds to people without a role there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import READERS, Role
from footpath.assignments.models import Assignment
from footpath.cases.models import Case, LedgerImport
from footpath.core import clock
from footpath.directory.models import Area
from footpath.directory.permissions import top_of_tree


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


def started(person: Any, run: Any) -> bool:
    """Return whether the person has sent the file of an import."""
    return isinstance(run, LedgerImport) and person.pk == run.started_by_id


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


WORKERS = (Role.OFFICER, Role.HEAD, Role.OFFICE)
"""Roles that work on the cases of their places."""

LEADERS = (Role.HEAD, Role.OFFICE)
"""Roles that say whose a case is, when its clock stands and who sees it."""

SETTERS = (Role.OFFICE, Role.ADMINISTRATOR)
"""Roles that set what holds for all cases of their places."""


class Also(NamedTuple):
    """Who may do a deed without a role there: the question that is asked, and its words."""

    question: Callable[[Any, Any], bool]
    says: str


CONCERNED = Also(
    concerns, gettext_noop("everybody who takes part in the case, or works in its organization")
)
OURS = Also(belongs, gettext_noop("who works in the organization it belongs to"))
OWNER = Also(owns, gettext_noop("its owner"))
_OWNER_AND_OURS = gettext_noop("its owner, and who works in its organization")
OWNER_AND_OURS = Also(owns_or_belongs, _OWNER_AND_OURS)
OWNER_AND_ASKED = Also(owns_or_is_with, _OWNER_AND_OURS)
LED = Also(leads_it, gettext_noop("who heads the organization it belongs to"))
RAISER = Also(raised, gettext_noop("who raised it"))
HANDLER = Also(handles, gettext_noop("its handler, nobody else"))
IMPORTER = Also(started, gettext_noop("who started it"))
CLUSTER_LEAD = Also(leads_cluster, gettext_noop("who leads the cluster of the place"))


def register() -> None:
    """Register this room's deeds."""
    _register_life()
    _register_thread()
    _register_whose_it_is()
    _register_clock()
    _register_outside()
    _register_supervision()
    _register_settings()


def _deed(name: str, roles: Collection[Role], sentence: str, also: Also | None = None) -> None:
    question, says = also or (None, "")
    allow(
        f"cases.{name}", *roles, path_of=path_of, sentence=sentence, also=question, also_says=says
    )


def _register_life() -> None:
    _deed("raise", (Role.MEMBER, *WORKERS), gettext_noop("raise a case"))
    _deed("accept", WORKERS, gettext_noop("accept a case"), OWNER_AND_OURS)
    _deed("rectify", WORKERS, gettext_noop("say that a case is rectified"), OWNER_AND_ASKED)
    _deed("verify", WORKERS, gettext_noop("verify a case on the spot"))
    _deed("reopen", WORKERS, gettext_noop("reopen a case"), CONCERNED)
    _deed("return", WORKERS, gettext_noop("return a case to who raised it"), OWNER_AND_OURS)
    _deed("resubmit", WORKERS, gettext_noop("send a returned case in again"), RAISER)
    _deed("mark_duplicate", WORKERS, gettext_noop("mark a case as a duplicate"))


def _register_thread() -> None:
    _deed("see", READERS, gettext_noop("read cases"), CONCERNED)
    _deed("guide", WORKERS, gettext_noop("give guidance"), CONCERNED)
    _deed("note", WORKERS, gettext_noop("add a note or a photo"), CONCERNED)
    _deed("escalate", WORKERS, gettext_noop("escalate a case"), CONCERNED)


def _register_whose_it_is() -> None:
    _deed("assign", LEADERS, gettext_noop("give a case an owner"), LED)
    _deed("transfer", LEADERS, gettext_noop("give a case to another organization"), OURS)
    _deed("misroute", WORKERS, gettext_noop("say that a case belongs elsewhere"), OURS)


def _register_clock() -> None:
    _deed("pause", LEADERS, gettext_noop("pause the clock of a case"), OWNER)
    _deed("resume", LEADERS, gettext_noop("let the clock of a case run again"), OWNER)
    _deed("extend", LEADERS, gettext_noop("give a case more time"))


def _register_outside() -> None:
    _deed("reply", WORKERS, gettext_noop("answer the reporter of a case"), OWNER)
    _deed("publish", LEADERS, gettext_noop("show a case to the public"))
    _deed("hide", LEADERS, gettext_noop("take a case from the public"))
    _deed(
        "hand_reporter", (), gettext_noop("let somebody else know a confidential reporter"), HANDLER
    )


def _register_supervision() -> None:
    _deed("remind", LEADERS, gettext_noop("remind the owner of a case"), CLUSTER_LEAD)
    _deed("draw", LEADERS, gettext_noop("draw spot checks"))
    _deed("check", WORKERS, gettext_noop("make a spot check"))


def _register_settings() -> None:
    _deed("clocks", SETTERS, gettext_noop("count due dates anew"))
    _deed("route", SETTERS, gettext_noop("set where cases belong and when they go up"))
    _deed("import", SETTERS, gettext_noop("import cases"))
    _deed_for_all("targets", SETTERS, gettext_noop("set how long cases may take"))
    _deed_for_all("ladder", SETTERS, gettext_noop("set how people are reminded"))
    _deed_for_all(
        "route_all", SETTERS, gettext_noop("set where cases belong and when they go up everywhere")
    )
    _deed_for_all("read_import", SETTERS, gettext_noop("read an import of cases"), IMPORTER)
    _deed_for_all(
        "systems", (Role.ADMINISTRATOR,), gettext_noop("connect other systems by Open311")
    )


def _deed_for_all(
    name: str, roles: Collection[Role], sentence: str, also: Also | None = None
) -> None:
    """Register a deed on what holds for the whole organization: nobody of a place below does it."""
    question, says = also or (None, "")
    allow(
        f"cases.{name}", *roles, path_of=top_of_tree, sentence=sentence, also=question,
        also_says=says,
    )  # fmt: skip
