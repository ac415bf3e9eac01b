"""What the tests measure of sound themselves, and how sound is written to files and shown."""

from __future__ import annotations

import numpy as np
import pytest

from earshot.audio import signals
from earshot.studio.before_after import Passage, before_after_page
from earshot.studio.measuring import (
    QUIETEST_LUFS,
    loudness_lufs,
    peak_db,
    spectrum_db,
    tone_above_rest_db,
    tone_db,
)
from earshot.studio.sound_files import SoundFile, decoded, read


@pytest.mark.parametrize(("hz", "expected"), [(997, -3.01), (440, -3.69), (3000, 0.11), (100, -4.84)])
@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_loudness_of_full_scale_tones(hz: float, expected: float, rate_hz: int) -> None:
    stretch = 16_000 / rate_hz
    samples = signals.tone(hz * stretch, 3 / stretch, amplitude=1.0)
    assert loudness_lufs(samples, rate_hz) == pytest.approx(expected, abs=0.1)
    assert loudness_lufs(np.stack([samples, samples], axis=1), rate_hz) == pytest.approx(expected + 3.01, abs=0.1)


def test_loudness_of_parts() -> None:
    loud, soft = signals.tone(997, 2, 0.1), signals.tone(997, 2, 0.001)
    assert loudness_lufs(signals.joined(loud, soft)) == pytest.approx(loudness_lufs(loud), abs=0.6)
    assert loudness_lufs(signals.silence(1)) == QUIETEST_LUFS
    with pytest.raises(AssertionError, match=r"0\.3 s of sound have no loudness"):
        loudness_lufs(signals.tone(997, 0.3))


def test_levels_of_single_frequencies() -> None:
    both = signals.mix(signals.tone(100, 2, 0.1), signals.tone(1000, 2, 0.01))
    assert tone_db(both, 100) == pytest.approx(-23.01, abs=0.05)
    assert tone_db(both, 1000) == pytest.approx(-43.01, abs=0.05)
    assert tone_db(both, 3000) < -90
    assert tone_above_rest_db(both, 100) == pytest.approx(20, abs=0.1)
    assert tone_above_rest_db(signals.tone(445, 2), 445) > 60
    assert tone_above_rest_db(signals.silence(2), 445) == 0
    assert peak_db(signals.click(1, 0.5)) == pytest.approx(-6.02, abs=0.01)


def test_spectra_have_the_level_of_the_sound() -> None:
    hz, levels = spectrum_db(signals.tone(1000, 1, 0.5))
    assert abs(hz[np.argmax(levels)] / 1000 - 1) < 0.05
    assert max(levels) == pytest.approx(-9.03, abs=0.3)


def test_files_are_written_and_read() -> None:
    sent = SoundFile("a tone", signals.tone(440, 0.5)[:, None], 44_100).in_stereo()
    got = read(sent.wav, "Ana")
    assert (got.rate_hz, got.channels) == (44_100, 2)
    assert np.array_equal(got.samples, sent.samples)
    assert not np.array_equal(sent.samples[:, 0], sent.samples[:, 1])


@pytest.mark.parametrize(
    ("content", "named"), [(b"RIFF", "no readable WAV"), (b"hello, Ana", "no readable WAV"), (None, "holds")]
)
def test_files_that_are_none_are_named(content: bytes | None, named: str) -> None:
    with pytest.raises(AssertionError, match=named):
        read(SoundFile("", signals.tone(440, 1)[:, None]).wav[:-100] if content is None else content, "Ana")
    with pytest.raises(AssertionError, match="no base64"):
        decoded("!!!", "Ana")


def test_a_page_shows_what_went_in_and_came_out() -> None:
    passages = [Passage("Ana", "a tone", signals.tone(440, 1), signals.tone(440, 1, 0.1), detail="10 pieces")] * 40
    html = before_after_page([*passages, Passage("Bruno", "nothing", signals.silence(0), signals.silence(0))])
    assert html.count("<figure>") == 2 * html.count("<h2>Ana")
    assert "29 sounds left out here" in html
    assert "10 pieces" in html
