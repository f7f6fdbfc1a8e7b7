"""Problems and plans as JSON: to keep them, to hand them on, to plan without a database.

The text follows the dataclasses field by field. Sets are sorted and mappings keep the order of
their keys, so that the same value always gives the same bytes.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from functools import cache, singledispatch
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

T = TypeVar("T")
KIND = "is"  # the first field of a text: which dataclass it holds


class BadFile(ValueError):
    """A file does not say what it should; the message names the field and what is wrong."""


def write(path: Path, value: object) -> None:
    """Write a problem or a plan; the file is there whole or not at all, whatever happens."""
    write_text(path, dumps(value))


def write_text(path: Path, text: str) -> None:
    """Write a text beside its place and then move it there, once the disk has it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path, kind: type[T]) -> T:
    """Return what a file holds; BadFile, in one sentence, when it does not hold a ``kind``."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as failure:
        raise BadFile(f"{path} cannot be read: {failure.strerror}.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{path} is not text in UTF-8.") from None
    try:
        return loads(text, kind)
    except BadFile as wrong:
        raise BadFile(f"{path}: {wrong}") from None


def dumps(value: object) -> str:
    """Return a problem or a plan as JSON, one line, in the order of its fields."""
    plain = {KIND: type(value).__name__} | _plain(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"


def loads(text: str, kind: type[T]) -> T:
    """Return the value of a text made by ``dumps``; a field left out takes its default.

    BadFile names the field: ``places[3].weight: "many" is not a whole number.``
    """
    try:
        plain = json.loads(text)
    except ValueError as wrong:
        raise BadFile(f"this is not JSON: {wrong}.") from None
    if not isinstance(plain, dict):
        raise BadFile(f"this is not {kind.__name__}: an object was expected.")
    said = plain.pop(KIND, kind.__name__)
    if said != kind.__name__:
        raise BadFile(f"this is {said}, and {kind.__name__} was expected.")
    found: T = _made(kind, plain, "")
    return found


def digest(value: object) -> str:
    """Return the SHA-256 of a problem or a plan, in hexadecimal digits."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


# --- out ------------------------------------------------------------------------------------------


@singledispatch
def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


@_plain.register(Mapping)
def _(value: Mapping[Any, Any]) -> Any:
    return {_key(key): _plain(value[key]) for key in sorted(value, key=_key)}


@_plain.register(frozenset)
def _(value: frozenset[Any]) -> Any:
    return sorted(map(_plain, value), key=repr)


@_plain.register(tuple)
@_plain.register(list)
def _(value: tuple[Any, ...] | list[Any]) -> Any:
    return [_plain(item) for item in value]


@_plain.register(date)
@_plain.register(time)
def _(value: date | time) -> Any:
    return value.isoformat()


@_plain.register(enum.Enum)
def _(value: enum.Enum) -> Any:
    return value.value


@_plain.register(np.ndarray)
@_plain.register(np.generic)
def _(value: Any) -> Any:
    return value.tolist()


def _key(key: Any) -> str:
    """Return the key of a mapping as text; several values are parted by a bar."""
    if isinstance(key, tuple):
        return "|".join(map(_key, key))
    return str(_plain(key))


# --- in -------------------------------------------------------------------------------------------


def _made(kind: Any, plain: Any, where: str) -> Any:
    """Return ``plain`` as a ``kind``; ``where`` is the field, for the message."""
    if is_dataclass(kind):
        return _dataclass(kind, plain, where)
    return _READERS.get(get_origin(kind), _single)(kind, plain, where)


