"""The questions of a category and the answers to them. No Django here. Source: Open311 GeoReport.

A category keeps its questions as a list of mappings, worded as an attribute of a service in
Open311: ``code``, ``datatype``, ``description``, and where they matter ``required``, ``variable``,
``datatype_description`` and ``values`` (each a ``key`` and a ``name``).

The three texts stand in up to four languages, as names do: ``description_en``, ``description_vi``,
``description_zh``, ``description_ru``. A language that has none gets English; a text without a
language (``description``) is for all that have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

LONGEST = 2000
"""The most characters of one answer."""

MOST = 50
"""The most questions of a category."""


LANGUAGES = ("en", "vi", "zh", "ru")
"""The languages of a text, the one that stands in for the others first."""


class Datatype(StrEnum):
    """What an answer is."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    SEVERAL = "multivaluelist"


LISTS = frozenset({Datatype.ONE, Datatype.SEVERAL})
WRITTEN = frozenset({Datatype.STRING, Datatype.TEXT})
"""Answers in somebody's own words: they may name people."""


class Unusable(ValueError):
    """A list of questions cannot be used; the message says which one and why, in English."""


@dataclass(frozen=True)
class Question:
    """One question; without ``variable`` it is only a text to read. ``values`` are key and name."""

    code: str
    datatype: Datatype = Datatype.STRING
    description: str = ""
    required: bool = False
    variable: bool = True
    datatype_description: str = ""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """Return what is asked, or the code where nothing is written."""
        return self.description or self.code

    def name_of(self, key: str) -> str:
        """Return the name of a value, or the key itself where it is not known."""
        return dict(self.values).get(key, key)


@dataclass(frozen=True)
class Problem:
    """Why an answer cannot be used: "missing", "unreadable", "unknown" or "long"."""

    code: str
    reason: str


Answer = str | list[str]


def read(kept: Any, language: str = "en") -> tuple[Question, ...]:
    """Return the questions of a category in their order, worded in a language of two letters.

    Raises Unusable for what is none, whatever the language.
    """
    if not isinstance(kept, list) or len(kept) > MOST:
        raise Unusable(f"the questions are a list of at most {MOST}")
    found = tuple(_question(number, row, language) for number, row in enumerate(kept, start=1))
    codes = [question.code for question in found]
    if len(set(codes)) != len(codes):
        raise Unusable("two questions have the same code")
    return found


def readable(kept: Any, language: str = "en") -> tuple[Question, ...]:
    """Return the questions of a category in a language, none when they cannot be used."""
    try:
        return read(kept, language)
    except Unusable:
        return ()


def check(
    questions: Iterable[Question], answers: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Answer], list[Problem]]:
    """Return the answers as they are kept, and why others cannot be used.

    ``answers`` holds all texts given under a code; empty texts are no answer, and a code that
    nobody asked for is "unknown". Several values are kept as a list, everything else as text.
    """
    kept: dict[str, Answer] = {}
    problems = []
    asked = {question.code: question for question in questions if question.variable}
    problems += [Problem(code, "unknown") for code in answers if code not in asked]
    for code, question in asked.items():
        given = [text.strip() for text in answers.get(code, ()) if text.strip()]
        if not given:
            if question.required:
                problems.append(Problem(code, "missing"))
            continue
        reason = _reason(question, given)
        if reason:
            problems.append(Problem(code, reason))
        elif question.datatype == Datatype.SEVERAL:
            kept[code] = list(dict.fromkeys(given))
        else:
            kept[code] = given[0]
    return kept, problems


def told(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[tuple[Question, str]]:
    """Return the questions that have an answer, in their order, each with its answer in words.

    An answer whose question is asked no longer comes last, under its code.
    """
    asked = {question.code: question for question in questions}
    known = [*(code for code in asked if code in answers), *sorted(set(answers) - set(asked))]
    found = []
    for code in known:
        question, answer = asked.get(code, Question(code)), answers[code]
        given = answer if isinstance(answer, list) else [answer]
        found.append((question, ", ".join(question.name_of(str(one)) for one in given)))
    return found


def _said(row: Mapping[str, Any], name: str, language: str) -> str:
    """Return a text in a language: its own, else English, else the one for all, else any."""
    own = (f"{name}_{language}", f"{name}_en", name)
    names = (*own, *(f"{name}_{other}" for other in LANGUAGES))
    return next((str(row[one]) for one in names if row.get(one)), "")


def _question(number: int, row: Any, language: str) -> Question:
    if not isinstance(row, Mapping):
        raise Unusable(f"question {number} is no mapping")
    code = str(row.get("code", "")).strip()
    if not code or not code.replace("_", "").replace("-", "").isalnum():
        raise Unusable(f"question {number} has no code of letters, digits, - and _")
    try:
        datatype = Datatype(row.get("datatype", Datatype.STRING))
    except ValueError:
        raise Unusable(f"question {number} has an unknown datatype") from None
    values = tuple(_value(number, value, language) for value in row.get("values") or ())
    if datatype in LISTS and not values:
        raise Unusable(f"question {number} is a list without values")
    return Question(
        code=code,
        datatype=datatype,
        description=_said(row, "description", language),
        required=bool(row.get("required", False)),
        variable=bool(row.get("variable", True)),
        datatype_description=_said(row, "datatype_description", language),
        values=values,
    )


def _value(number: int, value: Any, language: str) -> tuple[str, str]:
    if not isinstance(value, Mapping) or not str(value.get("key", "")).strip():
        raise Unusable(f"a value of question {number} has no key")
    key = str(value["key"]).strip()
    return key, _said(value, "name", language) or key


def _reason(question: Question, given: Sequence[str]) -> str:
    """Return why the texts are no answer to the question, or ""."""
    if len(given) > 1 and question.datatype != Datatype.SEVERAL:
        return "unreadable"
    if any(len(text) > LONGEST for text in given):
        return "long"
    if question.datatype in LISTS:
        known = {key for key, _name in question.values}
        return "" if known.issuperset(given) else "unreadable"
    if question.datatype == Datatype.NUMBER:
        return "" if _is_number(given[0]) else "unreadable"
    if question.datatype == Datatype.DATETIME:
        return "" if _is_moment(given[0]) else "unreadable"
    return ""


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_moment(text: str) -> bool:
    for kind in (datetime, date):
        try:
            kind.fromisoformat(text)
        except ValueError:
            continue
        return True
    return False
