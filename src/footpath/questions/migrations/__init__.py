"""The tables of the Corner."""
