"""The letter of assignment: a person is told, by whom, since when and on what basis (S2.1, S2.7).

Plain values in, a PDF out, in the language of whoever receives it. Nothing is fetched here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from footpath.core import formats, pdf

TEMPLATE = "assignments/typst/letter.typ"
MANY = 10  # from here on the letters are set in a process of their own


@dataclass(frozen=True, slots=True)
class Basis:
    """A document that the assignment rests on, by number, issuer and date."""

    number: str
    issued_on: date
    issuer: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Duties:
    """A titled list of duties that come with the role: "4 grasps" and its four items."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """Who was in charge before, the last day for handing over, and what was written about it."""

    person: str
    post: str = ""
    by: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody in office in the place."""

    name: str
    post: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """All that one letter says; "" and () where there is nothing to say.

    ``role`` is a value of ``Assignment.Role``. ``subject`` is the place, or the organization when
    ``of_organization``; ``path`` the places above it, the highest first. ``until`` is included.
    ``address`` is the whole address of the assignment's page. ``above`` is the organization over
    the issuing one, ``issued_at`` the town that stands before the date.
    """

    organization: str
    day: date
    person: str
    role: str
    subject: str
    start: date
    signed_by: str
    signed_as: str
    address: str
    number: str = ""
    above: str = ""
    issued_at: str = ""
    post: str = ""
    works_in: str = ""
    path: tuple[str, ...] = ()
    of_organization: bool = False
    until: date | None = None
    basis: tuple[Basis, ...] = ()
    duties: tuple[Duties, ...] = ()
    handover: Handover | None = None
    contacts: tuple[Contact, ...] = ()


def to_json(facts: LetterFacts) -> dict[str, Any]:
    """Return the facts as JSON can keep them, days as "2026-12-01"."""
    kept: dict[str, Any] = _with_days_as_text(asdict(facts))
    return kept


def from_json(kept: Mapping[str, Any]) -> LetterFacts:
    """Return the facts that ``to_json`` has kept; the letter has the same bytes as before."""
    values = dict(kept)
    until, handover = values.get("until"), values.get("handover")
    for name in ("day", "start"):
        values[name] = date.fromisoformat(values[name])
    values["until"] = date.fromisoformat(until) if until else None
    values["path"] = tuple(values.get("path", ()))
    values["basis"] = tuple(
        Basis(**(entry | {"issued_on": date.fromisoformat(entry["issued_on"])}))
        for entry in values.get("basis", ())
    )
    values["duties"] = tuple(
        Duties(title=entry["title"], items=tuple(entry["items"]))
        for entry in values.get("duties", ())
    )
    if handover:
        by = handover["by"]
        handover = Handover(**(handover | {"by": date.fromisoformat(by) if by else None}))
    values["handover"] = handover
    values["contacts"] = tuple(Contact(**entry) for entry in values.get("contacts", ()))
    return LetterFacts(**values)


def _with_days_as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _with_days_as_text(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_with_days_as_text(entry) for entry in value]
    return value


def letter(facts: LetterFacts, *, language: str) -> bytes:
    """Return one letter as PDF in a language ("vi"): mostly one page, some 30 kB.

    Raises core.pdf.NotRendered. The same facts give the same bytes.
    """
    with translation.override(language):
        title = f"{_('Letter of assignment')}: {facts.person}"
        data = {"letters": [_letter(facts, language)]}
    return pdf.render(TEMPLATE, data, language=language, title=title, day=facts.day)


def letters(many: Sequence[tuple[LetterFacts, str]], *, language: str) -> bytes:
    """Return all letters of a plan as one PDF, in the order given, each beginning on a new page.

    Each letter comes with the language of its officer; ``language`` is that of whoever prints them,
    for the title of the file. 150 letters take a second or two, and about 200 MB while they are
    set. Raises ValueError when there is no letter, and core.pdf.NotRendered.
    """
    if not many:
        raise ValueError("no letters to print")
    made = []
    for facts, officers in many:
        with translation.override(officers):
            made.append(_letter(facts, officers))
    with translation.override(language):
        title = _("Letters of assignment")
    latest = max(facts.day for facts, _officers in many)
    return pdf.render(
        TEMPLATE,
        {"letters": made},
        language=language,
        title=title,
        day=latest,
        apart=len(made) >= MANY,
    )


