"""The command's words in the reader's language: from the catalogs of Footpath, without Django.

In the single file that members download there are no catalogs: it carries ``words.json``, taken
from them when the file was made.
"""

from __future__ import annotations

import gettext as catalogs
import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

Language = Literal["en", "vi", "zh-hans", "ru"]
FOLDERS: dict[Language, str] = {"en": "", "vi": "vi", "zh-hans": "zh_Hans", "ru": "ru"}
"""The four languages as a question names them, and the folders of their catalogs."""

_BEGIN: dict[str, Language] = {"vi": "vi", "ru": "ru", "zh": "zh-hans"}
WORDS = "words.json"
_LOCALES = Path(__file__).resolve().parents[2] / "locale"

_chosen: list[Callable[[str], str]] = []


def gettext(text: str) -> str:
    """Return a text in the language that was chosen, itself where there is no translation."""
    return (_chosen[0](text) or text) if _chosen else text


def speak(language: Language) -> None:
    """Choose the language of all that is said from now on: one of FOLDERS."""
    _chosen[:] = [_carried(language) or _installed(language)]


def language_of(environment: dict[str, str]) -> Language:
    """Return the language that the environment asks for: "vi" for LANG=vi_VN.UTF-8."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        said = environment.get(name, "")
        if said:
            return _BEGIN.get(said[:2].lower(), "en")
    return "en"


def _carried(language: Language) -> Callable[[str], str] | None:
    try:
        carried = pkgutil.get_data(__package__, WORDS)
    except OSError:
        return None
    if carried is None:  # whatever imported this package reads no files beside it
        return None
    known: dict[str, str] = json.loads(carried).get(language, {})
    return lambda text: known.get(text, text)


def _installed(language: Language) -> Callable[[str], str]:
    folder = FOLDERS[language]
    return catalogs.translation(
        "django", str(_LOCALES), [folder] if folder else [], fallback=True
    ).gettext
