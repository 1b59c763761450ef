"""Programme packs: YAML read with positions, a strict schema, checks, and loading."""
