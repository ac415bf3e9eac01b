"""Twins of the archive, one module for each theme."""
