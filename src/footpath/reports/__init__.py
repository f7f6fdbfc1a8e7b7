"""Figures drawn from the records, each with a link to its rows (principle 2)."""
