"""SQLite as the embedded database: one writer at a time, readers never wait."""
