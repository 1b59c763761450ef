"""Management commands that tie the rooms together."""
