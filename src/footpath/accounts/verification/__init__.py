"""Walking the trail: names the first line of each chain that is not as it was written.

What a chain proves, what the heads and checkpoints add, and what nobody can prove:
docs/explanation/trail.md. Source: DESIGN section 6, principle 5.
"""

from footpath.accounts.verification.finding import Finding, Kind, Walk
from footpath.accounts.verification.rows import must_have_trail
from footpath.accounts.verification.walking import chain_is_sound, verify

__all__ = [
    "Finding",
    "Kind",
    "Walk",
    "chain_is_sound",
    "must_have_trail",
    "verify",
]
