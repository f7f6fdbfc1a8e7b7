"""Put the built front end, the fonts and the compiled translations into the wheel and the sdist."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface[Any]):
    """Build what is missing before the files are collected; an editable install needs neither."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the translations, and build the front end unless it is there already."""
        if version == "editable":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, root / "scripts" / "i18n.py", "compile"], check=True)
        package = root / "src" / "footpath"
        pages = any((package / "web" / "static" / "footpath").glob("**/*.css"))
        fonts = any((package / "core" / "fonts").glob("*.ttf"))
        if not (pages and fonts):
            _build_frontend(root / "frontend")


def _build_frontend(folder: Path) -> None:
    npm = shutil.which("npm")
    if not npm:
        raise RuntimeError(
            "The front end is not built and there is no npm here: run `make wheel`, "
            "which brings its own Node, or install Node 20 or newer."
        )
    subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True
    )
    subprocess.run([npm, "run", "build", "--silent"], cwd=folder, check=True)
