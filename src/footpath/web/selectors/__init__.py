"""What the home page, the search and the record page show to a person."""

from footpath.web.selectors.leading import Leading
from footpath.web.selectors.my_day import MyDay, my_day
from footpath.web.selectors.places import MyPlace
from footpath.web.selectors.recording import Offer, administrators, record_offers
from footpath.web.selectors.searching import (
    FIRST_FOUND,
    KINDS,
    PAGE,
    Found,
    FoundPlace,
    SearchResult,
    search,
)

__all__ = [
    "FIRST_FOUND",
    "KINDS",
    "PAGE",
    "Found",
    "FoundPlace",
    "Leading",
    "MyDay",
    "MyPlace",
    "Offer",
    "SearchResult",
    "administrators",
    "my_day",
    "record_offers",
    "search",
]
