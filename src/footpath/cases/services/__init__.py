"""Deeds on cases: one function each, the same for page, bulk, API, import and administration."""

from footpath.cases.services.attachments import (
    MOST_FILES,
    add_attachment,
    add_attachments,
    small_picture,
)
from footpath.cases.services.checking import check_deed
from footpath.cases.services.duplicates import mark_duplicate
from footpath.cases.services.escalating import escalate_case
from footpath.cases.services.handing import hand_over_case
from footpath.cases.services.owning import accept_case, assign_owner
from footpath.cases.services.raising import raise_case
from footpath.cases.services.returning import resubmit_case, return_case
from footpath.cases.services.routing import add_route, change_route, route_of, withdraw_route
from footpath.cases.services.transferring import misroute_case, transfer_case
from footpath.cases.services.verifying import reopen_case, verify_case
from footpath.cases.services.views import delete_view, save_view
from footpath.cases.services.working import add_note, give_guidance, rectify_case

__all__ = [
    "MOST_FILES",
    "accept_case",
    "add_attachment",
    "add_attachments",
    "add_note",
    "add_route",
    "assign_owner",
    "change_route",
    "check_deed",
    "delete_view",
    "escalate_case",
    "give_guidance",
    "hand_over_case",
    "mark_duplicate",
    "misroute_case",
    "raise_case",
    "rectify_case",
    "reopen_case",
    "resubmit_case",
    "return_case",
    "route_of",
    "save_view",
    "small_picture",
    "transfer_case",
    "verify_case",
    "withdraw_route",
]
