"""The professional coffee: a running session in which each difficulty is an item of the minutes.

It waits, comes on the table, and is answered on the spot or followed up as a case. Every deed locks
the meeting, so that of two hosts who press at once one wins and the other reads what happened.
Source: S0.1, S0.3.
"""

from footpath.meetings.services.coffee.answering import answer_here, follow_up, undo_answer
from footpath.meetings.services.coffee.raising import KeyTaken, add_difficulty, send_topic
from footpath.meetings.services.coffee.session import close_session, open_session
from footpath.meetings.services.coffee.table import put_off, put_on_table, withdraw

__all__ = [
    "KeyTaken",
    "add_difficulty",
    "answer_here",
    "close_session",
    "follow_up",
    "open_session",
    "put_off",
    "put_on_table",
    "send_topic",
    "undo_answer",
    "withdraw",
]
