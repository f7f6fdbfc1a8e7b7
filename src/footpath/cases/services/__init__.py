"""Deeds on cases: one function each, the same for page, bulk, API, import and administration."""

from footpath.cases.services.attachments import add_attachment
from footpath.cases.services.raising import raise_case
from footpath.cases.services.views import delete_view, save_view
from footpath.cases.services.work import (
    accept_case,
    add_note,
    assign_owner,
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
    "accept_case",
    "add_attachment",
    "add_note",
    "assign_owner",
    "delete_view",
    "escalate_case",
    "give_guidance",
    "mark_duplicate",
    "raise_case",
    "rectify_case",
    "reopen_case",
    "resubmit_case",
    "return_case",
    "save_view",
    "verify_case",
]
