"""What rooms above show on the page of a case.

Meetings lie above cases, so they register here (in their ``apps.ready``) what they know of a case:
the meeting in which it was raised, the agenda it stands on.
"""

from __future__ import annotations

from collections.abc import Callable

from footpath.cases.models import Case
from footpath.directory.models import Person
from footpath.directory.panels import Panel

PanelMaker = Callable[[Person, Case], Panel | None]

_panels: list[tuple[int, PanelMaker]] = []


def register_panel(maker: PanelMaker, *, order: int) -> None:
    """Add a card to every case's page; smaller orders stand higher.

    The template of the panel gets the panel's context and ``case``; column "side" stands beside
    the thread, "main" above it.
    """
    _panels.append((order, maker))


def panels_for(person: Person, case: Case) -> list[Panel]:
    """Return the cards of a case in their order, without those that have nothing to say."""
    made = (maker(person, case) for _order, maker in sorted(_panels, key=lambda pair: pair[0]))
    return [panel for panel in made if panel is not None]
