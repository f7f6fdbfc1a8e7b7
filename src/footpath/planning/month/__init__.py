"""The month's calendar: meetings to slots, and its repair. Source: S2.2, S4.5."""

from footpath.planning.month.events import Absent, DayClosed, HallClosed, Moved
from footpath.planning.month.repairs import repair
from footpath.planning.month.scheduling import schedule

__all__ = ["Absent", "DayClosed", "HallClosed", "Moved", "repair", "schedule"]
