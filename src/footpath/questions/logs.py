"""How the Corner writes a line of its log: nothing of what was sent, and no hour."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from footpath.core import clock


class Bare(logging.Formatter):
    """Writes the day, the level, who says it, and of an error its kind and the places it passed.

    Messages and their arguments are left out: a database quotes the values of a row in them, and
    Django the address that was asked for.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and one more for each place that an error passed."""
        own = record.name.startswith("footpath.") and not record.args
        said = f": {record.msg}" if own else ""
        lines = [f"{clock.today().isoformat()} {record.levelname} {record.name}{said}"]
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            lines += [
                f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
        return "\n".join(lines)
