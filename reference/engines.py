"""Which engines listen, translate and speak in this run."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

from reference.speech.ports import Recogniser, Synthesiser, Translator

RECOGNISERS = ("sphinx", "scripted")


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine for each port of speech; `close` ends what they started."""

    recogniser: Recogniser
    translator: Translator
    synthesiser: Synthesiser
    warm_up: Callable[[], Coroutine[object, object, None]]
    """Returns when the recogniser is ready to listen, which it may be already; raises SpeechFailure if it cannot be.

    It is optional: it only spares the first stream the recogniser's start.
    """
    close: Callable[[], Coroutine[object, object, None]]


def load(recogniser: str, samples: Path) -> Engines:
    """Return the engines; `samples` is the folder with the phrasebook and its recordings."""
    from reference.speech.phrasebook import Phrasebook
    from reference.speech.phrasebook_translator import PhrasebookTranslator
    from reference.speech.recorded_synthesiser import RecordedSynthesiser

    phrasebook = Phrasebook(samples)
    translator, synthesiser = PhrasebookTranslator(phrasebook), RecordedSynthesiser(phrasebook)
    if recogniser == "scripted":
        from reference.speech.scripted import ScriptedRecogniser

        return Engines(ScriptedRecogniser(), translator, synthesiser, _nothing, _nothing)
    from reference.speech.sphinx import SphinxRecogniser

    sphinx = SphinxRecogniser(phrasebook)
    return Engines(sphinx, translator, synthesiser, sphinx.start, sphinx.close)


async def _nothing() -> None:
    """Do what an engine without a process of its own needs done to start and to stop."""
