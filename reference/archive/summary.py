"""What was said in a few sentences, from the captions as they are kept (section 8, ARC-84)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from reference.archive.captions.reading import NotScc, Shown, texts_of
from reference.archive.captions_api import transcription_of
from reference.archive.files import Files
from reference.archive.front import OPEN
from reference.archive.problem import Problem, not_found
from reference.archive.results import Results
from reference.http.endpoints import Asked, Endpoint, Reply

GROUP = 5
MOST_CHARACTERS = 1024
_SENTENCE = re.compile(r".*?\w.*?(?=[.!?](?:\s|$)|$)")


def points(captions: Sequence[Shown]) -> list[dict[str, str]]:
    """Return the first sentence of every five captions (ARC-80, 81)."""
    groups = (captions[first : first + GROUP] for first in range(0, len(captions), GROUP))
    return [
        {"speaker": "Unknown", "start": group[0].start, "text": _sentence(" ".join(one.text for one in group))}
        for group in groups
    ]


class SummaryApi:
    def __init__(self, results: Results, files: Files) -> None:
        self._results = results
        self._files = files

    def endpoints(self) -> list[Endpoint]:
        path = "/api/transcriptions/{id}/summary"
        return [Endpoint("POST", path, OPEN, self.summarise), Endpoint("GET", path, OPEN, self.summary)]

    async def summarise(self, asked: Asked) -> dict[str, Any]:
        """Make and keep the summary; none is left where there can be none (ARC-82)."""
        transcription_id = await transcription_of(asked, self._results)
        path = _path(transcription_id)
        try:
            said = await self._said(transcription_id)
        except Problem as problem:
            if problem.status in (404, 422):
                await self._files.delete(path)
            raise
        made = {"summary": points(said), "summary_path": path}
        await self._files.put(path, json.dumps(made).encode())
        return made

    async def summary(self, asked: Asked) -> Reply:
        content = await self._files.get(_path(await transcription_of(asked, self._results)))
        if content is None:
            raise not_found("summary")
        return Reply(content=content)

    async def _said(self, transcription_id: str) -> list[Shown]:
        content = await self._files.get(f"captions/{transcription_id}.scc")
        if content is None:
            raise not_found("caption file")
        try:
            said = texts_of(content)
        except NotScc as wrong:
            raise Problem("SummaryError", f"The caption file cannot be read: {wrong}") from None
        if not said:
            raise Problem("SummaryError", "Nothing was said")
        return said


def _path(transcription_id: str) -> str:
    return f"captions/{transcription_id}_minutes.json"


def _sentence(text: str) -> str:
    found = _SENTENCE.match(text[:MOST_CHARACTERS])
    return (found[0] if found else text[:MOST_CHARACTERS]).rstrip(" .,;:!?") + "."
