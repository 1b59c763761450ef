"""Enterprises and what is known of them: facts over time, with their sources."""
