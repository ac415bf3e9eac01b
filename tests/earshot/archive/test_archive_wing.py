"""What is made of what people of the archive are told: each promise is missed when it is not kept."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from earshot.archive import captions, facts, sounds
from earshot.archive.leftovers import Leftovers
from earshot.archive.person import BrokenOff, Person
from earshot.archive.recording import Job, Recording
from earshot.archive.requests import half_an_upload
from earshot.archive.system import Archive
from earshot.audio.clips import SampleLibrary
from earshot.ledger import Http, Kind, Observation
from tests.earshot.cast_kit import a_scene

SAMPLES = SampleLibrary(Path(__file__).parents[3] / "audio_samples")
GREETING, THANKS = "Good morning, and welcome to Lisbon.", "Thank you all for coming."
FORM = {"title": "Council", "file_path": "/a/b.wav", "description": "d"}
RECORD = {**FORM, "id": "v1", "status": "pending", "vod_state": "pending", "version": 1, "updated_at": "2025-01-01T00Z"}
RECORD |= {"duration": None, "file_size": 4, "created_at": "2025-01-01T00Z", "transcription_id": "t1"}
CHANGED = {**RECORD, "status": "processing", "vod_state": "processing", "version": 2, "updated_at": "2025-01-02T00Z"}
PAGE = {"vods": [RECORD], "total": 1, "limit": 3, "offset": 0}


class Shown(Archive):
    """An archive of which is known what it shows."""

    def __init__(self, *records: Mapping[str, Any]) -> None:
        super().__init__(SimpleNamespace(scene=SimpleNamespace(run_id="run-1")))
        self.records = records

    def shows(self, recording: Recording) -> Mapping[str, Any]:
        return self.records[0]

    def everything(self) -> list[Mapping[str, Any]]:
        return list(self.records)


def council(*told: Mapping[str, Any]) -> Recording:
    known = Recording("the council meeting", FORM, "v1", list(told or [RECORD]))
    known.sound = sounds.Sound(b"1234")
    known.offers = [{"title": name, "description": name.lower(), "duration": ord(name)} for name in "AB"]
    return known


def told(person: Person, message: Mapping[str, Any], operation: str, code: int = 200) -> None:
    """Let somebody have been answered so."""
    target = operation.partition(" ")[2].replace("{tid}", "t9")
    http = Http(operation, target)
    person._scene.ledger.keep(
        Observation(0, person.name, person.name, Kind.RECEIVED, message=message, http=http, code=code)
    )


@pytest.mark.parametrize(
    ("fact", "good", "bad"),
    [
        (facts.is_as_registered, RECORD, {**RECORD, "title": "Counc"}),
        (facts.is_as_registered, RECORD, {**RECORD, "status": "completed"}),
        (facts.is_in_state("processing"), CHANGED, {**CHANGED, "vod_state": "pending"}),
        (facts.shown_with(title="Council"), RECORD, {**RECORD, "title": "Other"}),
        (facts.is_as_it_was, RECORD, {**RECORD, "version": 2}),
        (facts.is_as_large_as_its_sound, RECORD, {**RECORD, "file_size": 2}),
        (facts.is_as_one_wanted, {**RECORD, "title": "B", "description": "b", "duration": 66},
         {**RECORD, "title": "B", "description": "a", "duration": 66}),
    ],
)  # fmt: skip
def test_a_record_is_as_it_should_be_or_not(fact: Any, good: Mapping[str, Any], bad: Mapping[str, Any]) -> None:
    fact(Shown(good), council())
    with pytest.raises(AssertionError):
        fact(Shown(bad), council())


@pytest.mark.parametrize("wrong", [{"title": "Other"}, {"version": 1}, {"updated_at": RECORD["updated_at"]}, RECORD])
def test_an_accepted_change_changes_what_it_says_and_the_version(wrong: Mapping[str, Any]) -> None:
    fact: Any = facts.is_as_before_but(status="processing", vod_state="processing")
    fact(Shown(CHANGED), council(RECORD, CHANGED))
    with pytest.raises(AssertionError):
        fact(Shown({**CHANGED, **wrong}), council(RECORD, CHANGED))


def test_two_changes_that_made_one_version_have_lost_one() -> None:
    facts.has_a_version_for_each(Shown({**RECORD, "version": 3}), council(RECORD, CHANGED, {**CHANGED, "version": 3}))
    for versions, last in (((2, 2), 2), ((2, 3), 2)):
        changes = [{**CHANGED, "version": each} for each in versions]
        with pytest.raises(AssertionError):
            facts.has_a_version_for_each(Shown({**RECORD, "version": last}), council(RECORD, *changes))


def test_a_recording_is_listed_once_and_what_was_refused_is_not() -> None:
    for judge, bad in (
        (facts.all_are_listed_once, [RECORD, RECORD]),
        (facts.all_are_listed_once, []),
        (facts.nothing_else_is_kept, [RECORD, {**RECORD, "id": "v2", "description": "run-1"}]),
        (facts.all_are_as_told, [CHANGED]),
    ):
        good, wrong = Shown(RECORD), Shown(*bad)
        for archive in (good, wrong):
            archive.recordings["the council meeting"] = council()
        judge(good)
        with pytest.raises(AssertionError):
            judge(wrong)


@pytest.mark.parametrize(
    ("judge", "good", "bad"),
    [
        (facts.finds_the_latest_first, [PAGE], [{**PAGE, "vods": [RECORD, {**RECORD, "created_at": "2026"}]}]),
        (facts.finds_only("pending"), [PAGE], [{**PAGE, "vods": [CHANGED]}]),
        (facts.finds_only("pending"), [PAGE], [{**PAGE, "vods": []}]),
        (facts.finds_each_on_one_page, [PAGE], [PAGE, {**PAGE, "offset": 3}]),
        (facts.finds_each_on_one_page, [PAGE], [{**PAGE, "total": 2}]),
        (facts.finds_each_on_one_page, [PAGE], [{**PAGE, "offset": 1}]),
    ],
)
def test_a_list_is_in_order_and_whole_or_not(judge: Any, good: list[Any], bad: list[Any]) -> None:
    archive, ana = Shown(RECORD), Person("Ana", a_scene())
    archive.recordings["the council meeting"] = council()
    ana.pages = good
    judge(archive, ana)
    ana.pages = bad
    with pytest.raises(AssertionError):
        judge(archive, ana)


def test_everything_that_was_made_is_known_at_the_end() -> None:
    ana = Person("Ana", a_scene())
    told(ana, {"id": "v1"}, "POST /api/vod/create", 201)
    told(ana, {"success": False}, "POST /api/vod/create", 400)
    told(ana, {"id": "v1"}, "GET /api/vod/{id}")
    told(ana, {"job_id": "j1", "vod_id": "v2"}, "POST /api/transcribe", 202)
    told(ana, {"job_ids": ["j1", "j2"]}, "POST /api/transcribe/batch", 202)
    told(ana, {"user": {"id": "u1"}}, "POST /api/auth/register", 201)
    told(ana, {"linked": True}, "POST /api/cablecast/link/{tid}")
    stage: Any = SimpleNamespace(ledger=ana._scene.ledger)
    left = Leftovers(stage)
    assert (left.vods, left.jobs, left.users, left.links) == ({"v1", "v2"}, {"j1", "j2"}, {"u1"}, {"t9"})


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"success": False, "error": "no"},
        {"success": False, "error": {"type": "ValidationError", "message": ""}},
        {"success": False, "error": {"type": "InternalError", "message": "KeyError: 'x'"}},
        {"success": True, "error": {"type": "ValidationError", "message": "no"}},
    ],
)
def test_a_refusal_in_another_form_or_that_tells_too_much_is_complained_of(message: Mapping[str, Any]) -> None:
    ana = Person("Ana", a_scene())
    told(ana, {"success": False, "error": {"type": "ValidationError", "message": "No title."}}, "GET /", 400)
    assert ana.complaints() == []
    told(ana, message, "GET /", 500)
    assert len(ana.complaints()) == 1
    assert ana.complaints() == []


def test_sentences_are_where_they_are_said_to_be() -> None:
    sound = sounds.speech(SAMPLES, [(0.5, GREETING), (2.0, THANKS)])
    assert [each.text for each in sound.said] == [GREETING, THANKS]
    assert sound.said[0].start_s == 0.5
    assert sound.said[1].start_s - sound.said[0].end_s == pytest.approx(2.0)
    with wave.open(io.BytesIO(sound.content)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(sound.duration_s)
    assert sounds.noise_of(100) == sounds.noise_of(100)


def test_half_an_upload_is_half_of_it_and_no_more() -> None:
    async def send() -> tuple[bytes, Exception]:
        body = half_an_upload("v1", b"12345678", BrokenOff()).body
        assert body is not None
        parts = body.encoded_as["content"]
        return await anext(parts), (await asyncio.gather(anext(parts), return_exceptions=True))[0]

    sent, end = asyncio.run(send())
    assert sent == b"1234"
    assert isinstance(end, BrokenOff)


def test_captions_are_read_as_their_readers_understand_them() -> None:
    scc = "Scenarist_SCC V1.0\n\n00:00:01;00\t9420 9420 94ae 94ae 9470 9470 c8e9 942f 942f\n\n00:00:03;00\t942c 942c\n"
    (cue,) = captions.scc(scc)
    assert cue.text == "Hi"
    assert 1.0 <= cue.start_s <= 1.5 < cue.end_s
    assert captions.scc("Scenarist_SCC V1.0\n\n") == []
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nYou &amp; I &lt;here&gt;\n"
    assert captions.vtt(vtt) == [captions.Cue(1.0, 2.5, "You & I <here>")]
    assert captions.srt("1\n00:00:01,000 --> 00:00:02,500\nYou & I\nhere\n\n") == [
        captions.Cue(1.0, 2.5, "You & I here")
    ]


def test_a_job_is_over_when_it_says_so() -> None:
    job = Job("j1")
    assert not job.is_over
    job.seen.append({"status": "processing"})
    assert not job.is_over
    job.seen.append({"status": "failed"})
    assert job.is_over
