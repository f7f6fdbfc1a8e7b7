"""Which rung of the ladder of reminders comes when. No Django here. Source: S4.3."""

from __future__ import annotations

from datetime import timedelta

LOOK_AHEAD = timedelta(days=45)
"""No rung lies further before a due date than this: twenty working days and the longest holiday."""
