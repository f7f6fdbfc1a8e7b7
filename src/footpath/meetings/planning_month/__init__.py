"""What a month is planned from, read from the database for the engine. Source: S2.2, S4.5.

The engine knows meetings, people, places and halls by text, here the keys of their rows. The
meetings of the area that are still to come may move; all others that take somebody's time or a
hall (outside the area, begun, held against a rule, too long for a part of the day) stand fast: they
go in as meetings pinned to where they are, their keys after an "x". Nobody who may chair is known
to the database, so that no pools go in. The number of queries does not depend on the area's size.
"""

from footpath.meetings.planning_month.keeping import key_of, packed, unpacked
from footpath.meetings.planning_month.picture import Picture, picture_of
from footpath.meetings.planning_month.rows import Comer
from footpath.meetings.planning_month.slots import length_of, slot_at, slot_now, times_in
from footpath.meetings.planning_month.terms import Terms, Waived, month_of

__all__ = [
    "Comer",
    "Picture",
    "Terms",
    "Waived",
    "key_of",
    "length_of",
    "month_of",
    "packed",
    "picture_of",
    "slot_at",
    "slot_now",
    "times_in",
    "unpacked",
]
