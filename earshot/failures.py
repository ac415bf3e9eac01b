"""How the harness says that something is wrong.

`AssertionError` means that the target broke a promise. Everything here means that the harness, its input or its
surroundings did not work, so that nothing was proven either way.
"""

from __future__ import annotations


class Unusable(Exception):
    """The run cannot begin or go on; the text is one sentence: who, what was expected, what came, what to do."""


class TargetUnreachable(Unusable):
    """The service under test cannot be reached."""
