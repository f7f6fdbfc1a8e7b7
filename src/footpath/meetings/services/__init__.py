"""Deeds on meetings, one file per noun; other rooms take the names from here."""

from footpath.meetings.services.approving import approve_minutes, correct_minutes
from footpath.meetings.services.attending import Mark, hold_meeting, mark_attendance
from footpath.meetings.services.convening import (
    add_duty,
    cancel_meeting,
    convene_meeting,
    free_days_for,
    invite_organization,
    move_meeting,
    remove_duty,
)
from footpath.meetings.services.days import (
    DayRefused,
    Terms,
    begin_rule,
    change_rule,
    check_day,
    end_rule,
    extraordinary,
)
from footpath.meetings.services.drawing import draw_duties, draw_many
from footpath.meetings.services.expecting import (
    ExpectedElsewhere,
    refuse_clash,
    settle_elsewhere,
)
from footpath.meetings.services.feeds import make_feed, note_reading, revoke_feed
from footpath.meetings.services.halls import (
    HallTaken,
    add_hall,
    change_hall,
    close_hall,
    open_hall,
    refuse_taken,
)
from footpath.meetings.services.minutes import (
    COFFEE,
    MOST_ITEMS,
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
    "MOST_ITEMS",
    "DayRefused",
    "ExpectedElsewhere",
    "HallTaken",
    "Mark",
    "Said",
    "Terms",
    "add_action",
    "add_duty",
    "add_hall",
    "add_items",
    "add_minute_item",
    "approve_minutes",
    "begin_rule",
    "cancel_meeting",
    "change_hall",
    "change_item",
    "change_rule",
    "check_day",
    "close_hall",
    "convene_meeting",
    "correct_minutes",
    "draw_duties",
    "draw_many",
    "end_rule",
    "extraordinary",
    "free_days_for",
    "hold_meeting",
    "invite_organization",
    "lock_people",
    "make_feed",
    "mark_attendance",
    "move_meeting",
    "note_reading",
    "open_hall",
    "raise_case_from_item",
    "refuse_clash",
    "refuse_taken",
    "refuse_when_approved",
    "remove_duty",
    "reorder_items",
    "revoke_feed",
    "settle_elsewhere",
    "snapshot",
    "touched",
    "withdraw_item",
    "write_minutes",
]
