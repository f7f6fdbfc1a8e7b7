"""``footpath-corner`` as a single file: the same bytes from the same sources, everywhere.

Members download it once and compare its digest with the key notice; from then on no server can
change what seals their questions. It holds the protocol and its words, and needs Python with
pyrage, argon2-cffi and cryptography.

Nothing of the machine goes into it: no dates, no order of a folder, no rights, no compression
(whose bytes differ from library to library).
"""

from __future__ import annotations

import ast
import gettext
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from footpath import __version__

NAME = "footpath-corner.pyz"
PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = {"vi": "vi", "zh-hans": "zh_Hans", "ru": "ru"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)
START = b"#!/usr/bin/env python3\n"
MAIN = b"""import sys

from footpath.secrecy.__main__ import main

sys.exit(main())
"""


@lru_cache(maxsize=1)
def program() -> bytes:
    """Return the single file, some 130 kB; FileNotFoundError without compiled translations."""
    return built(PACKAGE)


def digest() -> str:
    """Return the SHA-256 of the single file: what the key notice names."""
    return hashlib.sha256(program()).hexdigest()


def entry() -> dict[str, str]:
    """Return what the key notice says of this version, not chained yet."""
    return {"kind": "client", "version": __version__, "digest": digest()}


def built(package: Path) -> bytes:
    """Return the single file of a folder with the sources of ``footpath``."""
    out = io.BytesIO()
    out.write(START)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(_contents(package)):
            about = zipfile.ZipInfo(name, LONG_AGO)
            about.create_system = 3  # as on Unix, wherever it is made
            about.external_attr = 0o100644 << 16
            archive.writestr(about, content)
    return out.getvalue()


def _contents(package: Path) -> Iterator[tuple[str, bytes]]:
    sources = [package / "__init__.py", *(package / "secrecy").rglob("*.py")]
    for file in sources:
        name = f"footpath/{file.relative_to(package).as_posix()}"
        yield name, file.read_bytes().replace(b"\r\n", b"\n")
    yield "__main__.py", MAIN
    yield "footpath/secrecy/client/words.json", _words(package)


def _words(package: Path) -> bytes:
    """Return what the command says in the other languages, by its English words."""
    texts = sorted(
        {
            text
            for file in (package / "secrecy" / "client").rglob("*.py")
            for text in _translatable(file.read_text(encoding="utf-8"))
        }
    )
    known = {}
    for language, folder in LANGUAGES.items():
        catalog = gettext.translation("django", str(package / "locale"), [folder])
        translated = {text: catalog.gettext(text) for text in texts}
        known[language] = {text: said for text, said in translated.items() if said != text}
    return json.dumps(known, sort_keys=True, indent=1).encode("ascii")


def _translatable(source: str) -> Iterator[str]:
    """Yield the texts that a source passes to ``_``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            for value in node.args:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value
