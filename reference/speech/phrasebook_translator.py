"""The default translator: the phrasebook. Exact, auditable, and silent about what is not in it."""

from __future__ import annotations

from reference.speech.phrasebook import Phrasebook
from reference.speech.ports import SpeechFailure


class PhrasebookTranslator:
    """Translates the sentences of a phrasebook between all of its languages."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook

    async def translate(self, text: str, *, source: str, target: str) -> str:
        """Return the phrase in the target language; `text` itself when both languages are one (BRO-1.5.2).

        SpeechFailure with `UnsupportedLanguagePairException` for a language that the book does not have,
        and with `UNKNOWN_SENTENCE` for a sentence that it does not have; neither is transient.
        """
        if source == target:
            return text
        if unknown := {source, target} - self._phrasebook.languages:
            raise SpeechFailure(
                "UnsupportedLanguagePairException",
                f"expected languages among {', '.join(sorted(self._phrasebook.languages))}, "
                f"got {source!r} to {target!r} ({', '.join(sorted(unknown))} missing)",
                transient=False,
            )
        phrase_id = self._phrasebook.phrase_id(text, source)
        if phrase_id is None:
            raise SpeechFailure(
                "UNKNOWN_SENTENCE",
                f"the phrasebook does not have {text!r} in {source!r}; add it to phrasebook.yaml",
                transient=False,
            )
        return self._phrasebook.text(phrase_id, target)