def _letter(facts: LetterFacts, language: str) -> dict[str, Any]:
    """Return the words of one letter in the active language, as the template wants them."""
    number = _("No. %(number)s") % {"number": facts.number} if facts.number else ""
    return {
        "language": language.partition("-")[0],
        "above": facts.above,
        "organization": facts.organization,
        "number": number,
        "dated": _place_and_day(facts),
        "title": _("Letter of assignment"),
        "person": facts.person,
        "basis": [_basis(document) for document in facts.basis],
        "opening": _("%(organization)s puts the officer named above in charge as follows:")
        % {"organization": facts.organization},
        "rows": _rows(facts),
        "duties": [{"title": duty.title, "items": duty.items} for duty in facts.duties],
        "handover": _handover(facts.handover),
        "contacts": _contacts(facts.contacts),
        "signature": {"post": facts.signed_as, "name": facts.signed_by},
        "address": facts.address,
        "running": " · ".join(part for part in (number, facts.person) if part),
        "words": {
            "basis": _("On the basis of:"),
            "duties": _("Duties"),
            "handover": _("Handover"),
            "contacts": _("Contacts"),
            "check": _("Check this letter at"),
        },
    }


def _place_and_day(facts: LetterFacts) -> str:
    day = formats.day_formal(facts.day)
    if not facts.issued_at:
        return day
    return _("%(place)s, %(day)s") % {"place": facts.issued_at, "day": day}


def _basis(document: Basis) -> dict[str, str]:
    values = {
        "number": document.number,
        "day": formats.day_formal(document.issued_on),
        "issuer": document.issuer,
    }
    if document.issuer:
        main = _("No. %(number)s of %(day)s, %(issuer)s") % values
    else:
        main = _("No. %(number)s of %(day)s") % values
    return {"main": main, "title": document.title}


def _rows(facts: LetterFacts) -> list[dict[str, Any]]:
    role, meaning = _role(facts.role)
    subject = _("Organization") if facts.of_organization else _("Place")
    rows = [
        _row(subject, facts.subject, _above(facts.path)),
        _row(_("Role"), role, meaning),
        _row(_("Term"), _term(facts.start, facts.until)),
    ]
    if facts.post or facts.works_in:
        rows.insert(0, _row(_("Post"), facts.post, facts.works_in))
    return rows


def _row(label: str, *lines: str) -> dict[str, Any]:
    said = [line for line in lines if line]
    return {"label": label, "main": said[0], "more": said[1:]}


def _above(path: Sequence[str]) -> str:
    """Return the places above in one line: the nearest first, in Chinese the highest first."""
    if translation.get_language().startswith("zh"):
        return "，".join(path)
    return ", ".join(reversed(path))


def _role(role: str) -> tuple[str, str]:
    """Return the name of a role and what it means, in one sentence."""
    return {
        "lead": (_("Lead"), _("Answers for everything here; there is one lead at a time.")),
        "deputy": (_("Deputy"), _("Stands in for the lead during an absence.")),
        "cluster_lead": (_("Cluster lead"), _("Leads the work in the places of the cluster.")),
        "monitor": (_("Monitor"), _("Follows the work without answering for it.")),
    }[role]


def _term(start: date, until: date | None) -> str:
    if until is None:
        return _("From %(start)s until further notice") % {"start": formats.day_formal(start)}
    return _("From %(start)s to %(until)s, both days included") % {
        "start": formats.day_formal(start),
        "until": formats.day_formal(until),
    }


def _handover(handover: Handover | None) -> list[str]:
    if handover is None:
        return []
    person = handover.person
    if handover.post:
        person = _("%(name)s (%(post)s)") % {"name": handover.person, "post": handover.post}
    if handover.by is None:
        said = _("%(person)s hands over open cases, coming meetings and contacts.") % {
            "person": person
        }
    else:
        said = _("%(person)s hands over open cases, coming meetings and contacts by %(day)s.") % {
            "person": person,
            "day": formats.day_formal(handover.by),
        }
    return [line for line in (said, handover.note) if line]


def _contacts(contacts: Sequence[Contact]) -> dict[str, Any]:
    return {
        "columns": (_("Full name"), _("Post"), _("Telephone, e-mail")),
        "rows": [
            {
                "name": contact.name,
                "post": contact.post,
                "reach": [way for way in (contact.phone, contact.email) if way],
            }
            for contact in contacts
        ],
    }