def _dataclass(kind: Any, plain: Any, where: str) -> Any:
    _expect(isinstance(plain, dict), where, plain, "an object")
    known = {field.name: field for field in fields(kind) if field.init}
    for name in plain:
        if name not in known:
            raise BadFile(f"{_inside(where, name)}: {kind.__name__} has no such field.")
    hints = _hints(kind)
    values = {}
    for name, field in known.items():
        if name in plain:
            values[name] = _made(hints[name], plain[name], _inside(where, name))
        elif _required(field):
            raise BadFile(f"{_inside(where, name)} is missing.")
    try:
        return kind(**values)
    except (ValueError, TypeError) as wrong:
        raise BadFile(f"{where or kind.__name__}: {wrong}".rstrip(".") + ".") from None


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _one_of(kind: Any, plain: Any, where: str) -> Any:
    """Return the first of the kinds that fits; of several, the last one tells what is wrong."""
    kinds = get_args(kind)
    if plain is None and type(None) in kinds:
        return None
    *first, last = [one for one in kinds if one is not type(None)]
    for one in first:
        with suppress(BadFile):
            return _made(one, plain, where)
    return _made(last, plain, where)


def _literal(kind: Any, plain: Any, where: str) -> Any:
    allowed = get_args(kind)
    _expect(plain in allowed, where, plain, "one of " + ", ".join(map(_quoted, allowed)))
    return plain


def _array(kind: Any, plain: Any, where: str) -> Any:
    _expect(isinstance(plain, list), where, plain, "a list of numbers")
    (number,) = get_args(get_args(kind)[1])
    try:
        return np.array(plain, dtype=number)
    except (ValueError, TypeError, OverflowError):
        raise BadFile(f"{where}: this is not a table of numbers.") from None


def _mapping(kind: Any, plain: Any, where: str) -> Any:
    _expect(isinstance(plain, dict), where, plain, "an object")
    keys, values = get_args(kind)
    return types.MappingProxyType(
        {
            _from_key(keys, key, where): _made(values, value, f'{where}["{key}"]')
            for key, value in plain.items()
        }
    )


def _from_key(kind: Any, key: str, where: str) -> Any:
    """Return the key of a mapping from its text."""
    if get_origin(kind) is tuple:
        kinds, parts = get_args(kind), key.split("|")
        _expect(len(kinds) == len(parts), where, key, f"a key of {len(kinds)} parts")
        return tuple(_from_key(one, part, where) for one, part in zip(kinds, parts, strict=True))
    if kind is int:
        with suppress(ValueError):
            return int(key)
    return _single(kind, key, where)


def _collection(kind: Any, plain: Any, where: str) -> Any:
    _expect(isinstance(plain, list), where, plain, "a list")
    origin, kinds = get_origin(kind), get_args(kind)
    if origin is tuple and kinds[-1] is not Ellipsis:
        _expect(len(plain) == len(kinds), where, plain, f"a list of {len(kinds)}")
    else:
        kinds = (kinds[0],) * len(plain)
    return origin(
        _made(one, item, f"{where}[{n}]")
        for n, (one, item) in enumerate(zip(kinds, plain, strict=True))
    )


def _single(kind: Any, plain: Any, where: str) -> Any:
    """Return one value: a text, a number, yes or no, a day, a time, or one of an enumeration."""
    if kind is float and type(plain) is int:
        return float(plain)
    if kind in {str, int, float, bool}:
        _expect(type(plain) is kind, where, plain, _WORDS[kind])
        return plain
    try:
        if kind in {date, datetime, time}:
            return kind.fromisoformat(plain)
        return kind(plain)
    except (ValueError, TypeError):
        words = _WORDS.get(kind, f"a {kind.__name__}")
    raise _wrong(where, plain, words)


_READERS: dict[Any, Callable[[Any, Any, str], Any]] = {
    Union: _one_of,
    types.UnionType: _one_of,
    Literal: _literal,
    np.ndarray: _array,
    Mapping: _mapping,
    tuple: _collection,
    list: _collection,
    frozenset: _collection,
}
_WORDS: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a day (YYYY-MM-DD)",
    datetime: "a moment (YYYY-MM-DDThh:mm+hh:mm)",
    time: "a time (hh:mm)",
}


def _expect(fits: bool, where: str, plain: Any, words: str) -> None:
    if not fits:
        raise _wrong(where, plain, words)


def _wrong(where: str, plain: Any, words: str) -> BadFile:
    return BadFile(f"{where or 'the text'}: {_quoted(plain)} is not {words}.")


def _quoted(plain: Any) -> str:
    text = json.dumps(plain, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
