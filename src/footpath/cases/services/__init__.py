"""Deeds on cases: one function each, the same for page, bulk, API, import and administration."""

from footpath.cases.services.attachments import (
    MOST_FILES,
    add_attachment,
    add_attachments,
    small_picture,
)
from footpath.cases.services.checking import check_deed
from footpath.cases.services.duplicates import mark_duplicate
from footpath.cases.services.escalating import (
    add_escalation_rule,
    escalate_by_rules,
    escalate_case,
    withdraw_escalation_rule,
)
from footpath.cases.services.handing import hand_over_case
from footpath.cases.services.owning import accept_case, assign_owner
from footpath.cases.services.pausing import (
    LONGEST_PAUSE,
    MOST_TIME,
    end_pauses,
    extend_case,
    pause_clock,
    resume_clock,
)
from footpath.cases.services.raising import raise_case
from footpath.cases.services.replying import hide_case, publish_case, reply_to_reporter
from footpath.cases.services.reporters import (
    case_closed,
    handler_above,
    report_case,
    report_confidentially,
    reporter_may_read,
)
from footpath.cases.services.reporting import (
    answer_fixed,
    confirm_address,
    hand_knowledge,
    root_of,
    say,
    stop_messages,
)
from footpath.cases.services.returning import resubmit_case, return_case
from footpath.cases.services.routing import add_route, change_route, route_of, withdraw_route
from footpath.cases.services.spot_checks import draw_spot_checks, make_spot_check
from footpath.cases.services.targets import (
    add_target,
    change_target,
    moved_clocks,
    recount_clocks,
    remove_target,
)
from footpath.cases.services.transferring import misroute_case, transfer_case
from footpath.cases.services.verifying import reopen_case, verify_case
from footpath.cases.services.views import delete_view, save_view
from footpath.cases.services.working import add_note, give_guidance, rectify_case

__all__ = [
    "LONGEST_PAUSE",
    "MOST_FILES",
    "MOST_TIME",
    "accept_case",
    "add_attachment",
    "add_attachments",
    "add_escalation_rule",
    "add_note",
    "add_route",
    "add_target",
    "answer_fixed",
    "assign_owner",
    "case_closed",
    "change_route",
    "change_target",
    "check_deed",
    "confirm_address",
    "delete_view",
    "draw_spot_checks",
    "end_pauses",
    "escalate_by_rules",
    "escalate_case",
    "extend_case",
    "give_guidance",
    "hand_knowledge",
    "hand_over_case",
    "handler_above",
    "hide_case",
    "make_spot_check",
    "mark_duplicate",
    "misroute_case",
    "moved_clocks",
    "pause_clock",
    "publish_case",
    "raise_case",
    "recount_clocks",
    "rectify_case",
    "remove_target",
    "reopen_case",
    "reply_to_reporter",
    "report_case",
    "report_confidentially",
    "reporter_may_read",
    "resubmit_case",
    "resume_clock",
    "return_case",
    "root_of",
    "route_of",
    "save_view",
    "say",
    "small_picture",
    "stop_messages",
    "transfer_case",
    "verify_case",
    "withdraw_escalation_rule",
    "withdraw_route",
]
