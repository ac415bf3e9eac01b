"""Twins of the calls, one module for each theme."""
