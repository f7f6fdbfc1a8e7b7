"""Plumbing without tables: clock, errors, figures, search, paging, templates."""
