"""Which backends of the assistant are asked, and in which order (CONV-43)."""

from __future__ import annotations

from dataclasses import dataclass, field

LLAMA, OPENAI, HUGGINGFACE = "llama", "openai", "huggingface"
PLACEHOLDER_KEY = "sk-your-key-here"
"""What an example configuration has in the place of a key."""
KEY_BEGINS_WITH = "sk-"


@dataclass(frozen=True, slots=True)
class AssistantConfiguration:
    """How the assistant was set up."""

    choice: str = LLAMA
    openai_key: str = field(default="", repr=False)
    """Secret."""
    huggingface: bool = False
    timeout_s: float = 5.0
    """How long each backend may take."""

    @property
    def key_usable(self) -> bool:
        """Whether the key can be one."""
        return self.openai_key.startswith(KEY_BEGINS_WITH) and self.openai_key != PLACEHOLDER_KEY

    def order(self) -> list[str]:
        """Return the backends that can be asked: the choice first, if it is one of them."""
        usable = [LLAMA]
        if self.key_usable:
            usable.append(OPENAI)
        if self.huggingface:
            usable.append(HUGGINGFACE)
        return sorted(usable, key=lambda backend: backend != self.choice)
