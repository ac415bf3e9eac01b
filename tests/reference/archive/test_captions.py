"""Caption files, read by what others wrote: pycaption and srt; and by the rules, byte for byte."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import srt as subrip
from hypothesis import given, settings
from hypothesis import strategies as st
from pycaption import CaptionReadNoCaptions, SCCReader, WebVTTReader

from reference.archive.captions.reading import NotScc, texts_of
from reference.archive.captions.scc import scc, words
from reference.archive.captions.smpte import frame_of, timecode
from reference.archive.captions.srt import srt
from reference.archive.captions.webvtt import vtt

COUNCIL = "Welcome to the city council."
AGENDA = "The budget for the new library is on the agenda tonight, and so is the bridge at the old mill."
SPOKEN = st.lists(st.from_regex(r"[A-Za-z0-9,.?&<>#-]{1,12}", fullmatch=True), min_size=1, max_size=30).map(" ".join)


def segment(start: float, end: float, text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text}


def lines(content: str) -> list[tuple[str, list[str]]]:
    """Return time code and words of each line, given that the file has the form it must have."""
    header, *rest = content.split("\n\n")
    assert header == "Scenarist_SCC V1.0" and rest.pop() == ""
    found = [re.fullmatch(r"(\d\d:\d\d:\d\d;[0-2]\d)\t((?:[0-9a-f]{4} ?)+)", one) for one in rest]
    return [(one[1], one[2].split(" ")) for one in found if one is not None] if all(found) else pytest.fail(content)


def frames(code: str) -> int:
    """Return which frame a time code numbers, by counting those that were left out."""
    hours, minutes, seconds, frame = map(int, re.split("[:;]", code))
    minute = 60 * hours + minutes
    return 30 * (60 * minute + seconds) + frame - 2 * (minute - minute // 10)


def every_code() -> Iterator[str]:
    """Yield the time codes there are, in their order."""
    for hour, minute, second, frame in itertools.product(range(2), range(60), range(60), range(30)):
        if frame > 1 or second or not minute % 10:
            yield f"{hour:02}:{minute:02}:{second:02};{frame:02}"


def decoded(content: str) -> list[tuple[float, float, str]]:
    found = SCCReader().read(content).get_captions("en-US")
    return [(one.start / 1e6, one.end / 1e6, " ".join(one.get_text().split())) for one in found]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, "00:00:00;00"),
        (1, "00:00:01;00"),
        (1.99, "00:00:02;00"),
        (60, "00:00:59;28"),
        (60.1, "00:01:00;03"),
        (600, "00:10:00;00"),
        (3600, "01:00:00;00"),
    ],
)
def test_a_moment_has_the_time_code_of_the_nearest_frame(seconds: float, code: str) -> None:
    assert timecode(frame_of(seconds)) == code


def test_no_time_code_is_left_out_or_invented() -> None:
    codes = list(every_code())
    assert [timecode(frame) for frame in range(len(codes))] == codes
    assert [frames(code) for code in codes] == list(range(len(codes)))


def test_text_is_sent_with_odd_parity_two_characters_a_word() -> None:
    assert words(COUNCIL) == "57e5 ece3 ef6d e520 f4ef 20f4 68e5 20e3 e9f4 7920 e3ef 756e e3e9 ecae"
    assert words("abc") == "6162 e380"


def test_a_caption_is_loaded_shown_and_cleared() -> None:
    content = scc([segment(0, 2.5, COUNCIL)])
    text = words(COUNCIL)
    assert content == (
        "Scenarist_SCC V1.0\n\n"
        f"00:00:00;00\t9420 9420 94ae 94ae 9470 9470 {text} 942f 942f\n\n"
        "00:00:02;15\t942c 942c\n\n"
    )


@pytest.mark.parametrize(
    ("end", "then", "cleared"),
    [
        (4.0, None, 120),
        (0.5, None, 51),  # shown at frame 21, and for a second
        (2.0, 2.0, None),  # what follows replaces it
        (0.5, 1.0, None),
        (1.0, 3.0, 51),
    ],
)
def test_a_caption_is_seen_for_a_second_unless_another_follows(
    end: float, then: float | None, cleared: int | None
) -> None:
    following = [] if then is None else [segment(then, then + 3, "Next.")]
    found = lines(scc([segment(0, end, COUNCIL), *following]))
    first = found if then is None else found[:-2]
    times = [frames(code) for code, sent in first if sent == ["942c", "942c"]]
    assert times == ([] if cleared is None else [cleared])


def test_a_long_segment_is_divided_and_its_time_as_well() -> None:
    content = scc([segment(10, 22, AGENDA)])
    shown = texts_of(content.encode())
    assert " ".join(one.text for one in shown) == AGENDA
    assert shown[0].start == "00:00:10;00" and len(shown) == 2
    share = 10 + 12 * len(shown[0].text) / sum(len(one.text) for one in shown)
    assert frames(shown[1].start) == frame_of(share)
    assert len(lines(content)) == 3, "the first is replaced by the second"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Café “Größe” — it’s 5 €…", 'Cafe "Grosse" - it\'s 5 EUR...'),
        ("Łódź, Ærø and naïve ﬁlms", "Lodz, AEro and naive films"),
        ("東京 ok", "?? ok"),
        ("e\u0301t\u00a0e\u0301", "et e"),
        ("a\x00b\x7f", "a?b?"),
        ("\u0301", "?"),
    ],
)
def test_what_line_21_does_not_have_is_replaced(text: str, sent: str) -> None:
    said = [segment(0, 2, text)]
    [shown] = texts_of(scc(said).encode())
    assert shown.text == sent


@settings(deadline=None)
@given(st.lists(SPOKEN, min_size=1, max_size=6))
def test_a_decoder_shows_the_texts_in_time(texts: list[str]) -> None:
    said, at = [], 0.4
    for text in texts:
        said.append(segment(at, at + 0.5 + len(text) / 15, text))
        at += 2.5 + len(text) / 15
    content = scc(said)
    sent = [(code, found) for code, found in lines(content) if found[0] == "9420"]
    shown = decoded(content)
    assert " ".join(text for _, _, text in shown).replace("’", "'") == " ".join(texts)
    assert [text for _, _, text in shown] == [one.text for one in texts_of(content.encode())]
    for (start_s, end_s, _), (code, found) in zip(shown, sent, strict=True):
        assert start_s == pytest.approx((frames(code) + found.index("942f")) * 1001 / 30_000, abs=0.07)
        assert end_s > start_s
    starts = {code for code, _ in sent}
    assert all(any(abs(frames(code) * 1001 / 30_000 - one["start"]) < 0.017 for code in starts) for one in said)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 7200), st.floats(0.01, 30), st.text(max_size=150)), max_size=8))
def test_whatever_is_said_keeps_to_the_rules(spoken: list[tuple[float, float, str]]) -> None:
    said = [segment(start, start + length, text) for start, length, text in sorted(spoken)]
    content = scc(said)
    found = lines(content)
    times = [frames(code) for code, _ in found]
    assert times == sorted(set(times)), "time codes rise"
    sent = bytes.fromhex("".join(word for _, every in found for word in every))
    assert all(byte.bit_count() % 2 == 1 for byte in sent)
    for code, every in found:
        assert code[-2:] < "30"
        if every[0] == "9420":
            rows = re.findall(r"(?:94d0 94d0|9470 9470) (.*?)(?= 94d0| 9470| 942f)", " ".join(every))
            assert all(len(row.split()) <= 16 for row in rows), "a row has no more than 32 characters"
            assert [word for word in every if word in ("94d0", "9470")] == ["94d0"] * 2 * (len(rows) - 1) + ["9470"] * 2


@settings(deadline=None)
@given(st.lists(st.tuples(SPOKEN, st.sampled_from(["", "&amp;", "-->", "<b>", "Grüße, 東京", "a & b"])), min_size=1))
def test_readers_of_webvtt_and_subrip_find_each_segment(spoken: list[tuple[str, str]]) -> None:
    texts = [f"{text} {more}".strip() for text, more in spoken]
    said = [segment(3700.25 + 3 * number, 3702.5 + 3 * number, text) for number, text in enumerate(texts)]
    times = [(one["start"], one["end"]) for one in said]
    cues = WebVTTReader().read(vtt(said)).get_captions("en-US")
    assert [one.get_text() for one in cues] == texts
    assert [(one.start / 1e6, one.end / 1e6) for one in cues] == times
    subtitles = list(subrip.parse(srt(said)))
    assert [(one.index, one.content) for one in subtitles] == list(enumerate(texts, 1))
    assert [(one.start.total_seconds(), one.end.total_seconds()) for one in subtitles] == times


def test_markup_is_escaped_in_webvtt_alone() -> None:
    said = [segment(1.0, 2.0, "Salt & <pepper> --> table\n\nnext")]
    assert vtt(said) == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSalt &amp; &lt;pepper&gt; --&gt; table next\n"
    assert srt(said) == "1\n00:00:01,000 --> 00:00:02,000\nSalt & <pepper> --> table next\n\n"


def test_where_nothing_was_said_there_is_the_header_alone() -> None:
    assert (scc([]), vtt([]), srt([])) == ("Scenarist_SCC V1.0\n\n", "WEBVTT\n", "")
    assert texts_of(scc([]).encode()) == []
    with pytest.raises(CaptionReadNoCaptions):
        SCCReader().read(scc([]))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"WEBVTT", b"Scenarist_SCC V1.0\n\n00:00:01;00\tWelcome", b"\n"])
def test_what_is_no_scc_is_not_read(content: bytes) -> None:
    with pytest.raises(NotScc):
        texts_of(content)
