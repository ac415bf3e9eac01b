"""Twins of the conversation, one module for each theme."""
