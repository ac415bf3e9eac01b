"""Voice conversation: segments of speech in, what was understood and the assistant's answer out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reference.conversation.settings import ConversationSettings
from reference.conversation.tables import CONVERSATIONS
from reference.system import Build, System

if TYPE_CHECKING:
    from reference.control.plane import Offer
    from reference.settings import Settings


def _load() -> Build:
    from reference.conversation.app import ConversationApp

    return ConversationApp


def _faults() -> Callable[[Settings], Offer]:
    from reference.conversation.faults import ConversationFaults

    return lambda settings: ConversationFaults(settings.of(ConversationSettings).assistant_timeout_seconds)


system = System("conversation", ConversationSettings, (CONVERSATIONS,), _load, faults=_faults)
