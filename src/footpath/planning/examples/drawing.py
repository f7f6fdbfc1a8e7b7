"""Draws that come out the same for the same seed, on any machine."""

from random import Random


def drawing(what: str, seed: int) -> Random:
    """Return a source of draws for one thing and seed; nothing secret hangs on it."""
    return Random(f"{what} {seed}")  # noqa: S311
