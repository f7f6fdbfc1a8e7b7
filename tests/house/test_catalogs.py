"""The script that looks after the translations, on catalogs of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog

from scripts import i18n


@pytest.fixture
def catalogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for catalogs, empty, that the script takes for ours."""
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    return tmp_path


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Return the texts that the script finds in use: a plain one and a plural one."""
    in_use = Catalog()
    in_use.add("Escalate to %(agency)s")
    in_use.add(("%(count)s case", "%(count)s cases"))
    monkeypatch.setattr(i18n, "texts_in_use", lambda: in_use)
    return in_use


def translate(language: str, plain: str, plural: tuple[str, ...], *flags: str) -> None:
    """Write the catalog of a language with these two translations."""
    catalog = Catalog(locale=language)
    catalog.add("Escalate to %(agency)s", plain, flags=flags)
    catalog.add(("%(count)s case", "%(count)s cases"), plural)
    path = i18n.path_of(language)
    path.parent.mkdir(parents=True)
    path.write_bytes(i18n.written(catalog))


RUSSIAN = ("%(count)s обращение", "%(count)s обращения", "%(count)s обращений")


def test_a_whole_catalog_has_no_complaint(catalogs: Path, texts: Catalog) -> None:
    translate("ru", "Передать в %(agency)s", RUSSIAN)
    assert list(i18n.complaints("ru", texts)) == []


def test_a_missing_catalog_misses_every_text(catalogs: Path, texts: Catalog) -> None:
    assert list(i18n.complaints("vi", texts)) == [
        "vi: no translation of 'Escalate to %(agency)s'",
        "vi: no translation of '%(count)s case'",
    ]


def test_a_plural_form_left_empty_is_a_missing_translation(catalogs: Path, texts: Catalog) -> None:
    translate("ru", "Передать в %(agency)s", (*RUSSIAN[:2], ""))
    assert list(i18n.complaints("ru", texts)) == ["ru: no translation of '%(count)s case'"]


def test_an_unsure_translation_is_refused(catalogs: Path, texts: Catalog) -> None:
    translate("ru", "Передать в %(agency)s", RUSSIAN, "fuzzy")
    assert list(i18n.complaints("ru", texts)) == [
        "ru: unsure (fuzzy) translation of 'Escalate to %(agency)s'"
    ]


def test_a_translation_that_lost_its_placeholder_is_refused(catalogs: Path, texts: Catalog) -> None:
    translate("ru", "Передать в ведомство", RUSSIAN)
    assert list(i18n.complaints("ru", texts)) == ["ru: 'Escalate to %(agency)s' lost %(agency)s"]


def test_check_fails_until_the_last_text_is_translated(catalogs: Path, texts: Catalog) -> None:
    one_form = ("%(count)s",)
    translate("ru", "Передать в %(agency)s", RUSSIAN)
    translate("vi", "Chuyển lên %(agency)s", one_form)
    assert i18n.check() == 1
    translate("zh_Hans", "上报%(agency)s", one_form)
    assert i18n.check() == 0


def test_an_update_keeps_translations_and_drops_what_is_not_in_use(
    catalogs: Path, texts: Catalog
) -> None:
    old = Catalog(locale="vi")
    old.add("Escalate to %(agency)s", "Chuyển lên %(agency)s")
    old.add("Gone", "Đã bỏ")
    i18n.path_of("vi").parent.mkdir(parents=True)
    i18n.path_of("vi").write_bytes(i18n.written(old))
    i18n.update()
    kept = {i18n.key(message): i18n.forms(message) for message in i18n.read("vi") if message.id}
    assert kept == {
        (None, "%(count)s case"): ("",),
        (None, "Escalate to %(agency)s"): ("Chuyển lên %(agency)s",),
    }


def test_the_second_update_changes_no_byte(catalogs: Path, texts: Catalog) -> None:
    i18n.update()
    first = {path: path.read_bytes() for path in catalogs.rglob("*.po")}
    i18n.update()
    assert {path: path.read_bytes() for path in catalogs.rglob("*.po")} == first
    assert len(first) == 3


def test_compiling_writes_a_catalog_that_gettext_reads(catalogs: Path, texts: Catalog) -> None:
    import gettext

    translate("ru", "Передать в %(agency)s", RUSSIAN)
    i18n.compile_all()
    with i18n.path_of("ru").with_suffix(".mo").open("rb") as compiled:
        found = gettext.GNUTranslations(compiled)
    assert found.gettext("Escalate to %(agency)s") == "Передать в %(agency)s"
    assert [found.ngettext("%(count)s case", "%(count)s cases", n) for n in (1, 2, 5)] == list(
        RUSSIAN
    )


def test_texts_are_found_in_python_and_in_templates() -> None:
    found = i18n.by_key(i18n.texts_in_use())
    assert (None, "manage users and posts") in found  # gettext_noop in accounts/permissions.py
    assert len(found) > 100
