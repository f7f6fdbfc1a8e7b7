"""Home, dashboards, page furniture, and what every page shares."""
