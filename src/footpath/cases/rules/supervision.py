"""Double supervision: who verifies belongs to no organization of those who worked. No Django here.

Source: S4.4, principle 4.
"""

from __future__ import annotations

from collections.abc import Iterable

from footpath.cases.rules.life import Refused


def check_group(verifier: Iterable[int], worked: Iterable[Iterable[int]]) -> None:
    """Raise Refused("same_group") when the verifier shares an organization with a worker.

    ``verifier`` are the organizations to which the verifier belongs today, ``worked`` those of
    each person who owned, guided or rectified the case in any round.
    """
    own = set(verifier)
    if any(own & set(units) for units in worked):
        raise Refused("same_group")
