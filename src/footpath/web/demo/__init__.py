"""One month of Châu Thành, lived through the real services with a fixed seed."""

from footpath.web.demo.closing import PASSWORD, closing_lines
from footpath.web.demo.loading import Refused, load, loaded_for
from footpath.web.demo.scale import FULL, SMALL, Scale

__all__ = [
    "FULL",
    "PASSWORD",
    "SMALL",
    "Refused",
    "Scale",
    "closing_lines",
    "load",
    "loaded_for",
]
