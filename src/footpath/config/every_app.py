"""Both projects in one, for checks that read the tables of every room; nothing runs with it."""

from footpath.config.corner import CORNER_MIX_AT, CORNER_MIX_HELD, CORNER_MIX_LEAST, CORNER_TOKENS
from footpath.config.settings import *  # noqa: F403
from footpath.config.settings import INSTALLED_APPS

__all__ = ["CORNER_MIX_AT", "CORNER_MIX_HELD", "CORNER_MIX_LEAST", "CORNER_TOKENS"]

INSTALLED_APPS = [*INSTALLED_APPS, "footpath.questions"]
