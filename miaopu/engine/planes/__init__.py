"""Rules over everybody at once: exact columns, planes of bits, Kleene's logic word by word."""
