"""Deeds of this room, one file per noun; other rooms take the names from here."""

from footpath.assignments.services.charge import (
    change_basis,
    create_basis_document,
    put_in_charge,
    snapshot,
)
from footpath.assignments.services.clusters import create_cluster
from footpath.assignments.services.handover import end_assignment

__all__ = [
    "change_basis",
    "create_basis_document",
    "create_cluster",
    "end_assignment",
    "put_in_charge",
    "snapshot",
]
