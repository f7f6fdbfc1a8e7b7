"""Pages of this room: ``pages`` shows what was recorded, ``furniture`` serves every page."""
