"""Rules over everybody, measured against other engines with equal answers."""
