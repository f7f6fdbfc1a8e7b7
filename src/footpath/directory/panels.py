"""What other rooms show on the pages of places and people.

The directory lies below the rooms that know who is in charge, which meetings come and which cases
are open, so they register here (in their ``apps.ready``) what they have to say about a place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import get_language

from footpath.core.figures import Rate
from footpath.directory import rules
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


# --- the tiles of the places below, and the page of a person --------------------------------------


@dataclass(frozen=True)
class ChildFacts:
    """What is known of a place in the tile or row that stands for it on the page above it."""

    second: str = ""
    """Who is in charge."""
    covered: Rate | None = None
    """How many of the places below have somebody in charge."""
    unit: str = ""
    """The word after the fraction, such as "groups"."""
    missing: bool = False
    """Whether somebody is missing: the tile is dashed."""
    open: str = ""
    """Open cases in words, such as "5 open"."""
    overdue: int = 0

    @property
    def short_unit(self) -> str:
        """Return the word after the fraction as it fits into a tile: "groups"."""
        return rules.last_word(self.unit, (get_language() or "en")[:2])


ChildrenMaker = Callable[[Person, Sequence[Area]], Mapping[int, ChildFacts]]
PersonPanelMaker = Callable[[Person, Person], Panel | None]

_children: list[tuple[int, ChildrenMaker]] = []
_person_panels: list[tuple[int, PersonPanelMaker]] = []


def register_children(maker: ChildrenMaker, *, order: int) -> None:
    """Say something about the places below a place, all of them at once and by their keys."""
    _children.append((order, maker))


def register_person_panel(maker: PersonPanelMaker, *, order: int) -> None:
    """Add a card to every person's page: the maker takes who asks and whose page it is."""
    _person_panels.append((order, maker))


def children_facts_for(person: Person, areas: Sequence[Area]) -> dict[int, ChildFacts]:
    """Return what all rooms know of these places, by key; a later room fills what is empty."""
    known: dict[int, ChildFacts] = {}
    if not areas:
        return known
    for _order, maker in sorted(_children, key=lambda pair: pair[0]):
        for key, facts in maker(person, areas).items():
            known[key] = _together(known[key], facts) if key in known else facts
    return known


def person_panels_for(person: Person, shown: Person) -> list[Panel]:
    """Return the cards of a person's page in their order, without those with nothing to say."""
    makers = sorted(_person_panels, key=lambda pair: pair[0])
    made = (maker(person, shown) for _order, maker in makers)
    return [panel for panel in made if panel is not None]


def _together(one: ChildFacts, other: ChildFacts) -> ChildFacts:
    return ChildFacts(
        second=one.second or other.second,
        covered=one.covered or other.covered,
        unit=one.unit or other.unit,
        missing=one.missing or other.missing,
        open=one.open or other.open,
        overdue=one.overdue or other.overdue,
    )
