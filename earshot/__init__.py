"""Earshot: acceptance tests, in plain language, for live-speech services."""
