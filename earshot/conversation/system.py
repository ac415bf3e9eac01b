"""The conversation in one scenario: who talks with the assistant, by hand or with the page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from earshot.conversation.browser.actor import Browser
from earshot.conversation.dialogue import dialogue_page
from earshot.conversation.invitation import invitation
from earshot.conversation.kept import Kept
from earshot.conversation.planned import PlannedUsers
from earshot.conversation.timed import TIMED
from earshot.conversation.turns import ANSWER
from earshot.conversation.user import User
from earshot.conversation.wording import WORDING
from earshot.ledger import Observation
from earshot.system import System

UNNAMED = "User"
"""What people are called whose names do not matter; they are numbered."""


class Conversation(System):
    """The people of conversations, and what the service keeps of what they say."""

    name = User.system
    wording = WORDING
    timed = TIMED
    invitation = staticmethod(invitation)

    @classmethod
    def complaint(cls, observation: Observation) -> str | None:
        """Return what is wrong, in words; an answer may say why there is none."""
        message = observation.message
        if observation.type == ANSWER and message.get("error") is not None:
            return f"{message['error']} ({message.get('backend_used')})"
        return super().complaint(observation)

    def user(self, name: str) -> User:
        """Return whoever talks with the assistant under this name, who appears on first mention."""
        return self.stage.appears(name, Browser if self._has_browser(name) else User)

    def browser(self, name: str) -> Browser:
        """Return the page in the browser of whoever has this name, which appears on first mention."""
        return self.stage.appears(name, Browser)

    def users(self) -> list[User]:
        """Return everybody who talks with the assistant, in order of appearance."""
        return self.stage.present(User)

    def more_users(self, count: int) -> list[User]:
        """Let so many people appear whose names do not matter."""
        return self.stage.unnamed(UNNAMED, count, User)

    @cached_property
    def planned(self) -> PlannedUsers:
        """Carries out what several people do by one plan."""
        return PlannedUsers(self.stage.scene.runtime, self.stage.samples)

    @cached_property
    def kept(self) -> Kept:
        """What the service keeps of conversations, and how it says it is."""
        return Kept(self.stage.scene)

    def exhibits(self) -> Iterator[tuple[str, str]]:
        """Yield the dialogue, if anybody spoke."""
        if exchanges := [each for user in self.users() for each in user.exchanges()]:
            yield "The conversation", dialogue_page(exchanges)

    def _has_browser(self, name: str) -> bool:
        return any(browser.name == name for browser in self.stage.present(Browser))


system = Conversation
