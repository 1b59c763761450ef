"""Everything that speaks HTTP: pages by audience, components."""
