"""Pages of the library, one file per noun; ``deeds`` has the deeds on an item."""
