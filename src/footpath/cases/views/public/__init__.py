"""Pages for people without an account: reporting, following a report, figures of a place."""
