"""Demonstration data, made by rule: enterprises, offices and log-ins of an imagined Guiyang."""
