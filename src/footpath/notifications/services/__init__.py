"""Deeds of this room: tell, read, choose how to be told, plan what goes out, and send it."""

from footpath.notifications.services.choosing import (
    add_channel,
    code_of,
    confirm_channel,
    remove_channel,
    save_preferences,
)
from footpath.notifications.services.delivering import deliver_due
from footpath.notifications.services.notifying import Value, notify
from footpath.notifications.services.planning import plan_due
from footpath.notifications.services.reading import mark_all_read, mark_read

__all__ = [
    "Value",
    "add_channel",
    "code_of",
    "confirm_channel",
    "deliver_due",
    "mark_all_read",
    "mark_read",
    "notify",
    "plan_due",
    "remove_channel",
    "save_preferences",
]
