"""Twins of the doorbell."""
