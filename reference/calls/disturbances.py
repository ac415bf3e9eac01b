"""What may happen within the service that nobody asked for."""

from __future__ import annotations


class Disturbances:
    """Nothing does."""

    async def before(self, path: str) -> None:
        """Let a request be handled; whatever is raised is an exception nobody has thought of."""
