"""Deeds on plans of months: start, make, pin, decide, publish. Source: S2.2, S4.5."""

from footpath.meetings.services.months.deciding import (
    ChangedSince,
    approve_month,
    reject_month,
)
from footpath.meetings.services.months.making import make_month
from footpath.meetings.services.months.pins import pin_meeting, take_pin_off
from footpath.meetings.services.months.publishing import Refused, publish_month
from footpath.meetings.services.months.starting import (
    AT_WORK,
    MonthAtWork,
    fail_cut_off,
    is_cut_off,
    plan_again,
    start_again,
    start_month,
    start_repair,
    stop_month,
)

__all__ = [
    "AT_WORK",
    "ChangedSince",
    "MonthAtWork",
    "Refused",
    "approve_month",
    "fail_cut_off",
    "is_cut_off",
    "make_month",
    "pin_meeting",
    "plan_again",
    "publish_month",
    "reject_month",
    "start_again",
    "start_month",
    "start_repair",
    "stop_month",
    "take_pin_off",
]
