"""Pages of the directory, split by noun."""
