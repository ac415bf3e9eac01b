"""Twins of the studio, one module for each theme."""
