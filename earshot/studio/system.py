"""A studio in one scenario."""

from __future__ import annotations

from earshot.system import System


class Studio(System):
    """The people at a studio."""

    name = "studio"


system = Studio
