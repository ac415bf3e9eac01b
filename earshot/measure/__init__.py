"""Measurements: pure functions over what a scenario observed."""
