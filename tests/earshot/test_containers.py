"""The forms in which a recording is sent."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from earshot.audio import signals
from earshot.audio.containers import Form, in_so_many, pieces, wav

SOUND = signals.noise(1.0, sigma=0.1)


def read(file: bytes) -> signals.Samples:
    with wave.open(io.BytesIO(file)) as recording:
        assert (recording.getframerate(), recording.getnchannels(), recording.getsampwidth()) == (16_000, 1, 2)
        return np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2")


@pytest.mark.parametrize(("duration_s", "size"), [(0.1, 3244), (0.2, 6444), (0.5, 16044), (1.0, 32044)])
def test_a_file_is_as_long_as_the_sheet_says(duration_s: float, size: int) -> None:
    file = wav(signals.silence(duration_s))
    assert len(file) == size
    assert len(read(file)) == duration_s * 16_000


def test_each_form_holds_the_whole_sound() -> None:
    assert np.array_equal(read(b"".join(pieces(SOUND, 300, Form.ONE_FILE))), SOUND)
    assert np.array_equal(np.concatenate([read(file) for file in pieces(SOUND, 300, Form.MANY_FILES)]), SOUND)
    assert b"".join(pieces(SOUND, 300, Form.SAMPLES)) == SOUND.astype("<i2").tobytes()


def test_pieces_are_as_long_as_asked() -> None:
    assert [len(piece) for piece in pieces(SOUND, 300)] == [9600, 9600, 9600, 3244]
    assert [len(piece) for piece in pieces(SOUND, 300, Form.MANY_FILES)] == [9644, 9644, 9644, 3244]
    assert [len(piece) for piece in pieces(SOUND, 300, Form.SAMPLES)] == [9600, 9600, 9600, 3200]
    assert pieces(SOUND[:0], 300) == []
    with pytest.raises(ValueError, match="at least 1 ms"):
        pieces(SOUND, 0)


def test_a_file_is_cut_into_so_many_pieces() -> None:
    cut = in_so_many(SOUND, 7)
    assert (len(cut), b"".join(cut)) == (7, wav(SOUND))
    assert max(map(len, cut)) - min(map(len, cut)) <= 1
