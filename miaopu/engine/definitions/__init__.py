"""Files that define rules and programmes: YAML read with positions, shared pieces, refusals."""
