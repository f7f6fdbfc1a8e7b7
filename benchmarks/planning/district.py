"""The districts that are planned here; they live in the product, where ``--example`` uses them."""

from footpath.planning.examples import district, households, infeasible, province, visits

__all__ = ["district", "households", "infeasible", "province", "visits"]
