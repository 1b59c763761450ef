"""Miaopu (苗圃): the system on which a city runs its programme for small and micro enterprises."""

__version__ = "0.1.0"
