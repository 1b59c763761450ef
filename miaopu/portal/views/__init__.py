"""Views by audience: one view, one template."""
