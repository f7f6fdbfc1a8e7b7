"""Deeds on cases: one function each, the same for page, bulk, API, import and administration."""

from footpath.cases.services.attachments import (
    MOST_FILES,
    add_attachment,
    add_attachments,
    small_picture,
)
from footpath.cases.services.handing import hand_over_case
from footpath.cases.services.raising import raise_case
from footpath.cases.services.views import delete_view, save_view
from footpath.cases.services.work import (
    accept_case,
    add_note,
    assign_owner,
    check_deed,
    escalate_case,
    give_guidance,
    mark_duplicate,
    rectify_case,
    reopen_case,
    resubmit_case,
    return_case,
    verify_case,
)

__all__ = [
    "MOST_FILES",
    "accept_case",
    "add_attachment",
    "add_attachments",
    "add_note",
    "assign_owner",
    "check_deed",
    "delete_view",
    "escalate_case",
    "give_guidance",
    "hand_over_case",
    "mark_duplicate",
    "raise_case",
    "rectify_case",
    "reopen_case",
    "resubmit_case",
    "return_case",
    "save_view",
    "small_picture",
    "verify_case",
]
