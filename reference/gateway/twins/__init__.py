"""Twins that concern the sockets of every system."""
