"""The month's calendar: meetings to slots, and its repair. Source: S2.2, S4.5."""

from footpath.planning.month.scheduling import schedule

__all__ = ["schedule"]
