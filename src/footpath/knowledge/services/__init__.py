"""Deeds of the library: write, approve, publish, withdraw, propose, select, spread, adopt."""

from footpath.knowledge.services.answers import (
    AnswerWords,
    approve_answer,
    change_answer,
    draft_answer,
    publish_answer,
    publish_due,
    send_back_answer,
    withdraw_answer,
)
from footpath.knowledge.services.practices import (
    PracticeWords,
    assess_practice,
    change_practice,
    decline_practice,
    propose_practice,
    record_adoption,
    select_practice,
    spread_practice,
)
from footpath.knowledge.services.regulations import (
    RegulationWords,
    change_regulation,
    enter_regulation,
    repeal_regulation,
    replace_regulation,
    restore_regulation,
)

__all__ = [
    "AnswerWords",
    "PracticeWords",
    "RegulationWords",
    "approve_answer",
    "assess_practice",
    "change_answer",
    "change_practice",
    "change_regulation",
    "decline_practice",
    "draft_answer",
    "enter_regulation",
    "propose_practice",
    "publish_answer",
    "publish_due",
    "record_adoption",
    "repeal_regulation",
    "replace_regulation",
    "restore_regulation",
    "select_practice",
    "send_back_answer",
    "spread_practice",
    "withdraw_answer",
]
