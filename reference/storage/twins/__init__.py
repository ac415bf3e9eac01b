"""Twins that concern the store and the ids of every system."""
