"""Sound as it comes and goes: WAV files and bare samples."""

from __future__ import annotations

import base64
import io
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from reference.studio.dsp.levels import Integers, rms_db, snr_db, sound_of
from reference.studio.dsp.loudness import SILENT_LUFS, integrated_lufs
from reference.studio.dsp.model import BadSound
from reference.studio.dsp.pipeline import Pipeline
from reference.studio.dsp.spectrum import distortion

if TYPE_CHECKING:
    from reference.studio.model import Stage

BARE_RATE_HZ = 16_000
"""Of samples without a header, which are mono."""
_RATES_HZ = (1000, 192_000)
_MOST_CHANNELS = 8
_FOREIGN = {b"fLaC": "FLAC", b"OggS": "Ogg", b"\x1aE\xdf\xa3": "WebM", b"ID3": "MP3"}
_MP3_FRAMES = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")


@dataclass(frozen=True, slots=True)
class Audio:
    samples: Integers
    """(frames, channels)"""
    rate_hz: int
    wav: bool
    """Whether it came with a header."""


def read(data: bytes, *, is_file: bool = False) -> Audio:
    """Return the sound in a WAV file or, unless it has to be a file, in bare samples; raise BadSound."""
    foreign = next((name for magic, name in _FOREIGN.items() if data.startswith(magic)), None)
    if foreign is None and is_file and data.startswith(_MP3_FRAMES):
        foreign = "MP3"
    if foreign is not None:
        raise BadSound(f"{foreign} is not supported; send WAV.")
    if data.startswith(b"RIFF"):
        return _wav(data)
    if is_file:
        raise BadSound("The file is no audio: it does not begin as a WAV file does.")
    if len(data) % 2:
        raise BadSound(f"The audio ends with half a sample, after {len(data)} bytes.")
    return Audio(np.frombuffer(data, dtype="<i2").astype(np.int16)[:, None], BARE_RATE_HZ, wav=False)


def written(samples: Integers, audio: Audio, *, wav: bool) -> str:
    """Return base64 of samples as they came with `audio`: a WAV file of the same rate, or bare samples."""
    if not wav:
        return base64.b64encode(samples.astype("<i2").tobytes()).decode()
    file = io.BytesIO()
    soundfile.write(file, samples, audio.rate_hz, format="WAV", subtype="PCM_16")
    return base64.b64encode(file.getvalue()).decode()


def batch(
    *, audio: bytes, is_file: bool, stages: Sequence[Stage], output_format: str = "wav"
) -> Iterator[Mapping[str, Any] | None]:
    """Process a whole file (STU-49, 123, 124): None after each second of each stage, then the answer's members."""
    began = time.perf_counter()
    if output_format not in ("wav", "base64"):
        raise BadSound(f"The output format {output_format} is not supported; there are wav and base64.")
    given = read(audio, is_file=is_file)
    rate_hz, channels = given.rate_hz, given.samples.shape[1]
    pipeline = Pipeline(stages, rate_hz, channels)
    processed = None
    for processed in pipeline.process_file(given.samples, rate_hz):
        if processed is None:
            yield None
    assert processed is not None
    sound = sound_of(processed.samples)
    lufs = integrated_lufs(sound, rate_hz)
    yield {
        "processed_audio": written(processed.samples, given, wav=output_format == "wav"),
        "metrics": {
            "total_latency": 1000 * (time.perf_counter() - began),
            "stage_latencies": dict(processed.stage_ms),
            "quality_metrics": {
                "snr": snr_db(sound),
                "thd": distortion(sound),
                "lufs": SILENT_LUFS if lufs is None else round(lufs, 2),
                "rms": rms_db(sound),
            },
        },
    }


def _wav(data: bytes) -> Audio:
    check_lengths(data)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate_hz, channels = file.samplerate, file.channels
            if not _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1]:
                raise BadSound(f"The file has {rate_hz} samples a second; from {_RATES_HZ[0]} to {_RATES_HZ[1]} are.")
            if channels > _MOST_CHANNELS:
                raise BadSound(f"The file has {channels} channels; at most {_MOST_CHANNELS} are supported.")
            samples = file.read(dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as problem:
        raise BadSound(f"The header of the WAV file is broken: {problem.error_string}") from None
    return Audio(samples, rate_hz, wav=True)


def check_lengths(data: bytes) -> None:
    """Refuse what says that more follows than there is, or does not add up; what reads files would make do with it."""
    at, form, sound = 12, None, False
    if data[8:12] != b"WAVE":
        raise BadSound("The file begins with RIFF, but is no WAV file.")
    while at + 8 <= len(data) and not sound:
        kind, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            raise BadSound(f"The header promises {size} bytes of {kind!r}, but {len(data) - at - 8} follow.")
        if kind == b"fmt " and size >= 16:
            form = struct.unpack_from("<HHIIHH", data, at + 8)
        sound = kind == b"data"
        at += 8 + size + size % 2
    if form is None or not sound:
        raise BadSound("The header of the WAV file is broken: no format, or no data.")
    _, channels, rate_hz, bytes_per_s, frame_bytes, bits = form
    if not channels or frame_bytes != channels * ((bits + 7) // 8) or bytes_per_s != rate_hz * frame_bytes:
        raise BadSound("The header of the WAV file is broken: rate, channels and sample size do not add up.")
    if size % frame_bytes:
        raise BadSound(f"The header of the WAV file is broken: {size} bytes are no whole frames of {frame_bytes}.")
