"""Footpath: every place has someone in charge, every problem has an owner."""

__version__ = "0.1.0"
