"""The engine: money, clock, expressions, packs, matching, sizes, codes. No Django."""
