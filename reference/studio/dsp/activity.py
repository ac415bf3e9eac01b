"""Whether there is speech in a sound."""

from __future__ import annotations

import numpy as np

from reference.studio.dsp.effect import Effect, Parameters
from reference.studio.dsp.levels import Sound, rms_db

_NOISE_RANGE_DB = (-70.0, -50.0)
_ABOVE_NOISE_DB = {"basic": 15.0, "aggressive": 20.0}


class VoiceActivity(Effect):
    """Says for each piece whether somebody speaks; never alters it."""

    def begin(self) -> None:
        self._noise_db = _NOISE_RANGE_DB[1]
        self.confidence = 0.0
        """Of the last piece: 0 to 1, speech from 0.5."""

    def tune(self, parameters: Parameters) -> None:
        self._p = parameters

    def process(self, sound: Sound) -> Sound:
        self.confidence = 0.0 if self._p["mode"] == "disabled" else self._confidence(sound)
        return sound

    def _confidence(self, sound: Sound) -> float:
        p = self._p
        level_db = rms_db(sound)
        self._noise_db = float(np.clip(min(level_db, self._noise_db + 0.1), *_NOISE_RANGE_DB))
        if level_db <= self._noise_db:
            return 0.0
        if p["mode"] in _ABOVE_NOISE_DB:
            share = (level_db - self._noise_db) / _ABOVE_NOISE_DB[p["mode"]] / 2
        else:
            wanted = p["energy_threshold"] * (1 + 0.2 * p["aggressiveness"])
            share = band_share(sound, self.rate_hz, p["voice_freq_min"], p["voice_freq_max"]) / max(wanted, 1e-6) / 2
        return float(min(share * 2 * p["sensitivity"], 1))


def band_share(sound: Sound, rate_hz: int, low_hz: float, high_hz: float) -> float:
    """Return which share of the energy is in a band, 0 to 1."""
    power = np.sum(np.abs(np.fft.rfft(sound * np.hanning(sound.shape[-1]))) ** 2, axis=0)
    hz = np.fft.rfftfreq(sound.shape[-1], 1 / rate_hz)
    total = float(np.sum(power))
    return float(np.sum(power[(hz >= low_hz) & (hz <= high_hz)])) / total if total else 0.0
