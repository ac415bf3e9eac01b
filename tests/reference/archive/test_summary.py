"""Caption files and summaries, as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from reference.archive.captions import FORMATS
from reference.archive.captions.reading import Shown
from reference.archive.captions_api import CaptionsApi
from reference.archive.problem import Problem
from reference.archive.summary import SummaryApi, points
from reference.http.endpoints import Asked
from tests.reference.broadcast.world_fakes import on_loop

SAID = [{"start": 3.0 * at, "end": 3.0 * at + 2, "text": f"Item {at} is open! We go on"} for at in range(6)]


@dataclass
class Files:
    kept: dict[str, bytes] = field(default_factory=dict)

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def put(self, key: str, content: bytes) -> None:
        self.kept[key] = content

    async def delete(self, *keys: str) -> None:
        for key in keys:
            self.kept.pop(key, None)


class Archive:
    """With one transcription, t-1, and its files."""

    def __init__(self) -> None:
        self.files = Files({f"captions/t-1.{name}": write(SAID).encode() for name, write in FORMATS.items()})
        self.captions = CaptionsApi(cast("Any", self), cast("Any", self.files))
        self.summaries = SummaryApi(cast("Any", self), cast("Any", self.files))

    async def find(self, transcription_id: str) -> object:
        return {} if transcription_id == "t-1" else None


def asked(**parameters: str) -> Asked:
    return Asked(None, "GET", "/", {"id": "t-1", **parameters}, {}, {}, "", "")


@on_loop
async def test_captions_are_downloaded_as_they_are_kept() -> None:
    archive = Archive()
    for ending, kind in {"scc": "text/plain", "vtt": "text/vtt", "srt": "text/plain"}.items():
        reply = await archive.captions.captions(asked(format=ending))
        assert reply.content == archive.files.kept[f"captions/t-1.{ending}"]
        assert reply.media_type.startswith(kind)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"format": "doc"}, 400), ({"id": "99999"}, 404), ({"id": "t" * 10_000}, 404), ({"format": "srt"}, 404)],
)
@on_loop
async def test_captions_that_are_not_there_are_refused(wrong: dict[str, str], status: int) -> None:
    archive = Archive()
    del archive.files.kept["captions/t-1.srt"]
    with pytest.raises(Problem) as refused:
        await archive.captions.captions(asked(**{"format": "scc", **wrong}))
    assert refused.value.status == status


@pytest.mark.parametrize(("captions", "expected"), [(5, 1), (6, 2), (9, 2), (10, 2), (11, 3)])
def test_every_five_captions_make_a_point(captions: int, expected: int) -> None:
    found = points([Shown(f"00:00:{at:02};00", f"Item {at} is open. We") for at in range(captions)])
    assert [one["start"] for one in found] == [f"00:00:{5 * at:02};00" for at in range(expected)]
    assert found[-1] == {**found[-1], "speaker": "Unknown", "text": f"Item {5 * (expected - 1)} is open."}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Is it 3.5 or 4? Yes.", "Is it 3.5 or 4."),
        ("... and then it rained! Well", "... and then it rained."),
        ("no end", "no end."),
        ("x" * 2000, "x" * 1024 + "."),
    ],
)
def test_a_point_is_a_sentence(text: str, sentence: str) -> None:
    assert points([Shown("00:00:00;00", text)])[0]["text"] == sentence


@on_loop
async def test_a_summary_is_made_of_the_file_and_kept() -> None:
    archive = Archive()
    with pytest.raises(Problem) as refused:
        await archive.summaries.summary(asked())
    assert refused.value.status == 404
    archive.files.kept["captions/t-1.scc"] = FORMATS["scc"]([{**SAID[0], "text": "Other words."}]).encode()
    made = await archive.summaries.summarise(asked())
    assert made["summary"] == [{"speaker": "Unknown", "start": "00:00:00;00", "text": "Other words."}]
    assert await archive.summaries.summarise(asked()) == made
    assert (await archive.summaries.summary(asked())).content == archive.files.kept[made["summary_path"]]
    assert made["summary_path"] == "captions/t-1_minutes.json"


@pytest.mark.parametrize(
    ("content", "status"),
    [(None, 404), (b"", 422), (b"00:00:01\tWelcome", 422), (FORMATS["scc"]([]).encode(), 422)],
)
@on_loop
async def test_without_words_there_is_no_summary(content: bytes | None, status: int) -> None:
    archive = Archive()
    await archive.summaries.summarise(asked())
    await archive.files.delete("captions/t-1.scc")
    if content is not None:
        archive.files.kept["captions/t-1.scc"] = content
    with pytest.raises(Problem) as refused:
        await archive.summaries.summarise(asked())
    assert refused.value.status == status
    assert "captions/t-1_minutes.json" not in archive.files.kept
