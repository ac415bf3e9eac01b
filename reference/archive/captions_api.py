"""Caption files as they are downloaded (ARC-73, 75)."""

from __future__ import annotations

from reference.archive.files import Files
from reference.archive.front import OPEN
from reference.archive.problem import invalid, not_found
from reference.archive.results import Results
from reference.http.endpoints import Asked, Endpoint, Reply

TYPES = {"scc": "text/plain; charset=utf-8", "vtt": "text/vtt; charset=utf-8", "srt": "text/plain; charset=utf-8"}
LONGEST_ID = 36


class CaptionsApi:
    def __init__(self, results: Results, files: Files) -> None:
        self._results = results
        self._files = files

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("GET", "/api/transcriptions/{id}/captions.{format}", OPEN, self.captions)]

    async def captions(self, asked: Asked) -> Reply:
        ending = asked.parameters["format"]
        if ending not in TYPES:
            raise invalid("format", f"should be one of {', '.join(TYPES)}")
        transcription_id = await transcription_of(asked, self._results)
        content = await self._files.get(f"captions/{transcription_id}.{ending}")
        if content is None:
            raise not_found("caption file")
        return Reply(content=content, media_type=TYPES[ending])


async def transcription_of(asked: Asked, results: Results) -> str:
    """Return the id of the transcription that a request names; NOT_FOUND where there is none."""
    transcription_id = asked.parameters["id"]
    if len(transcription_id) > LONGEST_ID or await results.find(transcription_id) is None:
        raise not_found("transcription")
    return transcription_id
