"""Case, its rounds and clocks, its people, its thread and its evidence. Source: S2.3, S4.4."""

from footpath.cases.models.cases import Case, CaseQuerySet
from footpath.cases.models.categories import Category
from footpath.cases.models.checks import SpotCheck
from footpath.cases.models.clocks import Clock, ClockKind, ClockPause, Target, TimeUnit
from footpath.cases.models.imports import LedgerImport
from footpath.cases.models.open311 import (
    Application,
    Endpoint,
    Handoff,
    Received,
    RemoteUpdate,
    UpdateIn,
)
from footpath.cases.models.reminders import LadderChannel, LadderStep, NoticeYear, Reminder
from footpath.cases.models.reporters import Reporter, ReporterMail
from footpath.cases.models.routing import Escalation, EscalationRule, Route
from footpath.cases.models.tallies import Counted, Tally, TallyChange
from footpath.cases.models.thread import Attachment, Entry, Participant, Round
from footpath.cases.models.views import SavedView

__all__ = [
    "Application",
    "Attachment",
    "Case",
    "CaseQuerySet",
    "Category",
    "Clock",
    "ClockKind",
    "ClockPause",
    "Counted",
    "Endpoint",
    "Entry",
    "Escalation",
    "EscalationRule",
    "Handoff",
    "LadderChannel",
    "LadderStep",
    "LedgerImport",
    "NoticeYear",
    "Participant",
    "Received",
    "Reminder",
    "RemoteUpdate",
    "Reporter",
    "ReporterMail",
    "Round",
    "Route",
    "SavedView",
    "SpotCheck",
    "Tally",
    "TallyChange",
    "Target",
    "TimeUnit",
    "UpdateIn",
]
