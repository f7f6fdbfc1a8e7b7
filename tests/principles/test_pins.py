"""Everybody installs the same packages: the lock files follow pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def wanted(group: str) -> list[Requirement]:
    """Return the requirements of a dependency group, included groups too."""
    found = []
    for entry in PROJECT["dependency-groups"][group]:
        if isinstance(entry, str):
            found.append(Requirement(entry))
        else:
            found.extend(wanted(entry["include-group"]))
    return found


def pinned(name: str) -> dict[str, str]:
    """Return version by package in a lock file."""
    lines = (ROOT / "requirements" / f"{name}.lock").read_text().splitlines()
    pins = [line.split(";")[0].rstrip(" \\") for line in lines if "==" in line and line[0] != " "]
    return {canonicalize_name(one.split("==")[0]): one.split("==")[1] for one in pins}


@pytest.mark.parametrize("name", ["run", "dev", "postgres", "node"])
def test_every_requirement_is_pinned_to_a_version_that_satisfies_it(name: str) -> None:
    requirements = {
        "run": [Requirement(one) for one in PROJECT["project"]["dependencies"]] + wanted("build"),
        "dev": wanted("dev") + wanted("build"),
        "postgres": wanted("postgres"),
        "node": wanted("node"),
    }[name]
    pins = {package.split("[")[0]: version for package, version in pinned(name).items()}
    assert [
        f"{one} is not met by requirements/{name}.lock: run `make lock`"
        for one in requirements
        if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"), prereleases=True)
    ] == []


def test_the_same_package_has_the_same_version_in_every_lock_file() -> None:
    run, dev = pinned("run"), pinned("dev")
    assert {name: dev.get(name) for name in run} == run


def test_lock_files_name_no_address() -> None:
    assert [
        path.name
        for path in sorted((ROOT / "requirements").glob("*.lock"))
        if "://" in path.read_text() or "find-links" in path.read_text()
    ] == []
