"""Rounds of visits that do not cluster, repeat or overlap on the same unit (S4.5)."""
