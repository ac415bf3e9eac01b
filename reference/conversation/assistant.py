"""The assistant: content rules first, then one backend after the other (CONV-42 to CONV-48)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reference.conversation.backends import Backend, BackendUnavailable
from reference.conversation.content import Rules, Verdict
from reference.conversation.model import Reply
from reference.conversation.order import AssistantConfiguration
from reference.journal import Journal

MOST_TOKENS = 150

BLOCKED = {
    Verdict.INAPPROPRIATE: Reply(None, "guardrails", "This sounds inappropriate. Please rephrase it."),
    Verdict.SPAM: Reply(None, "guardrails", "This looks like spam. Please rephrase it."),
}
NOBODY = Reply(None, "unknown", "All assistants are unavailable at the moment.")
RAISED = Reply(None, "error", "Chatbot error: the assistant failed unexpectedly.")


@dataclass(eq=False, repr=False)
class Assistant:
    _backends: Mapping[str, Backend]
    _rules: Rules
    _configuration_of: Callable[[str | None], AssistantConfiguration]
    """How the assistant of a session is set up."""
    _journal = Journal("assistant")

    async def reply(self, text: str, session_id: str | None) -> Reply:
        """Return the first answer that is not blank, or why there is none; never raises."""
        verdict = self._rules.check(text, session_id)
        if verdict is not None:
            return BLOCKED[verdict]
        configuration = self._configuration_of(session_id)
        for name in configuration.order():
            try:
                async with asyncio.timeout(configuration.timeout_s):
                    answer = await self._backends[name].answer(text, session_id)
            except (BackendUnavailable, TimeoutError) as failure:
                self._journal.warning(
                    "ask", f"{name} is passed over", session_id=session_id, reason=type(failure).__name__
                )
            except Exception as failure:  # whatever it is, the client is told and the conversation goes on
                self._journal.error("ask", f"{name} raised", failure=failure, session_id=session_id)
                return RAISED
            else:
                if answer.strip():
                    return Reply(_shortened(answer), name, None)
        return NOBODY


def _shortened(answer: str) -> str:
    words = answer.split()
    return answer if len(words) <= MOST_TOKENS else " ".join(words[:MOST_TOKENS])
