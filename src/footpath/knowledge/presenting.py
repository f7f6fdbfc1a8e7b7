"""How items of the library and the deeds on them are said on pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from footpath.knowledge.rules import Deed, Kind, State

KIND_ICONS: Mapping[Kind, str] = {
    Kind.REGULATION: "certificate",
    Kind.ANSWER: "message-question",
    Kind.PRACTICE: "star",
}

KIND_MANY: Mapping[Kind, Any] = {
    Kind.REGULATION: gettext_lazy("Regulations"),
    Kind.ANSWER: gettext_lazy("Answers"),
    Kind.PRACTICE: gettext_lazy("Good practices"),
}

WRITE: Mapping[Kind, Any] = {
    Kind.REGULATION: gettext_lazy("Enter a regulation"),
    Kind.ANSWER: gettext_lazy("Draft an answer"),
    Kind.PRACTICE: gettext_lazy("Propose a good practice"),
}


@dataclass(frozen=True)
class Look:
    """The chip of a state: its icon and its tone."""

    icon: str
    tone: str = "neutral"


STATES: Mapping[State, Look] = {
    State.IN_FORCE: Look("circle-check", "done"),
    State.REPLACED: Look("replace", "attention"),
    State.REPEALED: Look("x", "attention"),
    State.DRAFT: Look("pencil"),
    State.APPROVED: Look("clock", "accent"),
    State.PUBLISHED: Look("circle-check", "done"),
    State.WITHDRAWN: Look("eye-off"),
    State.PROPOSED: Look("hand-stop", "accent"),
    State.ASSESSED: Look("scale", "accent"),
    State.SELECTED: Look("star", "done"),
    State.DECLINED: Look("x"),
}


@dataclass(frozen=True)
class DeedWords:
    """A deed in words: on its button, what it does, and what is said when it is done."""

    word: Any
    icon: str
    hint: Any
    done: Any


DEEDS: Mapping[Deed, DeedWords] = {
    Deed.REPLACE: DeedWords(
        gettext_lazy("Replace"),
        "replace",
        gettext_lazy("Another regulation of the library stands instead of this one."),
        gettext_lazy("It is replaced."),
    ),
    Deed.REPEAL: DeedWords(
        gettext_lazy("Repeal"),
        "x",
        gettext_lazy("It can still be read, and says that it is no longer in force."),
        gettext_lazy("It is no longer in force."),
    ),
    Deed.RESTORE: DeedWords(
        gettext_lazy("In force after all"),
        "history",
        gettext_lazy("For a mistake: what was said of its end is taken back."),
        gettext_lazy("It is in force."),
    ),
    Deed.APPROVE: DeedWords(
        gettext_lazy("Approve"),
        "check",
        gettext_lazy("You stand behind these words together with whoever wrote them."),
        gettext_lazy("The answer is approved."),
    ),
    Deed.SEND_BACK: DeedWords(
        gettext_lazy("Send back"),
        "corner-up-left",
        gettext_lazy("Whoever wrote it is told what is to be changed."),
        gettext_lazy("The answer is sent back."),
    ),
    Deed.PUBLISH: DeedWords(
        gettext_lazy("Publish"),
        "send",
        gettext_lazy("From now on everybody who is signed in reads it."),
        gettext_lazy("The answer stands in the library."),
    ),
    Deed.WITHDRAW: DeedWords(
        gettext_lazy("Withdraw"),
        "eye-off",
        gettext_lazy("It disappears from the library. Who may draft answers still reads it."),
        gettext_lazy("The answer is withdrawn."),
    ),
    Deed.ASSESS: DeedWords(
        gettext_lazy("Assess"),
        "scale",
        gettext_lazy("Your sentence stands beside the practice, with your post and name."),
        gettext_lazy("Your assessment is kept."),
    ),
    Deed.SELECT: DeedWords(
        gettext_lazy("Select"),
        "star",
        gettext_lazy("From now on everybody who is signed in reads it, and it can be spread."),
        gettext_lazy("The practice is selected."),
    ),
    Deed.DECLINE: DeedWords(
        gettext_lazy("Decline"),
        "x",
        gettext_lazy("Whoever proposed it is told the reason."),
        gettext_lazy("The practice is declined."),
    ),
    Deed.SPREAD: DeedWords(
        gettext_lazy("Spread"),
        "users",
        gettext_lazy("Each unit is told once, and says what it makes of it."),
        gettext_lazy("The units are told."),
    ),
}
