"""Deeds on places, organizations, people and tiers, split by noun.

``person.scope`` may change with most of them: they end with ``accounts.scope_changed`` for the
users concerned, in the same transaction.
"""

from footpath.directory.services.calendar import (
    note_special_days,
    settle_year,
    withdraw_special_days,
)
from footpath.directory.services.hours import note_hours, withdraw_hours
from footpath.directory.services.organizations import (
    change_organization,
    change_post,
    create_organization,
    create_post,
    move_post,
)
from footpath.directory.services.people import (
    change_membership,
    change_person,
    create_person,
    end_membership,
    give_access,
    give_new_password,
    resume_access,
    start_membership,
    stop_access,
)
from footpath.directory.services.places import close_area, correct_area, create_area
from footpath.directory.services.tiers import FIELDS as TIER_FIELDS
from footpath.directory.services.tiers import check_tier_level, remove_tier, save_tier

__all__ = [
    "TIER_FIELDS",
    "change_membership",
    "change_organization",
    "change_person",
    "change_post",
    "check_tier_level",
    "close_area",
    "correct_area",
    "create_area",
    "create_organization",
    "create_person",
    "create_post",
    "end_membership",
    "give_access",
    "give_new_password",
    "move_post",
    "note_hours",
    "note_special_days",
    "remove_tier",
    "resume_access",
    "save_tier",
    "settle_year",
    "start_membership",
    "stop_access",
    "withdraw_hours",
    "withdraw_special_days",
]
