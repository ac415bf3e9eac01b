"""Exploration: people do whatever comes to their minds, and the service must do what a small model of it says."""
