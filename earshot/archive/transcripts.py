"""What became of what was said: the transcription, its captions and its summary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from hamcrest import (
    assert_that,
    close_to,
    contains_string,
    empty,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_length,
    less_than_or_equal_to,
)

from earshot.archive import captions
from earshot.archive.captions import READERS
from earshot.archive.files import BUCKET, files
from earshot.archive.recording import Recording
from earshot.archive.requests import ask
from earshot.archive.sounds import Said
from earshot.archive.system import Archive, Judge
from earshot.matchers.numbers import between

OFF_BY_S = 0.35
"""How far the edges of speech may be from where its recording begins and ends."""
FRAME_S = 1001 / 30000
CAPTION_OFF_BY_S = 2 * FRAME_S + 0.001
AHEAD_S = 1.5
"""So much earlier captions may be loaded (ARC-76)."""
BEFORE = "9420 9420"
LINE = re.compile(r"^(\d\d):(\d\d):(\d\d);(\d\d)\t((?:[0-9a-f]{4} ?)+)$")
COLUMNS, ROWS = 32, 2
ROW_ADDRESSES = ("9470", "94d0", "1370", "13d0", "10d0")


def result(archive: Archive, recording: Recording) -> Mapping[str, Any]:
    return archive.onlooker.asks(ask("asks for the transcription", id=recording.id)).message


def said(recording: Recording) -> Sequence[Said]:
    assert recording.sound is not None, f"nobody has uploaded {recording.name} in this scenario"
    return recording.sound.said


def download(archive: Archive, recording: Recording, kind: str) -> str:
    answer = archive.onlooker.asks(ask("downloads captions", id=recording.transcription_id, format=kind))
    return answer.payload.decode()


# ---- transcriptions


def is_transcribed(archive: Archive, recording: Recording) -> None:
    """Insist on what was said, where it was said (ARC-60, ARC-61, ARC-62)."""
    told, parts = result(archive, recording), said(recording)
    record = archive.shows(recording)
    assert_that(record["transcription_id"], equal_to(told["id"]), "the transcription that the recording names")
    assert_that(told, has_entries(vod_id=recording.id, status="completed", language="en"), "the transcription")
    segments = told["segment_list"]
    assert_that([each["text"] for each in segments], equal_to([one.text for one in parts]), "what was understood")
    assert_that(told["segments"], equal_to(len(segments)), "how many parts it has")
    assert_that(told["text"], equal_to(" ".join(one.text for one in parts)), "the whole text")
    assert_that(told["confidence"], between(0, 1), "how sure the archive is")
    for each, one in zip(segments, parts, strict=True):
        assert_that(each["start"], close_to(one.start_s, OFF_BY_S), f"where “{one.text}” begins")
        assert_that(each["end"], close_to(one.end_s, OFF_BY_S), f"where “{one.text}” ends")
    _are_in_order(segments, recording)


def _are_in_order(segments: Sequence[Mapping[str, Any]], recording: Recording) -> None:
    assert recording.sound is not None
    for each in segments:
        assert_that(each["end"], greater_than(each["start"]), "where a part ends")
    for before, after in pairwise(segments):
        assert_that(after["start"], greater_than_or_equal_to(before["end"]), "where the next part begins")
    latest = max((each["end"] for each in segments), default=0.0)
    assert_that(latest, less_than_or_equal_to(recording.sound.duration_s + 0.5), "where the last part ends")


def is_silence(archive: Archive, recording: Recording) -> None:
    """Insist on a transcription of nothing, which says so, and on captions of nothing (ARC-64)."""
    told = result(archive, recording)
    assert_that(told, has_entries(segments=0, text="", warning=contains_string("No speech")), "the transcription")
    assert_that(captions.scc(download(archive, recording, "scc")), empty(), "the captions")


def is_understood_like(other: str) -> Judge:
    """Insist on the same text for the same sound (ARC-62)."""

    def judge(archive: Archive, recording: Recording) -> None:
        expected = result(archive, archive.recording(other))["text"]
        assert_that(result(archive, recording)["text"], equal_to(expected), f"what was understood of {recording.name}")

    return judge


def has_no_captions(archive: Archive, recording: Recording) -> None:
    """Insist that no caption of its jobs is kept (ARC-48, ARC-66, ARC-75)."""
    keys = files(archive).keys(BUCKET, "captions/")
    ids = {recording.id, recording.transcription_id, *(job.id for job in recording.jobs)} - {""}
    assert_that([key for key in keys if any(each in key for each in ids)], empty(), "the captions that are kept")


def has_one_of_each(archive: Archive, recording: Recording) -> None:
    """Insist on one transcription and one set of captions, of a service that nobody else uses (ARC-51, ARC-52)."""
    archive.looks_again(recording)
    keys = sorted(key for key in files(archive).keys(BUCKET, "captions/"))
    expected = sorted(f"captions/{recording.transcription_id}.{kind}" for kind in READERS)
    assert_that(keys, equal_to(expected), "the captions that are kept")
    told = result(archive, recording)
    assert_that(told["id"], equal_to(recording.transcription_id), "the transcription")
    archive_says = archive.onlooker.asks(ask("asks how much is published")).message["total_transcriptions"]
    assert_that(archive_says, equal_to(1), "how many transcriptions there are")


# ---- captions


def are_well_formed(archive: Archive, recording: Recording) -> None:
    """Insist on captions for television that keep the rules (ARC-70, ARC-72)."""
    content = download(archive, recording, "scc")
    lines = content.splitlines()
    assert_that(lines[:2], equal_to(["Scenarist_SCC V1.0", ""]), "how the captions begin")
    times = []
    for line in (each for each in lines[2:] if each):
        found = LINE.match(line)
        assert found, f"a line of captions is {line[:60]!r}"
        hours, minutes, seconds, frames = map(int, found.groups()[:4])
        assert frames <= 29 and minutes < 60 and seconds < 60, f"there is no time {line[:11]}"
        assert seconds or frames > 1 or minutes % 10 == 0, f"{line[:11]} is dropped in the time of television"
        words = found[5].split()
        odd = [word for word in words for byte in bytes.fromhex(word) if byte.bit_count() % 2 == 0]
        assert_that(odd, empty(), f"words at {line[:11]} without odd parity")
        if " ".join(words[:2]) == BEFORE:
            times.append((hours, minutes, seconds, frames))
            assert words[-1] == "942f", f"the caption at {line[:11]} is never shown"
            _fits_on_screen(words)
    assert_that(times, equal_to(sorted(set(times))), "the times of captions, which rise")
    shown = " ".join(cue.text for cue in captions.scc(content))
    assert_that(shown, equal_to(_for_television(" ".join(one.text for one in said(recording)))), "what is shown")


def _fits_on_screen(words: Sequence[str]) -> None:
    rows: list[int] = []
    for word in words[4:-2]:
        first = bytes.fromhex(word)[0] & 0x7F
        if 0x10 <= first <= 0x1F:
            if not rows or rows[-1]:
                rows.append(0)
        elif rows:
            rows[-1] += sum(0x20 <= byte & 0x7F <= 0x7E for byte in bytes.fromhex(word))
    assert_that(len(rows), less_than_or_equal_to(ROWS), "how many rows a caption has")
    assert_that(max(rows, default=0), less_than_or_equal_to(COLUMNS), "how long a row is")


def come_in_time(archive: Archive, recording: Recording) -> None:
    """Insist on captions that an independent reader shows soon, and ends after that (ARC-71, ARC-76)."""
    cues = captions.scc(download(archive, recording, "scc"))
    segments = result(archive, recording)["segment_list"]
    assert_that(cues, has_length(greater_than_or_equal_to(len(segments))), "captions")
    starts = [cue.start_s for cue in cues]
    for each in segments:
        delays = [start - each["start"] for start in starts]
        soon = [one for one in delays if -CAPTION_OFF_BY_S <= one <= AHEAD_S]
        assert soon, f"no caption is shown within {AHEAD_S:g} s of “{each['text']}” at {each['start']:g} s: {starts}"
    for cue in cues:
        assert_that(cue.end_s, greater_than(cue.start_s), f"when “{cue.text}” ends")
    first = _timecode_s(download(archive, recording, "scc"))
    assert_that(first[0], close_to(segments[0]["start"], CAPTION_OFF_BY_S), "when the first caption is sent")


def _timecode_s(content: str) -> list[float]:
    """Return when each line that loads a caption is sent: frames are dropped twice in each minute but the tenth."""
    found = []
    for line in content.splitlines():
        if (match := LINE.match(line)) and match[5].startswith(BEFORE):
            hours, minutes, seconds, frames = map(int, match.groups()[:4])
            whole = 60 * hours + minutes
            count = 30 * (60 * whole + seconds) + frames - 2 * (whole - whole // 10)
            found.append(count * FRAME_S)
    return found


def come_at(at_s: float) -> Judge:
    """Insist that a caption is sent when it is said, in the time of television, after so long (ARC-72)."""

    def judge(archive: Archive, recording: Recording) -> None:
        segments = result(archive, recording)["segment_list"]
        [late] = [each for each in segments if each["start"] > at_s]
        times = _timecode_s(download(archive, recording, "scc"))
        assert_that(times[-1], close_to(late["start"], CAPTION_OFF_BY_S), "when the last caption is sent, in s")

    return judge


def say_the_same(archive: Archive, recording: Recording) -> None:
    """Insist on captions for browsers and players with the parts and times of the transcription (ARC-73)."""
    segments = result(archive, recording)["segment_list"]
    for kind in ("vtt", "srt"):
        content = download(archive, recording, kind)
        cues = READERS[kind](content)
        assert_that([cue.text for cue in cues], equal_to([each["text"] for each in segments]), f"what {kind} says")
        for cue, each in zip(cues, segments, strict=True):
            assert_that(cue.start_s, close_to(each["start"], 0.002), f"when {kind} says “{cue.text}”")
            assert_that(cue.end_s, close_to(each["end"], 0.002), f"until when {kind} says “{cue.text}”")
    assert re.match(r"1\r?\n\d\d:\d\d:\d\d,\d{3} --> ", download(archive, recording, "srt")), "no captions for players"
    vtt = download(archive, recording, "vtt")
    assert re.match(r"WEBVTT\r?\n", vtt), "no captions for browsers"
    assert re.search(r"^\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", vtt, re.MULTILINE), "no times for browsers"


def say(text: str, shown: str) -> Judge:
    """Insist on a text as it is, and as near as television comes (ARC-74, ARC-77)."""

    def judge(archive: Archive, recording: Recording) -> None:
        for kind in ("vtt", "srt"):
            read = [cue.text for cue in READERS[kind](download(archive, recording, kind))]
            assert_that(read, equal_to([text]), f"what {kind} says")
        read = [cue.text for cue in captions.scc(download(archive, recording, "scc"))]
        assert_that(" ".join(read), equal_to(shown), "what television says")
        if set("&<>") & set(text):
            raw = download(archive, recording, "vtt")
            assert_that(
                raw, contains_string(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")), "vtt"
            )

    return judge


def _for_television(text: str) -> str:
    return text.replace("'", "’") if "’" not in text else text


def summarises(count: int) -> Judge:
    """Insist on so many points, each of what was said, from when a caption begins (ARC-80, ARC-81)."""

    def judge(archive: Archive, recording: Recording) -> None:
        told = archive.onlooker.asks(ask("reads the summary", id=recording.transcription_id)).message
        points = told["summary"]
        assert_that(points, has_length(count), "the points of the summary")
        scc = download(archive, recording, "scc")
        words = result(archive, recording)["text"].lower()
        for each in points:
            assert each["speaker"], "a point has no speaker"
            assert_that(scc, contains_string(each["start"]), "where the captions begin")
            assert each["text"].endswith("."), f"{each['text']!r} does not end with a full stop"
            strange = [word for word in re.findall(r"[\w']+", each["text"].lower()) if word not in words]
            assert_that(strange, empty(), "words of the summary that nobody said")

    return judge


def is_not_summarised(archive: Archive, recording: Recording) -> None:
    """Insist that there is no summary, and none was left (ARC-82)."""
    onlooker = archive.onlooker
    onlooker.tries_to_ask(ask("reads the summary", id=recording.transcription_id))
    archive.stage.surprises.claim(onlooker.outcome)
    assert_that(onlooker.outcome.code, equal_to(404), "the status with which there is no summary")
    assert_that(files(archive).keys(BUCKET, f"captions/{recording.transcription_id}_"), empty(), "what is kept of one")


def replace_captions(archive: Archive, recording: Recording, content: bytes) -> None:
    files(archive).put(BUCKET, f"captions/{recording.transcription_id}.scc", content)


def empty_file(archive: Archive, recording: Recording) -> None:
    files(archive).put(BUCKET, f"media/{recording.id}", b"")


def swap_captions(archive: Archive, one: Recording, other: Recording) -> None:
    """Let one recording have the captions of another, behind the archive's back (ARC-84)."""
    content = files(archive).get(BUCKET, f"captions/{other.transcription_id}.scc")
    replace_captions(archive, one, content)


def summary_speaks_of(other: str) -> Judge:
    def judge(archive: Archive, recording: Recording) -> None:
        told = archive.onlooker.asks(ask("reads the summary", id=recording.transcription_id)).message
        text = said(archive.recording(other))[0].text
        assert_that(told["summary"][0]["text"], equal_to(re.split(r"[.!?]", text)[0] + "."), "what the summary says")

    return judge
