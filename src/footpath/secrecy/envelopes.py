"""What is sent: questions, answers and the officers' own notes, padded and sealed.

Everything is JSON behind its length, filled up with zeros to one of few sizes, and sealed for a
number of people that does not depend on what it is: the stored size tells nothing.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from footpath.secrecy import age, encoding
from footpath.secrecy.epochs import Epoch
from footpath.secrecy.roster import Roster

SMALL = 4096
LARGE = 16384
BUCKETS = (SMALL, LARGE)

LONGEST_SMALL = 900
"""So many signs fit the small size in any language, whatever else is said beside them."""
LONGEST = 4000
"""So many signs fit the large one."""

QuestionKind = Literal["ask", "follow-up", "complaint", "cover"]
AnswerKind = Literal["answer", "read", "filler"]
Topic = Literal["duty", "land", "money", "discipline", "staff", "other"]
Language = Literal["en", "vi", "zh-hans", "ru"]

_THREAD = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class BadEnvelope(ValueError):
    """It holds nothing that may be sent, or is too long."""


@dataclass(frozen=True)
class Question:
    """What a member sends: a question, a follow-up, a complaint, or cover for those who ask."""

    kind: QuestionKind
    thread: str
    topic: Topic
    language: Language
    consent: bool
    text: str = field(repr=False)
    reply_to: str = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What goes back: an answer, the sign that it was read, or a filler among them."""

    kind: AnswerKind
    thread: str
    text: str = field(repr=False)
    by: tuple[str, ...]
    epoch: Epoch


def new_thread() -> str:
    """Return the name of a new thread, 32 hexadecimal digits; it is said only inside envelopes."""
    return secrets.token_hex(16)


def padded(plain: bytes, buckets: tuple[int, ...] = BUCKETS) -> bytes:
    """Return bytes behind their length, filled up with zeros to the smallest size they fit.

    BadEnvelope when they are too long for all of them.
    """
    for bucket in buckets:
        if 4 + len(plain) <= bucket:
            return (len(plain).to_bytes(4) + plain).ljust(bucket, b"\0")
    raise BadEnvelope("this is too long to be sent")


def unpadded(filled: bytes) -> bytes:
    """Return what was filled up; BadEnvelope when it is of another size or form."""
    length = int.from_bytes(filled[:4])
    if len(filled) not in BUCKETS or 4 + length > len(filled) or any(filled[4 + length :]):
        raise BadEnvelope("this was not filled up as it should be")
    return filled[4 : 4 + length]


def cover() -> Question:
    """Return a posting that says nothing, to hide those that do; its answer nobody can open."""
    return Question("cover", new_thread(), "other", "en", False, "", age.nobody())


def seal_question(question: Question, roster: Roster) -> bytes:
    """Return a posting sealed for the roster, for who asked, and for the supervisor if need be.

    Always for as many as the roster has officers and three more: where the supervisor is not to
    read it, for nobody in their place. BadEnvelope when the question may not be sent.
    """
    check_question(question)
    third = roster.supervisor.age if question.kind == "complaint" else age.nobody()
    plain = _json({"v": 1, **asdict(question)})
    return age.seal(padded(plain), [*roster.readers, third, question.reply_to])


def seal_answer(answer: Answer, roster: Roster, reply_to: str, seed: bytes | None = None) -> bytes:
    """Return an answer or a sign of reading, sealed for who asked and for the roster.

    With the seed of whoever drafted it a second officer makes the same bytes, and so sees that they
    say this and are sealed for these.
    """
    check_answer(answer)
    plain = encoding.canonical({"v": 1, **asdict(answer), "by": list(answer.by)})
    return age.seal(padded(plain, (SMALL,)), [reply_to, *roster.readers], seed)


def approved(
    sealed: bytes, by: Sequence[str], keys: Sequence[str] | None = None, epoch: str = ""
) -> bytes:
    """Return what each officer signs of an answer: its sealed bytes and who signs, in order.

    With keys also the postings that it answers, and the epoch in which it does.
    """
    answers = {} if keys is None else {"keys": list(keys), "epoch": epoch}
    return encoding.canonical({"by": list(by), "sealed": encoding.b64(sealed), **answers})


