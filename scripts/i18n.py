"""The catalogs of translations: check them, bring them up to date, compile them.

    python scripts/i18n.py check     # fails on anything missing, fuzzy or with other placeholders
    python scripts/i18n.py update    # new texts with empty translations, unused texts gone
    python scripts/i18n.py compile   # .po to .mo

The catalogs are kept so that two people's changes seldom meet: sorted by text, no line numbers,
no dates, one line per text.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "footpath"
LOCALES = PACKAGE / "locale"
LANGUAGES = ("ru", "vi", "zh_Hans")
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
JINJA = {
    # As in footpath.core.jinja, or the texts found here would differ from those looked up there.
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "trimmed": "true",
    "silent": "false",
}
OPTIONS = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str | None, str]


def texts_in_use() -> Catalog:
    """Return every translatable text of the package, once."""
    catalog = Catalog()
    found = extract_from_dir(
        PACKAGE, METHODS, OPTIONS, KEYWORDS, ("Translators:",), strip_comment_tags=True
    )
    for _file, _line, text, comments, context in found:
        if text and text != ("", ""):
            catalog.add(text, auto_comments=comments, context=context)
    return catalog


def key(message: Message) -> Key:
    """Return what identifies a text: its context and its (singular) wording."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    """Return the translations of a text: one, or one per plural form."""
    if not message.string:
        return ("",)
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def path_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Return the catalog of a language, empty when there is no file yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def by_key(catalog: Catalog) -> dict[Key, Message]:
    return {key(message): message for message in catalog if message.id}


def complaints(language: str, in_use: Catalog) -> Iterator[str]:
    """Yield one sentence for each text that a reader of this language would not get right."""
    catalog = read(language)
    known = by_key(catalog)
    for wanted in in_use:
        if not wanted.id:
            continue
        context, text = key(wanted)
        shown = f"{text!r}" + (f" ({context})" if context else "")
        message = known.get((context, text))
        if message is None or not all(forms(message)):
            yield f"{language}: no translation of {shown}"
        elif message.fuzzy:
            yield f"{language}: unsure (fuzzy) translation of {shown}"
        elif message.pluralizable != wanted.pluralizable:
            yield f"{language}: {shown} is plural in one place only; run `make i18n-update`"
        elif wrong := list(message.check(catalog)):
            yield f"{language}: {shown}: {wrong[0]}"
        else:
            yield from _placeholders(language, shown, wanted, message)


def _placeholders(language: str, shown: str, wanted: Message, message: Message) -> Iterator[str]:
    singular_and_plural = (wanted.id,) if isinstance(wanted.id, str) else wanted.id
    allowed = {
        placeholder for text in singular_and_plural for placeholder in PLACEHOLDER.findall(text)
    }
    for form in forms(message):
        found = set(PLACEHOLDER.findall(form))
        if found - allowed:
            yield f"{language}: {shown} has no {' '.join(sorted(found - allowed))}"
        if allowed - found and not wanted.pluralizable:
            yield f"{language}: {shown} lost {' '.join(sorted(allowed - found))}"


def check() -> int:
    """Print what is wrong and return 1, or return 0."""
    in_use = texts_in_use()
    found = [complaint for language in LANGUAGES for complaint in complaints(language, in_use)]
    for complaint in found:
        print(complaint)
    count = len(by_key(in_use))
    print(f"{count} texts, {len(LANGUAGES)} languages, {len(found)} to mend")
    return 1 if found else 0


def update() -> int:
    """Write every text in use into every catalog, keeping the translations there are."""
    in_use = texts_in_use()
    for language in LANGUAGES:
        known = by_key(read(language))
        fresh = Catalog(locale=language)
        for wanted in in_use:
            if not wanted.id:
                continue
            message = known.pop(key(wanted), None)
            keep = message is not None and message.pluralizable == wanted.pluralizable
            fresh.add(
                wanted.id,
                message.string if message is not None and keep else None,
                flags=message.flags & {"fuzzy"} if message is not None else (),
                auto_comments=wanted.auto_comments,
                user_comments=message.user_comments if message is not None else (),
                context=wanted.context,
            )
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(fresh))
        empty = sum(not all(forms(message)) for message in fresh if message.id)
        print(f"{language}: {len(fresh)} texts, {empty} without translation, {len(known)} dropped")
    return 0


def written(catalog: Catalog) -> bytes:
    """Return a catalog as the bytes of its file, the same bytes for the same translations."""
    locale = Locale.parse(str(catalog.locale))
    header = (
        f"# Footpath in {locale.get_display_name('en')}.\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {locale}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    body = io.BytesIO()
    write_po(body, catalog, omit_header=True, no_location=True, sort_output=True, width=0)
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def compile_all() -> int:
    """Write the .mo file beside each .po file; without catalogs there is nothing to do."""
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        catalog = read_po(io.BytesIO(path.read_bytes()), locale=path.parent.parent.name)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        path.with_suffix(".mo").write_bytes(compiled.getvalue())
    return 0


def main() -> int:
    """Run one of the three deeds and return its exit status."""
    deeds = {"check": check, "update": update, "compile": compile_all}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("deed", choices=deeds)
    return deeds[parser.parse_args().deed]()


if __name__ == "__main__":
    sys.exit(main())
