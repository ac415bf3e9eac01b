"""Voice conversation: segments of speech in, what was understood and the assistant's answer out."""

from __future__ import annotations

from reference.conversation.settings import ConversationSettings
from reference.conversation.tables import CONVERSATIONS
from reference.system import Build, System


def _load() -> Build:
    from reference.conversation.app import ConversationApp

    return ConversationApp


system = System("conversation", ConversationSettings, (CONVERSATIONS,), _load)
