"""Reading the configuration of nginx as nginx reads it: directives, blocks, included files."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WORDS = re.compile(
    r"""\#[^\n]*                    # a comment
    |"(?:\\.|[^"\\])*"              # a quoted word
    |'(?:\\.|[^'\\])*'
    |[{};]
    |(?:\\.|\$\{[^}]*\}|[^\s{};])+  # a plain word, with ${variables}
    """,
    re.VERBOSE,
)
DEEPEST = 50


class Unreadable(ValueError):
    """The configuration cannot be read; the message says why."""


@dataclass(frozen=True)
class Directive:
    """One directive with its words; a block has directives of its own inside."""

    name: str
    words: tuple[str, ...]
    inside: tuple[Directive, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.name, *(word or '""' for word in self.words)))

    def each(self, name: str) -> list[Directive]:
        """Return the directives of that name directly inside."""
        return [directive for directive in self.inside if directive.name == name]


def read(path: Path) -> Directive:
    """Return the whole configuration as one block, with what its files include in place.

    Relative names of included files begin at the folder of this one, as nginx has it. Raises
    Unreadable when a file is not there, may not be read, or is not a configuration.
    """
    return Directive("main", (), tuple(_file(path, path.parent, DEEPEST)))


def _file(path: Path, home: Path, left: int) -> Iterator[Directive]:
    if left < 0:
        raise Unreadable(f"{path} includes itself.")
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as reason:
        raise Unreadable(f"{path} cannot be read ({reason.strerror}).") from reason
    words = [word for word in _WORDS.findall(text) if not word.startswith("#")]
    words.reverse()
    yield from _block(words, path, home, left)
    if words:
        raise Unreadable(f"{path} closes a block that it has not opened.")


def _block(words: list[str], path: Path, home: Path, left: int) -> Iterator[Directive]:
    """Yield directives up to the end of the block; takes its words from the end of the list."""
    said: list[str] = []
    while words and words[-1] != "}":
        word = words.pop()
        if word not in {";", "{"}:
            said.append(_plain(word))
            continue
        if not said:
            continue
        name, *rest = said
        said = []
        if word == "{":
            inside = tuple(_block(words, path, home, left))
            if not words:
                raise Unreadable(f"{path} does not close the block {name}.")
            words.pop()
            yield Directive(name, tuple(rest), inside)
        elif name == "include" and rest:
            for found in sorted(glob.glob(str(home / rest[0]))):  # noqa: PTH207 - a pattern with a root
                yield from _file(Path(found), home, left - 1)
        else:
            yield Directive(name, tuple(rest))
    if said:
        raise Unreadable(f"{path} does not end the directive {said[0]}.")


def _plain(word: str) -> str:
    if word[0] in "\"'" and word[-1] == word[0] and len(word) > 1:
        word = word[1:-1]
    return re.sub(r"\\(.)", r"\1", word)
