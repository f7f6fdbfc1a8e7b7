"""Ledgers of other systems: read in pieces, mapped, tried, taken piece by piece.

``mapping`` says which column is what, ``words`` finds the categories, places and organizations,
``reading`` turns rows into cases to be, ``taking`` writes a piece, ``run`` has the deeds.
See docs/decisions/0016-ledgers-in-pieces.md.
"""
