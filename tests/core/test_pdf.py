"""Templates and data become PDF: the same bytes every time, every name as it was typed."""

from __future__ import annotations

import io
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from pypdf import PdfReader

from footpath.core import formats, pdf

DAY = date(2026, 11, 22)
TEMPLATE = """#import "/core/typst/paper.typ": *
#show: paper
#for line in data.lines { block(line) }
"""
HOSTILE = r"""O'Brien #let x = 1 "q" $x$ \ *a* _b_ <l> @r // /* ~ -- ... `c` [x] {y} #panic()"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template of its own in a package folder that shares our paper."""
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "typst").symlink_to(pdf.PACKAGE / "core" / "typst")
    monkeypatch.setattr(pdf, "PACKAGE", tmp_path)
    path = tmp_path / "lines.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def rendered(template: Path, *lines: str, language: str = "en", title: str = "Lines") -> PdfReader:
    made = pdf.render(template, {"lines": lines}, language=language, title=title, day=DAY)
    return PdfReader(io.BytesIO(made))


def lines_of(reader: PdfReader) -> list[str]:
    return [line for page in reader.pages for line in page.extract_text().splitlines()]


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans", "ru"])
def test_names_of_all_alphabets_come_out_in_every_language(template: Path, language: str) -> None:
    names = ["Nguyễn Thị Ánh Tuyết", "Đặng Ưu Ỷ", "欧阳喆堃", "Щербатюк Ёлкина", "O'Neill"]
    assert lines_of(rendered(template, *names, language=language)) == names


def test_what_looks_like_source_comes_out_as_typed(template: Path) -> None:
    reader = rendered(template, HOSTILE, "#{panic()}", 'a\\"b', title=HOSTILE)
    assert " ".join(lines_of(reader)) == HOSTILE + ' #{panic()} a\\"b'
    assert reader.metadata is not None
    assert reader.metadata.title == HOSTILE


def test_the_file_says_its_title_language_day_and_standards(template: Path) -> None:
    reader = rendered(template, "刘洋", language="zh-hans", title="分工通知书")
    assert reader.metadata is not None
    assert reader.metadata.title == "分工通知书"
    assert reader.metadata["/CreationDate"] == "D:20261122000000Z"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    told = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told


def test_only_our_own_fonts_are_used(template: Path) -> None:
    fonts = pdf._fonts(pdf.FONTS).fonts()
    assert sorted({font.family for font in fonts}) == ["Noto Serif", "Noto Serif SC"]
    page = rendered(template, "Tuyết 欧阳").pages[0]
    used = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
    assert sorted(name.split("+")[1].split("-")[0] for name in used) == ["NotoSerif", "NotoSerifSC"]


def test_the_same_data_give_the_same_bytes_in_several_threads(template: Path) -> None:
    def one(_number: int) -> bytes:
        return pdf.render(template, {"lines": ["Tuyết"]}, language="vi", title="T", day=DAY)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(12)))) == 1


def test_signs_without_a_shape_are_left_out(template: Path) -> None:
    said = lines_of(rendered(template, "Lê\x00 Mai\ud800\x07", "Tuye\u0302\u0301t"))
    assert said == ["Lê Mai", "Tuyết"]


def test_a_sign_that_our_fonts_lack_is_told_and_does_not_stop_the_letter(
    template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert lines_of(rendered(template, "Mai 😀"))[0].startswith("Mai")
    assert "could not be displayed" in caplog.text


def test_a_process_apart_gives_the_same_bytes_and_the_same_warnings(
    template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def set_twice(line: str) -> list[bytes]:
        data = {"lines": [line]}
        return [
            pdf.render(template, data, language="vi", title="T", day=DAY, apart=apart)
            for apart in (False, True)
        ]

    here, apart = set_twice(HOSTILE + "\ud800 Tuyết 欧阳")
    assert here == apart
    assert caplog.records == []
    here, apart = set_twice("😀")
    assert here == apart
    assert len(caplog.records) == 2


def test_the_process_apart_answers_with_a_pdf_or_a_message(template: Path) -> None:
    work = {
        "template": str(template),
        "inputs": {"data": '{"lines": ["Mai"]}', "title": "T", "language": "vi"},
        "day": "2026-11-22",
        "package": str(template.parent),
        "fonts": str(pdf.FONTS),
    }
    made, said = io.BytesIO(), io.StringIO()
    assert pdf.main(json.dumps(work).encode(), made, said) == 0
    assert (lines_of(PdfReader(made)), said.getvalue()) == (["Mai"], "")
    assert pdf.main(json.dumps(work | {"template": "none.typ"}).encode(), made, said) == 1
    assert "No such file" in said.getvalue()


def test_missing_fonts_say_what_to_do(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "FONTS", tmp_path / "fonts")
    with pytest.raises(pdf.FontsMissing) as missing:
        rendered(template, "Mai")
    assert str(missing.value) == (
        "The fonts for PDF are not there (NotoSerif-Bold.ttf, NotoSerif-Regular.ttf, "
        "NotoSerifSC-Regular.ttf): run `make install`."
    )


def test_an_error_in_a_template_is_logged_with_its_message(
    template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    template.write_text("#nonsense", encoding="utf-8")
    for apart in (False, True):
        with pytest.raises(pdf.NotRendered, match="unknown variable: nonsense"):
            pdf.render(template, {}, language="en", title="T", day=DAY, apart=apart)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "unknown variable: nonsense" in caplog.text


def test_no_template_fetches_anything_from_a_network() -> None:
    templates = sorted(pdf.PACKAGE.rglob("*.typ"))
    assert templates
    for path in templates:
        assert "@preview" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "3 February 2026"),
        ("vi", "ngày 03 tháng 02 năm 2026"),
        ("zh-hans", "2026年2月3日"),
        ("ru", "3 февраля 2026 г."),
    ],
)
def test_an_official_day_is_written_as_each_language_does(language: str, said: str) -> None:
    with translation.override(language):
        assert formats.day_formal(date(2026, 2, 3)).replace("\u00a0", " ") == said
        march = formats.day_formal(date(2026, 3, 10)).replace("\u00a0", " ")
    assert ("tháng 3 năm" in march) == (language == "vi")
