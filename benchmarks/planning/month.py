"""The months that are planned here; they live in the product, where ``--example`` uses them."""

from footpath.planning.examples import infeasible_month, month

__all__ = ["infeasible_month", "month"]
