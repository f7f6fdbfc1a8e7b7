"""Paper slips: printed once, kept as digests, taken once."""

from __future__ import annotations

import os
import stat
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from footpath.config.corner_slips import slips as command
from footpath.questions import services
from footpath.questions.models import Slip
from footpath.questions.slips import SlipFacts, address_of, groups, printed
from footpath.secrecy import receipts, tokens

CODES = tuple(receipts.with_check(number * 7**38) for number in range(1, 10))
FACTS = SlipFacts(CODES, "https://corner.example.vn", date(2026, 12, 1), date(2027, 1, 31))


def words_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["--epoch", "2026-12", *arguments])


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans", "ru"])
def test_four_slips_stand_on_a_page_in_every_language(language: str) -> None:
    pages = words_of(printed(FACTS, language=language))
    assert len(pages) == 3
    for code in CODES:
        assert sum(" ".join(groups(code)[:3]) in page for page in pages) == 1
    assert all("https://corner.example.vn/kiosk/" in page for page in pages)


def test_a_slip_says_in_plain_words_what_to_do() -> None:
    said = " ".join(words_of(printed(FACTS, language="en"))[0].split())
    assert "Draw one slip unseen. Nobody writes down who has which." in said
    assert "Counts from 1 December 2026 to 31 January 2027." in said
    assert "anonymous" not in said.lower()


def test_the_code_stands_in_the_address_only_where_no_server_sees_it() -> None:
    address, _sign, behind = address_of("https://corner.example.vn", CODES[0]).partition("#")
    assert address == "https://corner.example.vn/kiosk/"
    assert behind == f"slip={CODES[0]}"


def test_the_same_slips_are_printed_in_the_same_bytes() -> None:
    assert printed(FACTS, language="vi") == printed(FACTS, language="vi")


def test_many_slips_are_set_in_a_process_apart() -> None:
    many = SlipFacts(CODES * 10, FACTS.corner, FACTS.first, FACTS.last)
    assert len(words_of(printed(many, language="en"))) == 23


@pytest.mark.django_db
def test_the_command_keeps_digests_alone(tmp_path: Path, settings: Any) -> None:
    out = tmp_path / "slips.pdf"
    done = run("--number", "5", "--language", "vi", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = set(Slip.objects.values_list("digest", "epoch"))
    found = [receipts.read("".join(code)) for code in _codes_of(out)]
    assert len(found) == 5
    assert rows == {(tokens.slip_nullifier(code).hex(), "2026-12") for code in found}
    assert f"{settings.CORNER_LEAST} slips of that month" in done.output


@pytest.mark.django_db
def test_the_codes_are_printed_and_written_nowhere_else(tmp_path: Path, corner_dir: Path) -> None:
    out = tmp_path / "slips.pdf"
    done = run("--number", "3", "--out", str(out))
    codes = _codes_of(out)
    kept = [done.output.encode()] + [
        Path(folder, name).read_bytes()
        for folder, _folders, names in os.walk(corner_dir)
        for name in names
    ]
    assert not [code for code in codes for place in kept if code.encode() in place]


@pytest.mark.django_db
def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "slips.pdf"
    out.write_text("something dear")
    assert "is there already" in run("--out", str(out)).output
    assert "cannot be written" in run("--out", str(tmp_path / "no" / "slips.pdf")).output
    assert out.read_text() == "something dear"
    assert not Slip.objects.exists()


@pytest.mark.django_db
def test_slips_that_cannot_be_kept_are_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(services, "keep_slips", broken)
    out = tmp_path / "slips.pdf"
    assert isinstance(run("--out", str(out)).exception, OSError)
    assert not out.exists()


@pytest.mark.parametrize("epoch", ["2026-13", "26-12", "December"])
def test_an_epoch_is_a_month(tmp_path: Path, epoch: str) -> None:
    done = CliRunner().invoke(command, ["--epoch", epoch, "--out", str(tmp_path / "x.pdf")])
    assert (done.exit_code, "an epoch is a month" in done.output) == (2, True)


def _codes_of(out: Path) -> list[str]:
    """Return the codes that stand on the slips, as a reader would type them."""
    signs = "".join(words_of(out.read_bytes())).split()
    found, code = [], ""
    for word in signs:
        if len(word) == 4 and set(word) <= set(receipts.encoding.SIGNS):
            code += word
            if len(code) == receipts.LENGTH:
                found.append(code)
                code = ""
        else:
            code = ""
    return found