def seal_filler(roster: Roster, epoch: str) -> bytes:
    """Return what looks like an answer and is none; nobody can open it."""
    filler = Answer("filler", new_thread(), "", (), Epoch(epoch))
    plain = _json({"v": 1, **asdict(filler), "by": []})
    return age.seal(padded(plain, (SMALL,)), [age.nobody() for _ in range(answer_readers(roster))])


def seal_blob(blob: Mapping[str, Any], roster: Roster) -> bytes:
    """Return an officers' note, draft or assignment, sealed for the roster."""
    return age.seal(padded(_json(blob)), roster.readers)


def open_question(sealed: bytes, identity: str) -> Question:
    """Return the question that the identity opens.

    age.CannotOpen when it does not open it, BadEnvelope when there is no question inside.
    """
    plain = open_plain(sealed, identity)
    names = {"v", "kind", "thread", "topic", "language", "consent", "text", "reply_to"}
    if plain.pop("v", None) != 1 or plain.keys() != names - {"v"}:
        raise BadEnvelope("this is no question")
    question = Question(**plain)
    check_question(question)
    return question


def open_answer(sealed: bytes, identity: str) -> Answer:
    """Return the answer that the identity opens; errors as of ``open_question``."""
    plain = open_plain(sealed, identity)
    if plain.pop("v", None) != 1 or plain.keys() != {"kind", "thread", "text", "by", "epoch"}:
        raise BadEnvelope("this is no answer")
    by = plain["by"]
    if not isinstance(by, list) or not all(isinstance(code, str) for code in by):
        raise BadEnvelope("this is no answer")
    try:
        answer = Answer(
            plain["kind"], plain["thread"], plain["text"], tuple(by), Epoch(plain["epoch"])
        )
    except ValueError as wrong:
        raise BadEnvelope(str(wrong)) from None
    check_answer(answer)
    return answer


def open_plain(sealed: bytes, identity: str) -> dict[str, Any]:
    """Return the JSON object inside an envelope; errors as of ``open_question``."""
    text = unpadded(age.open_(sealed, identity))
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise BadEnvelope("there is no JSON inside") from None
    if not isinstance(plain, dict):
        raise BadEnvelope("there is no JSON object inside")
    return plain


def check_question(question: Question) -> None:
    """Raise BadEnvelope unless the question may be sent."""
    for value, kind in (
        (question.kind, QuestionKind),
        (question.topic, Topic),
        (question.language, Language),
    ):
        if value not in get_args(kind):
            raise BadEnvelope("a word is none of those that can be chosen")
    if type(question.consent) is not bool:
        raise BadEnvelope("consent is given or not")
    _check_thread(question.thread)
    _check_text(question.text)
    if (question.kind == "cover") != (question.text == ""):
        raise BadEnvelope("only cover says nothing")
    try:
        age.check_recipient(question.reply_to)
    except ValueError as wrong:
        raise BadEnvelope(str(wrong)) from None


def check_answer(answer: Answer) -> None:
    """Raise BadEnvelope unless the answer may be sent."""
    if answer.kind not in get_args(AnswerKind):
        raise BadEnvelope("a word is none of those that can be chosen")
    _check_thread(answer.thread)
    _check_text(answer.text)


def question_sizes(roster: Roster) -> frozenset[int]:
    """Return how many bytes a posting may have: nothing else is taken."""
    return frozenset(age.size_of(bucket, len(roster.readers) + 2) for bucket in BUCKETS)


def blob_sizes(roster: Roster) -> frozenset[int]:
    """Return how many bytes an officers' note may have."""
    return frozenset(age.size_of(bucket, len(roster.readers)) for bucket in BUCKETS)


def answer_size(roster: Roster) -> int:
    """Return how many bytes an answer has, a sign of reading or a filler."""
    return age.size_of(SMALL, answer_readers(roster))


def answer_readers(roster: Roster) -> int:
    """Return for how many an answer is sealed: the roster's readers and who asked."""
    return len(roster.readers) + 1


def _check_thread(thread: object) -> None:
    if not isinstance(thread, str) or not _THREAD.fullmatch(thread):
        raise BadEnvelope("a thread has 32 hexadecimal digits")


def _check_text(text: object) -> None:
    if not isinstance(text, str) or _CONTROL.search(text):
        raise BadEnvelope("a text has signs and line breaks only")
    if len(text) > LONGEST:
        raise BadEnvelope("this is too long to be sent")


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
