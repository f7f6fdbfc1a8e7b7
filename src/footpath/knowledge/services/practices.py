"""Propose a good practice, assess it, select or decline it, spread it. Source: S2.5, S4.7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, textsearch
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Organization, Person, Post
from footpath.knowledge import notices, rules, selectors
from footpath.knowledge.models import Item, Practice, Spread, Topic
from footpath.knowledge.rules import Deed, Kind, Outcome, State
from footpath.knowledge.selectors import Unit
from footpath.knowledge.services.values import (
    LONGEST_TITLE,
    language,
    line,
    move,
    recorded,
    refuse_unless,
    rewrite,
    snapshot,
    subject_of,
    words,
)

MOST_UNITS = 500
"""To so many units a practice is spread at once."""


@dataclass(frozen=True)
class PracticeWords:
    """What a practice is, and what came of it."""

    title: str
    description: str
    result: str
    topic: Topic
    language: str


@transaction.atomic
def propose_practice(*, said: PracticeWords, origin: Unit, by: Person, at: datetime) -> Practice:
    """Propose a good practice of a unit, and return it; the offices over the unit are told.

    Raises InvalidValue when a title, what is done or what came of it is missing.
    """
    require(by, "knowledge.propose", origin)
    shared, own = _values(said, origin)
    made = Practice(
        kind=Kind.PRACTICE.value,
        state=State.PROPOSED.value,
        is_open=False,
        day=clock.day_of(at),
        made_by=by,
        made_at=at,
        **_unit(origin),
        **shared,
        **own,
    )
    made.save(force_insert=True)
    audit.record("practice.proposed", by=by, subject=subject_of(made), at=at, after=_snapshot(made))
    notices.tell(
        selectors.offices_over(origin.path) - {by.user_id},
        "proposed",
        made,
        at=at,
        values={"person": by.name, "unit": origin.name},
    )
    return made


@transaction.atomic
def change_practice(
    *,
    practice: Practice,
    said: PracticeWords,
    by: Person,
    at: datetime,
    version: int | None = None,
) -> None:
    """Change the words of one's own proposal while nobody has assessed it.

    ``version`` is the one that was read; StaleState when it was changed since.
    """
    require(by, "knowledge.propose", practice.origin)
    if practice.made_by_id != by.pk:
        raise RuleBroken(_("Only whoever proposed it changes its words."))
    shared, own = _values(said, practice.origin)
    with recorded("practice.changed", practice, _snapshot, by=by, at=at):
        rewrite(practice, read=version, **shared)
        for name, value in own.items():
            setattr(practice, name, value)
        practice.save(update_fields=list(own))


@transaction.atomic
def assess_practice(
    *, practice: Practice, post: Post, sentence: str, by: Person, at: datetime
) -> None:
    """Assess a proposal in a sentence, as the holder of a post. Not one's own proposal.

    Raises InvalidValue for a post that the person does not hold today, or without a sentence.
    """
    require(by, "knowledge.assess", practice)
    sentence = line(sentence, field="sentence", missing=_("Assess it in a sentence."))
    _refuse_own(practice, by)
    if post not in selectors.posts_held(by, on=clock.day_of(at)):
        raise InvalidValue(_("Choose a post that you hold."), field="post")
    with recorded("practice.assessed", practice, _snapshot, by=by, at=at):
        move(practice, Deed.ASSESS)
        practice.assessment, practice.assessed_by = sentence, by
        practice.assessed_as, practice.assessed_at = post, at
        practice.save(update_fields=["assessment", "assessed_by", "assessed_as", "assessed_at"])


def select_practice(*, practice: Practice, reason: str, by: Person, at: datetime) -> None:
    """Select an assessed practice, with a reason: from now on everybody reads it."""
    _decide(practice, Deed.SELECT, reason, by=by, at=at)


def decline_practice(*, practice: Practice, reason: str, by: Person, at: datetime) -> None:
    """Decline an assessed practice, with a reason that whoever proposed it is told."""
    _decide(practice, Deed.DECLINE, reason, by=by, at=at)


@transaction.atomic
def spread_practice(
    *, practice: Practice, units: Sequence[Unit], by: Person, at: datetime
) -> list[Spread]:
    """Spread a selected practice to units, and return those that are new on its list.

    Whoever heads or works for a unit is told; in a place also who is in charge. The unit it comes
    from and units that have it already are left out. NotAllowed when a unit lies elsewhere.
    """
    refuse_unless(practice, Deed.SPREAD)
    if not units:
        raise InvalidValue(_("Name the units that receive it."), field="units")
    if len(units) > MOST_UNITS:
        raise InvalidValue(
            _("Spread it to at most %(number)s units at once.") % {"number": MOST_UNITS},
            field="units",
        )
    for unit in units:
        require(by, "knowledge.spread", unit)
    # One writer at a time, so that no unit is told twice.
    Item.objects.select_for_update(no_key=True).get(pk=practice.pk)
    there = {row.unit for row in selectors.spread_of(practice).rows} | {practice.origin}
    wanted = [unit for unit in dict.fromkeys(units) if unit not in there]
    made = [
        Spread.objects.create(practice=practice, told_by=by, told_at=at, **_unit(unit))
        for unit in wanted
    ]
    hearers = selectors.hearers_of(wanted)
    for spread in made:
        audit.record(
            "practice.spread",
            by=by,
            subject=subject_of(practice),
            at=at,
            after={"unit": _key(spread.unit)},
        )
        notices.tell(
            hearers[spread.unit],
            "spread",
            practice,
            at=at,
            key=str(spread.pk),
            values={"unit": spread.unit.name},
        )
    return made


@transaction.atomic
def record_adoption(
    *, spread: Spread, outcome: Outcome, on: date, sentence: str, by: Person, at: datetime
) -> None:
    """Record what a unit made of a practice: adopted, adapted or not for us, since when, and how.

    May be recorded anew when it changes; a unit may have done so before it was told. Raises
    InvalidValue for a day to come and without a sentence; StaleState when somebody else has
    recorded meanwhile.
    """
    require(by, "knowledge.adopt", spread)
    sentence = line(sentence, field="sentence", missing=_("Say it in a sentence."))
    if on > clock.day_of(at):
        raise InvalidValue(_("This day is still to come."), field="on")
    with recorded("practice.adopted", spread, _of_unit, by=by, at=at):
        changed = Spread.objects.filter(
            pk=spread.pk, outcome=spread.outcome, recorded_at=spread.recorded_at
        ).update(outcome=outcome, outcome_on=on, sentence=sentence, recorded_by=by, recorded_at=at)
        if not changed:
            raise StaleState(_("Somebody else has recorded this in the meantime."))
        spread.refresh_from_db(
            fields=["outcome", "outcome_on", "sentence", "recorded_by", "recorded_at"]
        )
    notices.tell(
        [one for one in (spread.practice.made_by, spread.told_by) if one.pk != by.pk],
        "adopted",
        spread.practice,
        at=at,
        key=f"{spread.pk}:{at.isoformat()}",
        values={"unit": spread.unit.name, "sentence": sentence},
    )


@transaction.atomic
def _decide(practice: Practice, deed: Deed, reason: str, *, by: Person, at: datetime) -> None:
    require(by, "knowledge.decide", practice)
    reason = line(reason, field="reason", missing=_("Give the reason."))
    _refuse_own(practice, by)
    selected = deed is Deed.SELECT
    name = "practice.selected" if selected else "practice.declined"
    with recorded(name, practice, _snapshot, by=by, at=at):
        move(practice, deed, day=clock.day_of(at))
        practice.decision_reason, practice.decided_by, practice.decided_at = reason, by, at
        practice.save(update_fields=["decision_reason", "decided_by", "decided_at"])
    notices.tell(
        [practice.made_by],
        "selected" if selected else "declined",
        practice,
        at=at,
        values={"reason": reason},
    )


def _refuse_own(practice: Practice, by: Person) -> None:
    try:
        rules.check_second(practice.made_by_id, by.pk)
    except rules.SamePerson as same:
        raise RuleBroken(
            _("You proposed this practice. Somebody else assesses it and decides.")
        ) from same


def _values(said: PracticeWords, origin: Unit) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what all items have in common, and what the practice's own table holds."""
    title = line(said.title, field="title", missing=_("Give the title."), longest=LONGEST_TITLE)
    description = words(said.description, field="description", missing=_("Say what is done."))
    result = words(said.result, field="result", missing=_("Say what came of it."))
    shared = {
        "title": title,
        "summary": rules.headline(result),
        "language": language(said.language),
        "topic": said.topic,
        "search": textsearch.document(title, description, result, origin.name),
    }
    return shared, {"description": description, "result": result}


def _unit(unit: Unit) -> dict[str, Unit]:
    return {"area": unit} if isinstance(unit, Area) else {"organization": unit}


def _key(unit: Unit) -> str:
    return f"{'organization' if isinstance(unit, Organization) else 'area'}:{unit.pk}"


def _of_unit(spread: Spread) -> dict[str, Any]:
    on = spread.outcome_on
    return {
        "unit": _key(spread.unit),
        "outcome": str(spread.outcome),
        "on": on.isoformat() if on else None,
        "sentence": spread.sentence,
    }


def _snapshot(practice: Practice) -> dict[str, Any]:
    return snapshot(
        practice,
        origin=_key(practice.origin),
        description=practice.description,
        result=practice.result,
        assessment=practice.assessment,
        assessed_by=practice.assessed_by_id,
        assessed_as=practice.assessed_as_id,
        decision_reason=practice.decision_reason,
        decided_by=practice.decided_by_id,
    )
