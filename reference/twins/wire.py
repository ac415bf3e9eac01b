"""Kinds of twins that differ on the wire alone: rows of data over the messages of a contract.

    WIRE = Wire(codec.members, ConversationEndpoint.tell)

    @WIRE.twice("segment_processed", "CONV-5")
    def turn_finished_twice():
        ""\"A turn is finished twice.""\"

`when` chooses among the messages of the type.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

from reference.twins.kinds import Declare, kind
from reference.twins.twin import Piece

Members = dict[str, Any]
Choice = Callable[[Members], bool]
"""Whether a message is one that the twin gets wrong."""


def all_of_them(_message: Members) -> bool:
    """Choose every message of a type."""
    return True


def having(**members: object) -> Choice:
    """Choose messages with these members."""
    return lambda message: members.items() <= message.items()


class Wire:
    """Where a system writes and sends its messages.

    `members` is given a notice and returns the message; `tell` sends a notice, which is its last argument; `name`
    returns what the contract calls a message, if that is not its type.
    """

    def __init__(
        self, members: Callable[..., Members], tell: Callable[..., Any], name: Callable[[Members], str] | None = None
    ) -> None:
        self.messages: set[str] = set()
        """What rows are about."""
        self._members = members
        self._tell = tell
        self._name = name or itemgetter("type")

    def missing(self, message: str, member: str, *breaks: str, when: Choice = all_of_them) -> Declare:
        """A member is left out."""

        def without(written: Members) -> Members:
            return {name: value for name, value in written.items() if name != member}

        return self._written(without, message, when, *breaks)

    def wrong(
        self, message: str, member: str, change: Callable[[Any], object], *breaks: str, when: Choice = all_of_them
    ) -> Declare:
        """Another value of a member is told."""
        return self._written(lambda written: {**written, member: change(written[member])}, message, when, *breaks)

    def dropped(self, message: str, *breaks: str, when: Choice = all_of_them) -> Declare:
        """The message is not sent."""
        return self._sent(0, message, when, *breaks)

    def twice(self, message: str, *breaks: str, when: Choice = all_of_them) -> Declare:
        """The message is sent twice."""
        return self._sent(2, message, when, *breaks)

    def told_to(
        self, message: str, whom: Callable[[list[str]], list[str]], *breaks: str, when: Choice = all_of_them
    ) -> Declare:
        """The message is sent to others, or to more or fewer, than those it is for; `tell` is given a list of them."""
        is_meant = self._meant(message, when)

        def choose(tell: Piece, audience: Any, connection_ids: Iterable[str], notice: Any) -> Any:
            ids = list(connection_ids)
            return tell(audience, whom(ids) if is_meant(self._members(notice)) else ids, notice)

        return kind(self._tell, choose, *breaks)

    def _meant(self, message: str, when: Choice) -> Choice:
        self.messages.add(message)
        return lambda written: self._name(written) == message and when(written)

    def _written(self, change: Callable[[Members], Members], message: str, when: Choice, *breaks: str) -> Declare:
        is_meant = self._meant(message, when)

        def write(members: Piece, *given: Any) -> Members:
            written: Members = members(*given)
            return change(written) if is_meant(written) else written

        return kind(self._members, write, *breaks)

    def _sent(self, times: int, message: str, when: Choice, *breaks: str) -> Declare:
        is_meant = self._meant(message, when)

        def count(notice: Any) -> int:
            return times if is_meant(self._members(notice)) else 1

        async def tell_and_wait(tell: Piece, *given: Any) -> None:
            for _ in range(count(given[-1])):
                await tell(*given)

        def tell_at_once(tell: Piece, *given: Any) -> Any:
            told = [tell(*given) for _ in range(count(given[-1]))]
            return told[-1] if told else 0

        return kind(self._tell, tell_and_wait if inspect.iscoroutinefunction(self._tell) else tell_at_once, *breaks)
