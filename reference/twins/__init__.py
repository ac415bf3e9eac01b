"""Twins: the reference with one promise broken on purpose, or with all of them kept in another way.

A suite is worth what it catches, and what it lets pass. Each twin is a few lines, named after what is broken or
otherwise, and is applied once, before the service is composed (`python -m reference --twin NAME`); it knows nothing of
the tests.
"""
