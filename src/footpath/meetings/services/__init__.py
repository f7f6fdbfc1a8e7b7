"""Deeds on meetings, one file per noun; other rooms take the names from here."""

from footpath.meetings.services.attending import Mark, hold_meeting, mark_attendance
from footpath.meetings.services.convening import (
    add_duty,
    cancel_meeting,
    convene_meeting,
    draw_duties,
    move_meeting,
    remove_duty,
)
from footpath.meetings.services.days import DayRefused, check_day, extraordinary
from footpath.meetings.services.expecting import (
    ExpectedElsewhere,
    refuse_clash,
    settle_elsewhere,
)
from footpath.meetings.services.minutes import (
    COFFEE,
    Said,
    add_action,
    add_items,
    add_minute_item,
    change_item,
    raise_case_from_item,
    refuse_when_approved,
    reorder_items,
    withdraw_item,
    write_minutes,
)
from footpath.meetings.services.values import LONGEST_LINE, lock_people, snapshot, touched

__all__ = [
    "COFFEE",
    "LONGEST_LINE",
    "DayRefused",
    "ExpectedElsewhere",
    "Mark",
    "Said",
    "add_action",
    "add_duty",
    "add_items",
    "add_minute_item",
    "cancel_meeting",
    "change_item",
    "check_day",
    "convene_meeting",
    "draw_duties",
    "extraordinary",
    "hold_meeting",
    "lock_people",
    "mark_attendance",
    "move_meeting",
    "raise_case_from_item",
    "refuse_clash",
    "refuse_when_approved",
    "remove_duty",
    "reorder_items",
    "settle_elsewhere",
    "snapshot",
    "touched",
    "withdraw_item",
    "write_minutes",
]
