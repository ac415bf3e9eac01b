"""The broadcast service that the archive publishes to: what is there, and what the archive asked of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from hamcrest import assert_that, close_to, contains_string, empty, equal_to, has_entries, has_length, only_contains

from earshot.archive.person import Person
from earshot.archive.recording import Recording
from earshot.archive.requests import ask
from earshot.archive.system import Archive, Judge
from earshot.asking import Request
from earshot.targets.control import Record

SHOWS: Mapping[str, dict[str, Any]] = {
    "the council show": {"title": "City Council Meeting", "date": "2024-01-15", "length": 1800},
    "the council show, which tells what it is,": {
        "title": "City Council Meeting",
        "date": "2024-01-15",
        "length": 1800,
        "description": "The City Council Meeting of this week.",
    },
    "the council show of the day after, which tells what it is,": {
        "title": "City Council Meeting",
        "date": "2024-01-16",
        "length": 1800,
        "description": "The City Council Meeting of this week.",
    },
    "the council show of five days later": {"title": "City Council Meeting", "date": "2024-01-20", "length": 1800},
    "the sports of that day": {"title": "Sports Highlights", "date": "2024-01-15", "length": 2400},
    "the weather of another month": {"title": "Weather Report", "date": "2024-03-01", "length": 600},
}
SCORE_OFF_BY = 0.0006
"""Scores are told with three decimals."""


def shows(archive: Archive) -> list[Record]:
    return archive.stage.control.observe("cablecast.shows")


def vods(archive: Archive) -> list[Record]:
    return archive.stage.control.observe("cablecast.vods")


def add(archive: Archive, show: Mapping[str, Any]) -> None:
    """Let the broadcast service have one more show."""
    archive.stage.control.order("cablecast.shows", "add", **show)


def show_id(archive: Archive, show: str) -> int:
    """Return the id of a show that was added last under its title."""
    found = [each.id for each in shows(archive) if each.title == SHOWS[show]["title"]]
    assert found, f"nobody has given {show} to the broadcast service in this scenario"
    return int(found[-1])


def looking_at(archive: Archive, show: str) -> Request:
    return ask("looks at a show", id=str(show_id(archive, show)))


def change(archive: Archive, show: str, **members: Any) -> None:
    archive.stage.control.order("cablecast.shows", "change", id=show_id(archive, show), **members)


def comes_to(archive: Archive, recording: Recording, state: str) -> None:
    """Let the broadcast service have come to this state with what was published."""
    archive.stage.control.order("cablecast.vods", "set", id=_vod_of(archive, recording).id, state=state)


def asked(archive: Archive, path: str) -> list[Record]:
    """Return what the broadcast service was asked since the latest When, at paths that hold this."""
    requests = archive.stage.control.observe("cablecast.requests", since_s=archive.stage.turned_ns / 1e9)
    return [each for each in requests if path in each.path]


# ---- what is so with a recording


def is_published(archive: Archive, recording: Recording) -> None:
    """Insist on one show and one VOD there, with the very captions of the archive (ARC-90, ARC-92, ARC-94)."""
    record = archive.shows(recording)
    assert_that(record["publish_state"], equal_to("published"), f"how far {recording.name} is published")
    found = [each for each in vods(archive) if each.id == record["cablecast_vod_id"]]
    assert_that(found, has_length(1), f"{recording.name} at the broadcast service")
    vod = found[0]
    assert_that(vod.show, equal_to(record["show_id"]), "the show that it is of")
    known = [each.id for each in shows(archive) if each.id == record["show_id"]]
    assert_that(known, equal_to([record["show_id"]]), "the show there")
    content = archive.onlooker.asks(ask("downloads captions", id=recording.transcription_id, format="scc")).payload
    assert_that(base64.b64decode(vod.captions or ""), equal_to(content), "the captions there")


def is_published_once(archive: Archive, recording: Recording) -> None:
    """Insist besides that nothing is there twice."""
    is_published(archive, recording)
    assert_that(vods(archive), has_length(1), "what was published")
    titles = [each.title for each in shows(archive) if each.title == recording.record["title"]]
    assert_that(titles, has_length(1), f"shows called like {recording.name}")


def is_not_published(state: str) -> Judge:
    """Insist that nothing of it is there (ARC-91, ARC-93)."""

    def judge(archive: Archive, recording: Recording) -> None:
        record = archive.shows(recording)
        assert_that(record, has_entries(publish_state=state, show_id=None), f"the record of {recording.name}")
        assert_that(vods(archive), empty(), "what was published")
        left = [each.title for each in shows(archive) if each.title == recording.record["title"]]
        assert_that(left, empty(), f"shows called like {recording.name}")

    return judge


def is_linked_to(show: str) -> Judge:
    def judge(archive: Archive, recording: Recording) -> None:
        link = archive.onlooker.asks(ask("asks for the link", tid=recording.transcription_id)).message
        expected = has_entries(linked=True, show_id=show_id(archive, show), show_title=SHOWS[show]["title"])
        assert_that(link, expected, f"the link of {recording.name}")
        assert_that(str(link.get("linked_at", "")), contains_string("T"), "when it was linked")

    return judge


def is_linked_to_nothing(archive: Archive, recording: Recording) -> None:
    link = archive.onlooker.asks(ask("asks for the link", tid=recording.transcription_id)).message
    assert_that(link, has_entries(linked=False), f"the link of {recording.name}")


def scores(show: str, score: float) -> Judge:
    """Insist on how well a show fits (ARC-96, ARC-100)."""

    def judge(archive: Archive, recording: Recording) -> None:
        known = show_id(archive, show)
        told = suggestions(archive, recording)
        [found] = [each for each in told if each["show_id"] == known] or [{}]
        expected: Any = close_to(score, SCORE_OFF_BY)
        assert_that(found.get("similarity_score", 0.0), expected, f"how well {show} fits {recording.name}")
        assert found["reasons"], f"{show} is suggested without a reason"

    return judge


def is_not_suggested(show: str) -> Judge:
    def judge(archive: Archive, recording: Recording) -> None:
        known = show_id(archive, show)
        found = [each for each in suggestions(archive, recording) if each["show_id"] == known]
        assert_that(found, empty(), f"{show} among the suggestions for {recording.name}")

    return judge


def suggestions(archive: Archive, recording: Recording) -> list[Mapping[str, Any]]:
    found = archive.onlooker.asks(
        ask("asks for suggestions", tid=recording.transcription_id, query={"limit": 20})
    ).message["suggestions"]
    told = [each["similarity_score"] for each in found]
    assert_that(told, equal_to(sorted(told, reverse=True)), "the scores in their order")
    return list(found)


def tells_of(recording: str) -> Callable[[Archive, Person], None]:
    """Insist that a show tells of a transcription, as whoever looks at it is told (ARC-99)."""

    def judge(archive: Archive, person: Person) -> None:
        known = archive.recording(recording)
        assert known.sound is not None, f"nobody has uploaded {recording}"
        words = " ".join(one.text for one in known.sound.said)
        show = person.answer.message["show"]
        told = {
            "transcription_available": True,
            "content_type": "transcribed_video",
            "searchable_content": words,
        }
        assert_that(show, has_entries(told), "what the show tells")
        for name in ("source_system", "transcription_completed_at"):
            assert show.get(name), f"the show tells no {name}"
        counted = show["transcription_metadata"]
        assert_that(
            counted, has_entries(total_segments=len(known.sound.said), total_words=len(words.split())), "counts"
        )
        assert_that(counted["total_duration_seconds"], close_to(known.sound.duration_s, 0.1), "the duration")
        minutes = known.sound.duration_s / 60
        assert_that(counted["average_words_per_minute"], close_to(len(words.split()) / minutes, 1), "words a minute")
        assert 1 <= len(counted["key_phrases"]) <= 10, f"key phrases are {counted['key_phrases']}"
        assert_that([each.lower() in words.lower() for each in counted["key_phrases"]], only_contains(True), "phrases")

    return judge


# ---- what the broadcast service was asked


def was_asked(count: int, path: str = "/shows") -> Callable[[Archive], None]:
    """Insist on so many requests for shows since the latest When (ARC-111, ARC-113)."""

    def judge(archive: Archive) -> None:
        assert_that(asked(archive, path), has_length(count), "what the broadcast service was asked for since")

    return judge


def _vod_of(archive: Archive, recording: Recording) -> Record:
    remote = archive.shows(recording)["cablecast_vod_id"]
    [vod] = [each for each in vods(archive) if each.id == remote]
    return vod


# ---- what the archive tells of it


def brings_in(archive: Archive, name: str, count: int) -> list[tuple[int, str]]:
    """Return how far the broadcast service was at each of so many looks: percent and state (ARC-102)."""
    found = []
    for _ in range(count):
        [vod] = archive.person(name).asks(ask("brings in the states")).message["vods"]
        found.append((int(vod["percent"]), str(vod["status"])))
    return found


def published(archive: Archive, name: str) -> int:
    """Return how many recordings the archive says that it has published, all of them (ARC-92)."""
    told = archive.person(name).asks(ask("asks how much is published")).message
    assert_that(told, has_entries(pending_publishes=0, failed_publishes=0, sync_percentage=100), "what is published")
    return int(told["synced_transcriptions"])


def linked(archive: Archive, name: str, show: str) -> int:
    about = str(show_id(archive, show))
    told = archive.person(name).asks(ask("asks what is linked to a show", id=about)).message
    return len({each["transcription_id"] for each in told["transcriptions"]})
