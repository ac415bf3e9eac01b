"""Who answers: the port of a backend, and the stand-ins that the reference ships."""

from __future__ import annotations

from typing import Protocol


class BackendUnavailable(Exception):
    """The backend cannot answer now; another may."""


class Backend(Protocol):
    async def answer(self, text: str, session_id: str | None) -> str:
        """Return the answer, which may be blank; raise BackendUnavailable when there is none."""


RULES = (
    ("hello", "Hello! How can I help you today?"),
    ("weather", "I cannot look out of the window, but the forecast says that it will be mild and dry."),
    ("timer", "Your timer is set. I will tell you when the time is over."),
    ("lights", "The lights are off now."),
    ("jazz", "Here is some quiet jazz."),
    ("remind", "I will remind you of it."),
    ("station", "Walk straight on for five minutes; the station is on your left."),
    ("story", "A parrot and a pirate walk into a library. Only the parrot is asked to be quiet."),
    ("enough", "All right, I will be quiet now."),
)
_ANYTHING_ELSE = "I am sorry, I do not know much about that. What else may I do for you?"


class RuleBasedBackend:
    """Gives the same answer to the same text, by the first word that it knows."""

    async def answer(self, text: str, session_id: str | None) -> str:  # noqa: ARG002  the same for everybody
        text = text.lower()
        return next((answer for word, answer in RULES if word in text), _ANYTHING_ELSE)
