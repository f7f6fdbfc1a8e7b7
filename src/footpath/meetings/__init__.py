"""Dated meetings of a place: duty, attendance, minutes, and cases raised from them (S2.2)."""
