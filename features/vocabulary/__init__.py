"""How words in a sentence become values.

Every list is closed, so a misspelt name is an undefined step and not a surprise.
"""

from features.vocabulary import broadcast, conversation

__all__ = ["broadcast", "conversation"]
