"""Minutes and agendas on paper: plain values in, a PDF out, in any of our languages. Source: S0.1.

What is printed of approved minutes is their frozen record and nothing else, so that the same record
gives the same bytes. Nothing is fetched here.
"""

from footpath.meetings.printing.papers import agenda_pdf, minutes_pdf, series_pdf

__all__ = [
    "agenda_pdf",
    "minutes_pdf",
    "series_pdf",
]
