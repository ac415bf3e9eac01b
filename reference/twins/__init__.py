"""Twins: the reference with one promise broken on purpose.

A suite is worth what it catches. Each twin is a few lines, named after the promise it breaks, and is applied once,
before the service is composed (`python -m reference --twin NAME`); it knows nothing of the tests.
"""
