"""Links between transcriptions and shows: one show for a transcription, many transcriptions for a show (section 9)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reference.archive.matching import LINKED_FROM, Match, matches
from reference.archive.problem import Problem, conflict, not_found, now
from reference.archive.publisher import Publisher, Show, Shows
from reference.archive.recordings import Recordings
from reference.archive.results import Results
from reference.storage.aws import ConditionFailed
from reference.storage.items import Item
from reference.storage.records import Records, Write

SOURCE = "Earshot archive"
LONGEST_ID = 36
MOST_PHRASES, SHORTEST_PHRASE = 10, 4
_COMMON = frozenset(("that", "this", "with", "from", "your", "were", "have", "will", "they", "them", "there", "what"))
_NO_LINK = {"transcription_id": None}
"""What is expected of the table before a link is written."""


class Linking:
    def __init__(self, links: Records, results: Results, recordings: Recordings, publisher: Publisher) -> None:
        self._links = links
        self._results = results
        self._recordings = recordings
        self._publisher = publisher
        recordings.on_removed.append(self._forget)

    async def shows(self) -> list[dict[str, Any]]:
        """Return the shows of the publisher, in its order."""
        found: list[dict[str, Any]] = (await self._publisher.ask("GET", "/shows", Shows))["shows"]
        return found

    async def show(self, show_id: object) -> dict[str, Any]:
        if not re.fullmatch("[0-9]{1,9}", str(show_id)):
            raise not_found("show")
        return await self._publisher.ask("GET", f"/shows/{show_id}", Show)

    async def result(self, transcription_id: str) -> Item:
        found = await self._results.find(transcription_id) if 0 < len(transcription_id) <= LONGEST_ID else None
        if found is None:
            raise not_found("transcription")
        return found

    async def link_of(self, transcription_id: str) -> Item | None:
        return await self._links.get(transcription_id)

    async def linked_to(self, show_id: str) -> list[Item]:
        found = [link for link in await self._links.everything() if str(link["show_id"]) == show_id]
        if not found:
            await self.show(show_id)
        return sorted(found, key=lambda link: str(link["linked_at"]))

    async def suggestions(self, result: Item, shows: Sequence[Mapping[str, Any]] | None = None) -> list[Match]:
        """Return the shows that a recording may be of, the likeliest first (ARC-100)."""
        vod = await self._recordings.get(result["vod_id"])
        return matches(vod["file_path"], vod.get("duration"), await self.shows() if shows is None else shows)

    async def link_to_likeliest(
        self, transcription_id: str, shows: Sequence[Mapping[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Link to the likeliest show, if it is likely enough (ARC-96, ARC-97)."""
        result = await self.result(transcription_id)
        if (link := await self.link_of(transcription_id)) is not None:
            return _linked(link, already_linked=True)
        found = await self.suggestions(result, shows)
        if not found or found[0].score < LINKED_FROM:
            return {"linked": False, "suggestions": [told(one) for one in found]}
        return await self.link(transcription_id, found[0].show)

    async def link(self, transcription_id: str, show: Mapping[str, Any]) -> dict[str, Any]:
        """Link to a show, even if the publisher cannot be told of it; CONFLICT where it is linked to another."""
        result = await self.result(transcription_id)
        link = _link(result, show)
        try:
            await self._links.put(link, only_if=_NO_LINK)
        except ConditionFailed:
            known = await self.link_of(transcription_id)
            if known is None or known["show_id"] != show["id"]:
                raise conflict("The transcription is linked to another show") from None
            return _linked(known, already_linked=True)
        warnings = await self.tell_publisher(result, show["id"])
        return _linked(link, **({"warnings": warnings} if warnings else {}))

    def first_write(self, result: Mapping[str, Any], show: Mapping[str, Any]) -> Write:
        """Return the write of a link that is the first of its transcription."""
        return self._links.putting(_link(result, show), only_if=_NO_LINK)

    async def unlink(self, transcription_id: str) -> None:
        await self.result(transcription_id)
        try:
            await self._links.delete(transcription_id, only_if={"transcription_id": transcription_id})
        except ConditionFailed:
            raise not_found("link") from None

    async def tell_publisher(self, result: Mapping[str, Any], show_id: int) -> list[str]:
        """Let the show say that there are captions (ARC-99); return in words what went wrong."""
        try:
            await self._publisher.ask("PUT", f"/shows/{show_id}", json=metadata(result))
        except Problem as problem:
            return [f"The publisher was not told of the transcription: {problem.message}"]
        return []

    async def process(self) -> dict[str, Any]:
        """Link every transcription that is not, as far as shows match (ARC-103)."""
        known = {link["transcription_id"] for link in await self._links.everything()}
        unlinked = [result["id"] for result in await self._results.every() if result["id"] not in known]
        linked, errors, shows = 0, [], await self.shows() if unlinked else []
        for each in unlinked:
            try:
                linked += bool((await self.link_to_likeliest(each, shows))["linked"])
            except Problem as problem:
                errors.append({"transcription_id": each, "error": problem.message})
        counts = {"processed": linked, "linked": linked, "unlinked": len(unlinked) - linked}
        message = f"{linked} of {len(unlinked)} transcriptions were linked"
        return {**counts, "total_unlinked": len(unlinked), "errors": errors, "message": message}

    async def _forget(self, vod: Mapping[str, Any]) -> None:
        if transcription_id := vod.get("transcription_id"):
            await self._links.delete(transcription_id)


def told(found: Match) -> dict[str, Any]:
    """Return a suggestion as clients see it."""
    shown = {"show_id": found.show["id"], "title": found.show["title"], "date": found.show.get("date")}
    return {**shown, "similarity_score": round(found.score, 3), "reasons": found.reasons}


def metadata(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a show says of its transcription (ARC-99)."""
    words, minutes = re.findall(r"[\w']+", result["text"]), result["duration"] / 60
    long = [word.lower() for word in words if len(word) >= SHORTEST_PHRASE]
    phrases = Counter(word for word in long if word not in _COMMON).most_common(MOST_PHRASES)
    return {
        "transcription_available": True,
        "searchable_content": result["text"],
        "content_type": "transcribed_video",
        "source_system": SOURCE,
        "transcription_completed_at": result["completed_at"],
        "transcription_metadata": {
            "total_segments": result["segments"],
            "total_duration_seconds": result["duration"],
            "total_words": len(words),
            "average_words_per_minute": round(len(words) / minutes, 1) if minutes else 0,
            "key_phrases": [word for word, _ in phrases],
        },
    }


def _link(result: Mapping[str, Any], show: Mapping[str, Any]) -> Item:
    what = {"transcription_id": result["id"], "show_id": show["id"], "show_title": show["title"]}
    return {**what, "linked_at": now()}


def _linked(link: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"linked": True, "show_id": link["show_id"], **more}
