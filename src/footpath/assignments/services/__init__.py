"""Deeds of this room, one file per noun; other rooms take the names from here."""

from footpath.assignments.services.absences import come_back, name_stand_in, record_absence
from footpath.assignments.services.charge import (
    NeedsReason,
    change_basis,
    create_basis_document,
    put_in_charge,
    snapshot,
)
from footpath.assignments.services.clusters import change_cluster, create_cluster, lead_cluster
from footpath.assignments.services.duties import change_duty_list, create_duty_list, end_duty_list
from footpath.assignments.services.ending import end_assignment
from footpath.assignments.services.handover import (
    Left,
    StillOpen,
    carry_out,
    carry_out_due,
    left_open,
)
from footpath.assignments.services.limits import declare_conflict, end_conflict, set_limit
from footpath.assignments.services.replacing import Change, move, replace, replace_together
from footpath.assignments.services.rules_of_cover import remove_coverage_rule, set_coverage_rule
from footpath.assignments.services.standing import StandInMissing

__all__ = [
    "Change",
    "Left",
    "NeedsReason",
    "StandInMissing",
    "StillOpen",
    "carry_out",
    "carry_out_due",
    "change_basis",
    "change_cluster",
    "change_duty_list",
    "come_back",
    "create_basis_document",
    "create_cluster",
    "create_duty_list",
    "declare_conflict",
    "end_assignment",
    "end_conflict",
    "end_duty_list",
    "lead_cluster",
    "left_open",
    "move",
    "name_stand_in",
    "put_in_charge",
    "record_absence",
    "remove_coverage_rule",
    "replace",
    "replace_together",
    "set_coverage_rule",
    "set_limit",
    "snapshot",
]
