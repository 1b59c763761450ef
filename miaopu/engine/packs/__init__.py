"""Programme packs: a strict schema, checks, and loading."""
