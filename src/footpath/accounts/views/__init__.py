"""Pages of this room, split by noun."""
