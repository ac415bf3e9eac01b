"""Speak the phrasebook once and keep the recordings.

    pip install -r requirements.txt
    python make_samples.py

Writes, beside this file: clips/<id>.wav (English, neural voice), prompts/<language>/<id>.wav (the other
languages, formant voice) and manifest.yaml. All 16 kHz, mono, 16-bit. The same engines on the same machine
give the same bytes every time. Recordings of phrases that left the phrasebook are removed.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
import shutil
import wave
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
import numpy.typing as npt
import yaml
from hibari import Hibari

Audio = npt.NDArray[np.float64]
Entry = dict[str, str | float]

HERE = Path(__file__).parent
SAMPLE_RATE_HZ = 16_000

# People address an audience more slowly than a device.
CLIP_SPEED = {"talk": 0.95, "assistant": 1.05, "hotel": 1.0}
CLIP_SEED = 2026
CLIP_RMS_DBFS = -20.0
CLIP_PEAK_DBFS = -1.5
CLIP_SHORTEST_S = 0.7
CLIP_LONGEST_S = 3.0
PROMPT_PEAK_DBFS = -3.0

# Language of the phrasebook → name and pace (words a minute, as the engine counts them) of its voice. Brisk,
# so that a translation lasts about as long as the phrase and all recordings together stay below 12 MB.
PROMPT_VOICES = {
    "es": ("es", 240),
    "fr": ("fr", 220),
    "de": ("de", 240),
    "it": ("it", 245),
    "pt": ("pt", 250),
    "ja": ("ja", 285),
    "ko": ("ko", 320),
    "zh": ("cmn", 280),
}

HIBARI_LICENCE = "Recording: as the project. Engine and voice (not included): Apache-2.0"
ESPEAK_LICENCE = "Recording: as the project. Engine (not included): GPL-3.0-or-later, not extending to its output"


class EspeakNg:
    """The espeak-ng shared library of `espeakng-loader`, speaking into memory."""

    _SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: espeak_Synth returns when everything has been handed over
    _DONT_EXIT = 0x8000
    _BY_CHARACTER = 1
    _UTF8 = 1
    _RATE = 1

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_Info.restype = ctypes.c_char_p
        data_path = espeakng_loader.get_data_path().encode()
        self.sample_rate_hz = int(self._library.espeak_Initialize(self._SYNCHRONOUS, 0, data_path, self._DONT_EXIT))
        if self.sample_rate_hz <= 0:
            raise RuntimeError(f"espeak-ng did not start with the data in {data_path.decode()!r}")
        self.version = self._library.espeak_Info(None).decode().split()[0]
        self._heard = bytearray()

        @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        def keep(samples: int | None, count: int, _events: int | None) -> int:
            if samples and count:
                self._heard += ctypes.string_at(samples, 2 * count)
            return 0

        self._keep = keep  # the library holds no reference that Python could see
        self._library.espeak_SetSynthCallback(self._keep)

    def say(self, text: str, voice: str, words_per_minute: int) -> Audio:
        """Return `text` as spoken by `voice`, in -1..1 at `sample_rate_hz`."""
        self._heard.clear()
        spoken = text.encode()
        self._check("voice", self._library.espeak_SetVoiceByName(voice.encode()))
        self._check("rate", self._library.espeak_SetParameter(self._RATE, words_per_minute, 0))
        synth = self._library.espeak_Synth
        synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        error = synth(spoken, len(spoken) + 1, 0, self._BY_CHARACTER, 0, self._UTF8, None, None)
        self._check("speech", error)
        return np.frombuffer(bytes(self._heard), dtype="<i2") / 32768.0

    @staticmethod
    def _check(what: str, error: int) -> None:
        if error:
            raise RuntimeError(f"espeak-ng refused the {what} (error {error})")


def resampled(audio: Audio, from_hz: int) -> Audio:
    """Return `audio` at SAMPLE_RATE_HZ; what the new rate cannot carry is filtered out first.

    Done in the frequency domain: bins above the new Nyquist frequency are dropped, and a raised cosine over
    the highest tenth below it keeps the cut from ringing.
    """
    step = from_hz // math.gcd(from_hz, SAMPLE_RATE_HZ)
    padded = np.pad(audio, (0, -len(audio) % step))
    count = len(padded) * SAMPLE_RATE_HZ // from_hz
    nyquist_hz = SAMPLE_RATE_HZ / 2
    frequencies_hz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    into_slope = np.clip((frequencies_hz / nyquist_hz - 0.9) / 0.1, 0.0, 1.0)
    spectrum = np.fft.rfft(padded)[: len(frequencies_hz)] * (0.5 + 0.5 * np.cos(np.pi * into_slope))
    return np.fft.irfft(spectrum, count) * (count / len(padded))


def trimmed(audio: Audio, *, keep_s: float = 0.05, floor_db: float = -45.0) -> Audio:
    """Return `audio` without the silence around it, save `keep_s` on either side (added if there is less)."""
    margin = round(keep_s * SAMPLE_RATE_HZ)
    loud = np.flatnonzero(np.abs(audio) > np.max(np.abs(audio)) * 10 ** (floor_db / 20))
    around = np.pad(audio, margin)
    return around[loud[0] : loud[-1] + 2 * margin + 1]


def at_peak(audio: Audio, peak_dbfs: float) -> Audio:
    return audio * (10 ** (peak_dbfs / 20) / np.max(np.abs(audio)))


def at_rms(audio: Audio, rms_dbfs: float, peak_dbfs: float) -> Audio:
    """Return `audio` at the given level, or a little below it where a peak would exceed `peak_dbfs`."""
    louder = audio * (10 ** (rms_dbfs / 20) / np.sqrt(np.mean(audio**2)))
    return at_peak(louder, peak_dbfs) if np.max(np.abs(louder)) > 10 ** (peak_dbfs / 20) else louder


def written(audio: Audio, file: str) -> Entry:
    """Write `audio` as a wave file and return what the manifest says about the file itself."""
    path = HERE / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE_HZ)
        out.writeframes(np.round(audio * 32767.0).astype("<i2").tobytes())
    duration_s = round(len(audio) / SAMPLE_RATE_HZ, 3)
    return {"duration_s": duration_s, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def clips(phrases: list[dict[str, Any]]) -> Iterator[Entry]:
    """Record every phrase in English."""
    engine = Hibari(voice="heart")
    for phrase in phrases:
        spoken = engine(phrase["en"], speed=CLIP_SPEED[phrase["setting"]], seed=CLIP_SEED).astype(np.float64)
        audio = at_rms(trimmed(resampled(spoken, engine.sample_rate)), CLIP_RMS_DBFS, CLIP_PEAK_DBFS)
        duration_s = len(audio) / SAMPLE_RATE_HZ
        if not CLIP_SHORTEST_S <= duration_s <= CLIP_LONGEST_S:
            raise ValueError(
                f"{phrase['id']} lasts {duration_s:.2f} s; expected {CLIP_SHORTEST_S:g} "
                f"to {CLIP_LONGEST_S:g} s: reword the phrase or change CLIP_SPEED"
            )
        file = f"clips/{phrase['id']}.wav"
        yield {
            "id": phrase["id"], "file": file, "text": phrase["en"], "language": "en",
            "voice": "heart", "engine": "hibari-tts", "engine_version": version("hibari-tts"),
            "licence": HIBARI_LICENCE,
            **written(audio, file),
        }  # fmt: skip


def prompts(phrases: list[dict[str, Any]]) -> Iterator[Entry]:
    """Record every translation of every phrase that has translations."""
    engine = EspeakNg()
    for language, (voice, words_per_minute) in PROMPT_VOICES.items():
        for phrase in [phrase for phrase in phrases if language in phrase]:
            reading = phrase.get("readings", {}).get(language, phrase[language])
            spoken = engine.say(reading, voice, words_per_minute)
            audio = at_peak(trimmed(resampled(spoken, engine.sample_rate_hz)), PROMPT_PEAK_DBFS)
            file = f"prompts/{language}/{phrase['id']}.wav"
            yield {
                "id": phrase["id"], "file": file, "text": phrase[language], "language": language,
                "voice": voice, "engine": "espeak-ng", "engine_version": engine.version,
                "licence": ESPEAK_LICENCE,
                **written(audio, file),
            }  # fmt: skip


def main() -> None:
    phrases = yaml.safe_load((HERE / "phrasebook.yaml").read_text(encoding="utf-8"))["phrases"]
    for folder in ("clips", "prompts"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    manifest = {"clips": list(clips(phrases)), "prompts": list(prompts(phrases))}
    for folder, entries in manifest.items():
        lasting_s = [float(entry["duration_s"]) for entry in entries]
        summary = f"{folder}: {len(entries)} recordings of {min(lasting_s):.2f} to {max(lasting_s):.2f} s"
        print(summary)  # noqa: T201
    (HERE / "manifest.yaml").write_text(
        "# Written by make_samples.py.\n" + yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False, width=10_000),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
