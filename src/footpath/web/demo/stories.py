"""The paths that cases take in the demonstration, deed by deed, each by somebody who may do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from footpath.cases import services as cases
from footpath.cases.models import Case
from footpath.cases.rules import Outcome, Result
from footpath.directory.models import Organization, Person
from footpath.web.demo import texts
from footpath.web.demo.stage import Commune, Hamlet
from footpath.web.demo.topics import Topic


@dataclass(frozen=True)
class Path:
    """A path: the deeds in their order, how often it occurs, and the days it takes."""

    deeds: tuple[str, ...]
    weight: int
    days: float
    is_late: bool = False


SOLVED = Path(("accept", "rectify", "verify"), 62, 7)
FORGOTTEN = Path(("accept", "note"), 14, 24, is_late=True)
PATHS = (
    SOLVED,
    Path(("accept", "guide", "rectify", "verify"), 46, 9),
    Path(("accept", "note", "rectify", "verify"), 26, 9),
    Path(("accept", "explain", "verify"), 18, 6),
    Path(("accept", "hand_over", "pass_on", "verify"), 12, 10),
    Path(("accept", "rectify", "refuse", "rectify", "verify"), 22, 13),
    Path(("accept", "rectify", "refuse", "guide", "rectify", "refuse"), 6, 15),
    Path(("accept", "rectify", "refuse", "rectify"), 8, 11),
    Path(("accept", "rectify", "partly", "rectify", "verify"), 14, 13),
    Path(("accept", "rectify", "partly"), 5, 8),
    Path(("accept", "rectify", "verify", "reopen"), 9, 14),
    Path(("accept", "rectify", "verify", "reopen", "rectify", "verify"), 6, 18),
    Path(("accept", "escalate", "guide", "rectify", "verify"), 14, 13),
    Path(("accept", "note", "escalate"), 9, 6),
    Path(("accept", "escalate", "escalate", "guide"), 7, 12),
    Path(("accept", "hand_over"), 10, 6),
    Path(("send_back",), 7, 3),
    Path(("send_back", "resubmit", "accept", "rectify", "verify"), 10, 12),
    Path(("duplicate",), 12, 2),
    Path(("accept", "rectify"), 28, 5),
    Path(("accept", "guide"), 22, 4),
    Path(("accept",), 20, 2),
    Path((), 22, 0.5),
    FORGOTTEN,
    Path(("accept", "guide", "note"), 8, 24, is_late=True),
    Path((), 3, 22, is_late=True),
    Path(("accept", "escalate", "note"), 4, 24, is_late=True),
    Path(("accept", "escalate", "escalate", "guide"), 2, 26, is_late=True),
)

SHOWN = (
    Path((), 1, 1),
    Path(("accept", "rectify"), 1, 4),
    Path(("send_back",), 1, 3),
    Path(("accept", "rectify"), 1, 6),
    Path(("accept", "rectify", "refuse"), 1, 8),
    Path(("accept", "guide", "escalate"), 1, 6),
)
"""How the last cases of the first hamlet stand: its officer and secretary find them waiting."""


class Story:
    """One case and the people around it."""

    def __init__(
        self, case: Case, topic: Topic, commune: Commune, hamlet: Hamlet, random: Random
    ) -> None:
        self.case = case
        self.topic = topic
        self.commune = commune
        self.hamlet = hamlet
        self.random = random
        self.worked: set[int] = set()
        self.owner: Person | None = None
        self.passed_on = False

    def tell(self, deed: str, at: datetime) -> None:
        """Do the next deed of the path at the moment."""
        getattr(self, f"_{deed}")(at)

    def _accept(self, at: datetime) -> None:
        officer = self.hamlet.officer
        if officer is not None and self.random.random() < 0.4:
            owner = officer
        elif self.random.random() < 0.1:
            owner = self.commune.head
        else:
            owner = self.random.choice(self.commune.officers)
            cases.assign_owner(
                case=self.case,
                owner=owner,
                by=self.commune.head,
                at=at,
                text=self._say(texts.ASSIGNED),
            )
        cases.accept_case(case=self.case, by=owner, at=at, text=self._say(texts.ACCEPTED))
        self.owner = owner
        self.worked.add(owner.pk)

    def _guide(self, at: datetime) -> None:
        by = self._other_than_owner(self.commune.member, self.commune.vice)
        cases.give_guidance(case=self.case, text=self._say(self.topic.guidance), by=by, at=at)
        self.worked.add(by.pk)

    def _note(self, at: datetime) -> None:
        cases.add_note(case=self.case, text=self._say(texts.NOTES), by=self._owner(), at=at)

    def _rectify(self, at: datetime) -> None:
        self._finish(self.topic.done, Outcome.SOLVED, at)

    def _explain(self, at: datetime) -> None:
        self._finish(texts.EXPLAINED, Outcome.EXPLAINED, at)

    def _pass_on(self, at: datetime) -> None:
        self.passed_on = True
        self._finish(texts.PASSED_ON, Outcome.PASSED_ON, at)

    def _finish(self, said: tuple[str, ...], outcome: Outcome, at: datetime) -> None:
        by = self._owner()
        cases.rectify_case(case=self.case, text=self._say(said), outcome=outcome, by=by, at=at)
        self.worked.add(by.pk)

    def _verify(self, at: datetime) -> None:
        said = texts.PASSED_ON_CONFIRMED if self.passed_on else self.topic.confirmed
        self._find(Result.CONFIRMED, said, at)

    def _refuse(self, at: datetime) -> None:
        self._find(Result.NOT, self.topic.refused, at)

    def _partly(self, at: datetime) -> None:
        self._find(Result.PARTLY, texts.PARTLY, at)

    def _find(self, result: Result, said: tuple[str, ...], at: datetime) -> None:
        cases.verify_case(
            case=self.case, result=result, text=self._say(said), by=self._verifier(), at=at
        )

    def _reopen(self, at: datetime) -> None:
        by = self.hamlet.officer or self.commune.vice
        cases.reopen_case(case=self.case, text=self._say(texts.REOPENED), by=by, at=at)

    def _escalate(self, at: datetime) -> None:
        cases.escalate_case(
            case=self.case, text=self._say(texts.ESCALATED), by=self.commune.head, at=at
        )

    def _hand_over(self, at: datetime) -> None:
        cases.escalate_case(
            case=self.case,
            text=self._say(texts.TO_AGENCY),
            agency=self._agency(),
            by=self.commune.head,
            at=at,
        )

    def _send_back(self, at: datetime) -> None:
        cases.return_case(
            case=self.case, text=self._say(texts.RETURNED), by=self.commune.head, at=at
        )

    def _raiser(self) -> Person:
        return self.case.raised_by or self.commune.head

    def _resubmit(self, at: datetime) -> None:
        cases.resubmit_case(
            case=self.case, text=self._say(texts.RESUBMITTED), by=self._raiser(), at=at
        )

    def duplicate_of(self, other: Case, at: datetime) -> None:
        """Close the case as the duplicate of another, open one."""
        cases.mark_duplicate(case=self.case, of=other, by=self.commune.head, at=at)

    def _agency(self) -> Organization:
        return Organization.objects.get(code=f"831-{self.topic.agency}")

    def _owner(self) -> Person:
        return self.owner or self.commune.head

    def _other_than_owner(self, *people: Person) -> Person:
        return next(person for person in people if person != self.owner)

    def _verifier(self) -> Person:
        """Return somebody who covers the place and did no part of the work."""
        commune = self.commune
        fit = [
            person
            for person in (self.hamlet.officer, self.hamlet.deputy, commune.head, commune.vice)
            if person is not None and person.pk not in self.worked
        ]
        return self.random.choice(fit) if fit else commune.cluster_lead

    def _say(self, said: tuple[str, ...]) -> str:
        return self.random.choice(said)
