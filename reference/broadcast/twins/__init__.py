"""Twins of the broadcast, one module for each theme."""
