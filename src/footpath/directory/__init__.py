"""Places, organizations, posts and the people in them (Popolo words)."""
