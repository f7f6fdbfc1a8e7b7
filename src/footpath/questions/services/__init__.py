"""Deeds of the Corner, one file per noun. There is no actor and no moment, only a day."""

from footpath.questions.services.desk import (
    drop_blobs,
    mark_done,
    take_answer,
    take_blob,
    take_counters,
    take_wrapped,
)
from footpath.questions.services.mixing import Mixed, mix, retain
from footpath.questions.services.postings import take_posting
from footpath.questions.services.rosters import take_roster
from footpath.questions.services.slips import keep_slips
from footpath.questions.storage import compact, settle_files

__all__ = [
    "Mixed",
    "compact",
    "drop_blobs",
    "keep_slips",
    "mark_done",
    "mix",
    "retain",
    "settle_files",
    "take_answer",
    "take_blob",
    "take_counters",
    "take_posting",
    "take_roster",
    "take_wrapped",
]
