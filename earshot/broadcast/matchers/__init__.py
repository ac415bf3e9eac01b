"""Expectations that only a broadcast has."""
