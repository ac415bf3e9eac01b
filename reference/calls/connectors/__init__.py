"""Connections to property systems: one form for all vendors."""
