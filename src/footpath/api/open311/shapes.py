"""What is told of services, cases and their updates. Nothing about a reporter is among it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.cases.models import Case, Category, Entry
from footpath.cases.rules import questions
from footpath.cases.selectors import open311
from footpath.core import tree
from footpath.directory.models import Area

CHANGESET = "2026-11-22T00:00:00Z"
"""When what is offered here changed last."""

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
LONGEST_DESCRIPTION = 4000


def discovery() -> dict[str, Any]:
    """Return what is offered here, and where."""
    base = settings.BASE_URL
    return {
        "changeset": CHANGESET,
        "contact": _("The administrator of %(address)s") % {"address": base},
        "key_service": _("The administrator registers applications at %(address)s")
        % {"address": base + reverse("cases:applications")},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base + "/open311/v2",
                "changeset": CHANGESET,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def service(category: Category) -> dict[str, Any]:
    """Return a category as a service."""
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.description or None,
        "metadata": bool(category.asked),
        "type": "realtime",
        "keywords": category.keywords or None,
        "group": category.group,
    }


def definition(category: Category) -> dict[str, Any]:
    """Return the questions of a category as the attributes of a service."""
    return {
        "service_code": category.code,
        "attributes": [
            {
                "variable": question.variable,
                "code": question.code,
                "datatype": str(question.datatype),
                "required": question.required and question.variable,
                "datatype_description": question.datatype_description or None,
                "order": order,
                "description": question.label,
                **(
                    {"values": [{"key": key, "name": name} for key, name in question.values]}
                    if question.values
                    else {}
                ),
            }
            for order, question in enumerate(category.asked, start=1)
        ],
    }


@dataclass(frozen=True)
class _Known:
    """What belongs to all rows of an answer, looked up once."""

    categories: Mapping[int, Category]
    places: Mapping[int, Area]
    words: Mapping[int, Sequence[Entry]]


def requests(rows: Sequence[Mapping[str, Any]], *, extensions: bool) -> list[dict[str, Any]]:
    """Return cases as requests. Three queries, however many they are."""
    listed = [dict(row) for row in rows]
    known = _Known(
        open311.categories_of(listed), open311.places_of(listed), open311.public_words(listed)
    )
    return [_request(row, known, extensions=extensions) for row in listed]


def _request(row: Mapping[str, Any], known: _Known, *, extensions: bool) -> dict[str, Any]:
    category = known.categories[row["category_id"]]
    path = [row[f"a{level}"] for level in range(tree.LEVELS) if row[f"a{level}"] is not None]
    places = [known.places[pk] for pk in reversed(path) if pk in known.places]
    words = known.words.get(row["id"], ())
    told = {
        "service_request_id": str(row["id"]),
        "status": "open" if row["is_open"] else "closed",
        "status_notes": _notes(row, words),
        "service_name": category.name,
        "service_code": category.code,
        "description": _description(row),
        "agency_responsible": row["organization__name"],
        "service_notice": None,
        "requested_datetime": moment(row["raised_at"]),
        "updated_datetime": moment(row["closed_at"] or row["updated_at"]),
        "expected_datetime": _expected(row["promised_on"] or row["due_on"]),
        "address": ", ".join(filter(None, [row["address"], *(place.name for place in places)])),
        "address_id": places[0].code if places else None,
        "zipcode": None,
        "lat": row["latitude"],
        "long": row["longitude"],
        # A picture that nobody has looked at is shown to whoever sent it.
        "media_url": (row["media_url"] or None) if row["own"] else None,
    }
    if extensions:
        told["extended_attributes"] = {
            "state": row["state"],
            "outcome": row["outcome"] or None,
            "round": row["round_number"],
        }
        told["attributes"] = _attributes(row, category)
        told["notes"] = [
            {"datetime": moment(entry.at), "description": entry.text, "type": entry.deed}
            for entry in words
        ]
    return told


def _description(row: Mapping[str, Any]) -> str:
    """Return the words for the public where there are any, else what was reported."""
    if row["public_text"] and not row["own"]:
        return str(row["public_text"])[:LONGEST_DESCRIPTION]
    title, text = row["title"], row["text"]
    if not text:
        return str(title)
    begins = str(text).lstrip().startswith(str(title).removesuffix("…"))
    return (text if begins else f"{title}\n\n{text}")[:LONGEST_DESCRIPTION]


def _notes(row: Mapping[str, Any], words: Sequence[Entry]) -> str | None:
    """Return how a case ended and the last words for the public, or None."""
    outcome = str(Case.Outcome(row["outcome"]).label) if row["outcome"] else ""
    said = words[-1].text if words else ""
    return ". ".join(filter(None, [outcome, said])) or None


def _attributes(row: Mapping[str, Any], category: Category) -> list[dict[str, Any]]:
    """Return the answers to the questions; to others only those that nobody worded freely."""
    asked = category.asked
    answers = {code: answer for code, answer in row["answers"].items() if answer is not None}
    return [
        {"code": question.code, "description": question.label, "value": value}
        for question, value in questions.told(asked, answers)
        if question in asked and (row["own"] or question.datatype not in questions.WRITTEN)
    ]


# --- updates --------------------------------------------------------------------------------------

Deed = Entry.Deed
STATUS_OF: Mapping[str, str] = {
    Deed.ACCEPTED: "INVESTIGATING",
    Deed.ASSIGNED: "IN_PROGRESS",
    Deed.GUIDED: "IN_PROGRESS",
    Deed.RECTIFIED: "ACTION_SCHEDULED",
    Deed.PARTLY: "IN_PROGRESS",
    Deed.REFUSED: "IN_PROGRESS",
    Deed.REOPENED: "REOPEN",
    Deed.ESCALATED: "INTERNAL_REFERRAL",
    Deed.DUPLICATE: "DUPLICATE",
    Deed.VERIFIED: "FIXED",
}
"""What a deed means in the words of the update extension; others only carry public words."""

ENDED_AS: Mapping[str, str] = {
    Case.Outcome.EXPLAINED: "NO_FURTHER_ACTION",
    Case.Outcome.PASSED_ON: "NOT_COUNCILS_RESPONSIBILITY",
}


def updates(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return entries of threads as updates; words only where the public may read them."""
    return [
        {
            "update_id": str(entry.pk),
            "service_request_id": str(entry.case_id),
            "status": _status(entry),
            "updated_datetime": moment(entry.at),
            "description": entry.text if _may_be_read(entry) else None,
            "media_url": None,
        }
        for entry in entries
    ]


def _may_be_read(entry: Entry) -> bool:
    """Return whether its words may be read: answers; of a case of one's own what was said to it."""
    is_own = bool(getattr(entry, "own", False))
    return entry.is_public and (is_own or entry.deed == Deed.REPLIED)


def _status(entry: Entry) -> str:
    if entry.deed == Deed.VERIFIED:
        return ENDED_AS.get(entry.case.outcome, "FIXED")
    usual = "OPEN" if entry.case.is_open else "CLOSED"
    return STATUS_OF.get(entry.deed, usual)


def moment(at: datetime) -> str:
    """Return a moment with its offset from UTC, in our own time zone and in whole seconds."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def _expected(day: date) -> str:
    return moment(timezone.make_aware(datetime.combine(day, time(23, 59, 59))))
