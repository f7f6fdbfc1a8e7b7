"""What can stop the command: each message is a whole sentence, fit to be shown."""

from __future__ import annotations


class Refused(Exception):
    """It is not done, and nothing was lost; the message says why and what to do."""


class Alarm(Refused):
    """Something is not what was pinned or published: the server may be trying to find out who asks.

    Whoever sees it asks nothing by this way and shows it to a guidance officer.
    """
