"""What other rooms show on the page of a place.

The directory lies below the rooms that know who is in charge, which meetings come and which cases
are open, so they register here (in their ``apps.ready``) what they have to say about a place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from footpath.core.figures import Rate
from footpath.directory.models import Area, Person


@dataclass(frozen=True)
class Panel:
    """A card on the page of a place: a template of the room that registered it."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True)
class Figure:
    """A figure at the head of the page of a place; it opens its rows (principle 2)."""

    label: str
    value: Rate | int
    href: str
    note: str = ""
    tone: str = ""
    icon: str = ""


PanelMaker = Callable[[Person, Area], Panel | None]
FiguresMaker = Callable[[Person, Area], list[Figure]]

_panels: list[tuple[int, PanelMaker]] = []
_figures: list[tuple[int, FiguresMaker]] = []


def register_panel(maker: PanelMaker, *, order: int) -> None:
    """Add a card to every place's page; smaller orders stand higher."""
    _panels.append((order, maker))


def register_figures(maker: FiguresMaker, *, order: int) -> None:
    """Add figures to the head of every place's page."""
    _figures.append((order, maker))


def panels_for(person: Person, area: Area) -> list[Panel]:
    """Return the cards of a place in their order, without those that have nothing to say."""
    made = (maker(person, area) for _order, maker in sorted(_panels, key=lambda pair: pair[0]))
    return [panel for panel in made if panel is not None]


def figures_for(person: Person, area: Area) -> list[Figure]:
    """Return the figures of a place in their order."""
    makers = sorted(_figures, key=lambda pair: pair[0])
    return [figure for _order, maker in makers for figure in maker(person, area)]
