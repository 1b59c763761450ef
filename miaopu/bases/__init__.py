"""Bases where small enterprises start: their record and admission, rooms, tenants."""
