"""Where faults may strike inside a conversation; recogniser and store are wrapped from outside."""

from __future__ import annotations

from collections.abc import Mapping

from reference.conversation.backends import Backend
from reference.conversation.content import Rules
from reference.conversation.order import AssistantConfiguration


class ConversationDisturbances:
    """What goes wrong on purpose: nothing, unless a control plane has its own."""

    def before_connecting(self, address: str) -> None:
        """Return when a client of this address may connect, or raise reference.refusal.Refusal."""

    async def before_listening(self, address: str) -> None:
        """Return when the recogniser may start for a client of this address, or raise SpeechFailure."""

    def around_backends(self, backends: Mapping[str, Backend]) -> Mapping[str, Backend]:
        return backends

    def around_rules(self, rules: Rules) -> Rules:
        return rules

    def configuration_of(
        self,
        session_id: str | None,  # noqa: ARG002  the same for every session
        configured: AssistantConfiguration,
    ) -> AssistantConfiguration:
        return configured
