"""Indicators and figures: how far a programme has come."""
