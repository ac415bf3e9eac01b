"""Sound in the report plays, shows its shape, and stands beside the words it should hold."""

from __future__ import annotations

import math
import re
from base64 import b64decode

import numpy as np
import pytest

from earshot.evidence.compress import mp3
from earshot.evidence.players import Recording, listening_page, player
from earshot.evidence.transcripts import compare

MPEG2_BIT_RATES_KBIT = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MPEG2_RATES_HZ = (22_050, 24_000, 16_000)
SAMPLES_PER_FRAME = 576


def tone(duration_s: float, peak: float = 0.5) -> np.ndarray:
    time_s = np.arange(round(16_000 * duration_s)) / 16_000
    return (peak * 32767 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)


def frames(data: bytes) -> list[tuple[int, int, bool]]:
    """Walk through MPEG-2 layer III frames: sample rate, bit rate, whether mono. Anything else fails."""
    found: list[tuple[int, int, bool]] = []
    position = 0
    while position < len(data):
        header = int.from_bytes(data[position : position + 4], "big")
        assert header >> 17 == 0b111_1111_1111_10_01, f"no MPEG-2 layer III frame at {position}"
        bit_rate_kbit = MPEG2_BIT_RATES_KBIT[header >> 12 & 15]
        rate_hz = MPEG2_RATES_HZ[header >> 10 & 3]
        found.append((rate_hz, bit_rate_kbit, header >> 6 & 3 == 3))
        position += 72_000 * bit_rate_kbit // rate_hz + (header >> 9 & 1)
    assert position == len(data), "the last frame is cut off"
    return found


@pytest.mark.parametrize("duration_s", [0.1, 2.0])
def test_mp3_lasts_as_long_as_the_sound(duration_s: float) -> None:
    found = frames(mp3(tone(duration_s)))
    assert set(found) == {(16_000, 16, True)}
    lasts_s = len(found) * SAMPLES_PER_FRAME / 16_000
    assert duration_s <= lasts_s <= duration_s + 0.16  # the encoder's delay and the filling of the last frame


def test_no_sound_is_no_mp3() -> None:
    assert mp3(np.zeros(0, np.int16)) == b""


@pytest.mark.parametrize("wrong", [np.zeros(10, np.float32), np.zeros((10, 2), np.int16)])
def test_other_samples_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one channel of int16"):
        mp3(wrong)


def test_the_player_holds_the_whole_sound() -> None:
    html = player("Lena heard", tone(1.0), expected_text="Guten Tag", actual_text="guten tag")
    data = re.search(r'src="data:audio/mpeg;base64,([^"]+)"', html)
    assert data
    assert b64decode(data[1]) == mp3(tone(1.0))
    assert "✓ same words" in html
    assert "1.00 s of sound, loudest point 50% of full scale" in html


def test_the_waveform_grows_with_the_volume() -> None:
    def height(peak: float) -> int:
        html = player("", tone(0.5, peak), expected_text="", actual_text=None)
        shape = re.search(r'<path d="M([^Z]*)Z', html)
        assert shape
        levels = [int(point.split(",")[1]) for point in shape[1].split()]
        return max(levels) - min(levels)

    assert height(1.0) == pytest.approx(2 * height(0.5), abs=4)
    assert 190 < height(1.0) <= 200


@pytest.mark.parametrize(
    ("expected", "heard", "samples", "verdict"),
    [
        ("Good morning, Lisbon.", "good morning lisbon", tone(0.1), "✓ same words"),
        ("Good morning", "Good evening", tone(0.1), "✗ different words: 1 missing, 1 extra"),
        ("Good morning", "", tone(0.1), "✗ no words"),
        ("Good morning", "", tone(0), "✗ no words"),
        ("", "", tone(0), "✓ nothing, as expected"),
        ("", "", tone(0.1), "✗ not expected"),
        ("", "hello", tone(0), "✗ not expected"),
    ],
)
def test_verdicts(expected: str, heard: str, samples: np.ndarray, verdict: str) -> None:
    html = player("Lena heard", samples, expected_text=expected, actual_text=heard)
    assert re.findall(r'class="verdict \w+">(.*?)<', html) == [verdict]


def test_what_nobody_judges_has_no_verdict() -> None:
    assert "verdict" not in player("Ana said", tone(0.1), expected_text="Good morning", actual_text=None)


def test_what_was_said_comes_first_and_names_are_text() -> None:
    page = listening_page(
        [
            Recording("Lena<script>", tone(0.1), "Hola", heard="Hola", detail="es", delay_ms=1240),
            Recording("Omar", tone(0), "Hallo", heard="", delay_ms=math.inf),
            Recording("Ana", tone(0.1), "Hello", spoken=True, detail="a joke"),
        ]
    )
    titles = re.findall(r"<header><b>(.*?)</b><span class=\"sub\">(.*?)</span>", page)
    assert titles == [
        ("Ana said", "a joke"),
        ("Lena&lt;script&gt; heard", "Spanish · 1.24 s after it was said"),
        ("Omar heard", "never came"),
    ]
    assert "No sound arrived" in page
    assert not re.search(r"<script|https?:", page)


def test_differences_are_marked_on_both_sides() -> None:
    comparison = compare("Good morning, and welcome to Lisbon.", "good evening and welcome to Lisbon!")
    assert comparison.expected_html == "Good <del><b>\u2212</b>morning,</del> and welcome to Lisbon."
    assert comparison.heard_html == "good <ins><b>+</b>evening</ins> and welcome to Lisbon!"
    assert (comparison.missing, comparison.extra, comparison.same) == (1, 1, False)


@pytest.mark.parametrize(
    ("expected", "heard", "marked"),
    [
        ("リスボンへようこそ。", "リスボようこそ", "リスボ<del><b>\u2212</b>ンへ</del>ようこそ。"),
        (
            "早上好,欢迎来到里斯本。",
            "早上好，欢迎来到里本",
            "早上好,欢迎来到里<del><b>\u2212</b>斯</del>本。",
        ),
        ("리스본에 오신 것을", "리스본에 오신 것", "리스본에 오신 것<del><b>\u2212</b>을</del>"),
    ],
)
def test_cjk_is_compared_by_character(expected: str, heard: str, marked: str) -> None:
    assert compare(expected, heard).expected_html == marked


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hello - world", "hello world"), ("  one   two ", "one two"), ("Straße", "STRASSE"), ("", "…")],
)
def test_punctuation_case_and_spaces_do_not_matter(one: str, other: str) -> None:
    assert compare(one, other).same


def test_compared_words_are_text() -> None:
    comparison = compare("<b>one</b> & two", "<i>")
    assert "<b>one" not in comparison.expected_html
    assert "&lt;i&gt;" in comparison.heard_html
