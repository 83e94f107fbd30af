"""The installation itself: its keys, its schema, its archive."""
