"""Items of the library: regulations, published answers, good practices."""

from footpath.knowledge.models.answers import Answer
from footpath.knowledge.models.items import Item, ItemQuerySet, Topic
from footpath.knowledge.models.practices import Practice, Spread
from footpath.knowledge.models.regulations import Regulation

__all__ = [
    "Answer",
    "Item",
    "ItemQuerySet",
    "Practice",
    "Regulation",
    "Spread",
    "Topic",
]
