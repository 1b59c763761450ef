"""The read API: what the pages show, as JSON, in the same scope (docs/api.md)."""
