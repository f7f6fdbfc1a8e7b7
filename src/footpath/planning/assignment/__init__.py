"""Who is in charge of what: officers to places. Source: S2.1, S2.7."""
