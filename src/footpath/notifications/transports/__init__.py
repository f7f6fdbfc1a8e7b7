"""The ways out: e-mail, webhooks, chat. Each says for sure that it failed, or does not know.

``send(…, hand_over=…)`` calls ``hand_over`` at the last moment before the other side can take the
message. What goes wrong before that did not arrive; ``Refused`` after it did not arrive either.
Any other error after it leaves open whether the message arrived.
"""

from __future__ import annotations

from collections.abc import Callable

HandOver = Callable[[], None]


class Refused(Exception):
    """The message was certainly not delivered; the text says why and holds no secret."""


class ClaimLost(Exception):
    """Another worker has taken the message over: it must not be sent from here."""
