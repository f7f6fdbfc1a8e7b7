"""The single file that members run: the same bytes everywhere, and it works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from footpath.questions import program


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sources with other dates, other rights and Windows' line ends."""
    package = tmp_path_factory.mktemp("elsewhere") / "footpath"
    shutil.copytree(program.PACKAGE / "secrecy", package / "secrecy")
    shutil.copytree(program.PACKAGE / "locale", package / "locale")
    shutil.copy(program.PACKAGE / "__init__.py", package)
    for at, file in enumerate(sorted(package.rglob("*.py"), reverse=True)):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
        file.chmod(0o600)
        os.utime(file, (1_000_000_000 + at, 1_000_000_000 + at))
    return package


def test_the_same_sources_give_the_same_bytes_everywhere(elsewhere: Path) -> None:
    assert program.built(elsewhere) == program.program()


def test_another_process_with_other_surroundings_makes_the_same_file() -> None:
    code = "from footpath.questions import program; print(program.digest())"
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Ho_Chi_Minh", "LANG": "vi_VN.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.strip() == program.digest()


def test_one_changed_byte_changes_the_digest(elsewhere: Path, tmp_path: Path) -> None:
    package = tmp_path / "footpath"
    shutil.copytree(elsewhere, package)
    with (package / "secrecy" / "age.py").open("ab") as file:
        file.write(b"# nothing\n")
    assert program.built(package) != program.program()


def test_it_holds_the_protocol_its_words_and_no_more() -> None:
    names = zipfile.ZipFile(BytesIO(program.program())).namelist()
    assert names == sorted(names)
    assert {name.split("/")[0] for name in names} == {"__main__.py", "footpath"}
    assert {"/".join(name.split("/")[1:2]) for name in names if "/" in name} == {
        "__init__.py",
        "secrecy",
    }
    assert not [name for name in names if "__pycache__" in name]


def test_without_its_translations_it_is_not_made(elsewhere: Path, tmp_path: Path) -> None:
    package = tmp_path / "footpath"
    shutil.copytree(elsewhere, package)
    (package / "locale" / "vi" / "LC_MESSAGES" / "django.mo").unlink()
    with pytest.raises(FileNotFoundError):
        program.built(package)


def test_it_runs_from_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / program.NAME
    file.write_bytes(program.program())
    ran = subprocess.run(
        [sys.executable, "-P", str(file), "notice"],
        env={"FOOTPATH_CORNER_HOME": str(tmp_path / "home"), "LANG": "en"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "footpath-corner: Nothing is pinned yet: begin with `footpath-corner start`.\n"
    )


def test_without_its_packages_it_says_what_to_install(tmp_path: Path) -> None:
    file = tmp_path / program.NAME
    file.write_bytes(program.program())
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(file), "notice"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "Install pyrage, argon2-cffi and cryptography" in ran.stderr


def test_it_speaks_four_languages(elsewhere: Path, tmp_path: Path) -> None:
    package = tmp_path / "footpath"
    shutil.copytree(elsewhere, package)
    said = 'from footpath.secrecy.client.words import gettext as _\n\n_("Sign in")\n'
    (package / "secrecy" / "client" / "more.py").write_text(said, encoding="utf-8")
    file = tmp_path / program.NAME
    file.write_bytes(program.built(package))
    code = (
        "from footpath.secrecy.client import words\n"
        "for language in ('en', 'vi', 'zh-hans', 'ru'):\n"
        "    words.speak(language); print(words.gettext('Sign in'))"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(file), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["Sign in", "Đăng nhập", "登录", "Войти"]
