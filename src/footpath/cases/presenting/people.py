"""The people of a case: who takes part, and with which parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.cases.models import Case, Participant


@dataclass(frozen=True)
class Taker:
    """Somebody with a part in a case, with all their parts in one line."""

    pk: int
    name: str
    url: str
    parts: str


def people_of(case: Case) -> list[Taker]:
    """Return who takes part, the owner first, each person once."""
    found: dict[int, tuple[Any, list[str]]] = {}

    def note(person: Any, word: str) -> None:
        _person, words = found.setdefault(person.pk, (person, []))
        if word not in words:
            words.append(word)

    if case.owner is not None:
        note(case.owner, str(Participant.Part.OWNER.label))
    for part in case.participants.all():
        if part.part == Participant.Part.OWNER and part.person_id != case.owner_id:
            note(part.person, _("Owner before"))
        else:
            note(part.person, str(Participant.Part(part.part).label))
    if case.raised_by is not None:
        note(case.raised_by, _("Raised"))
    return [
        Taker(pk, person.name, reverse("directory:person", args=[pk]), ", ".join(words))
        for pk, (person, words) in found.items()
    ]
