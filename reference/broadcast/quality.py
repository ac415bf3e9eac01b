"""How good a speaker's audio is: noise, clipping, echo, silence (BRO-5.4).

Everything is measured in the time of the audio, however fast it comes, and says nothing about what is to be done.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

SAMPLE_RATES_HZ = (8_000, 16_000, 24_000, 48_000)
BLOCK_S = 0.5
"""Audio is looked at in blocks of this length."""
SNR_MEAN_S = 5.0
FEWEST_SOUND_BLOCKS = 2
CLIPPING_WINDOW_S = 0.1
CLIPPED_FROM = 32_112 / 32_768
ECHO_DELAYS_S = (0.010, 0.500)
ECHO_FRAME_S = 2.048
"""Four times the longest delay, so that most of what is in a frame has its echo in it."""
ECHO_EVERY_S = 1.0
ECHO_FRAMES = 5
ECHO_FEWEST_FRAMES = 2
"""One frame alone may hold a rhythm of speech that looks like an echo; it is gone from the mean of two."""
SILENCE_OVER_ABOVE = 10.0
"""So many dB above the threshold of silence it is over."""

HIGHEST_SNR_DB = 100.0
LOWEST_ECHO_DB = -60.0
_LOWEST_DB = -100.0
_SOUND_FROM = 10 ** (-50 / 10)
"""Power from which a block counts as sound, in which noise and echo can be told."""
_DIGITAL_SILENCE = 10 ** (-90 / 10)
"""Power below the last bit: gated or generated silence, which says nothing about the noise of the room."""
_SPECTRUM_S = 0.032
_QUIETEST_PERCENT = 10
_STANDS_OUT = 1.5
"""How far an echo's peak rises above every other. A hum or a chord repeats itself after each of many delays."""


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """When audio is too bad; the ranges are those of the settings."""

    snr_db: float = 20.0
    clipping_percent: float = 1.0
    echo_db: float = -15.0
    silence_db: float = -50.0
    silence_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found in the audio so far; None where there was too little to tell."""

    snr_db: float | None
    """Mean of the last five seconds with sound."""
    clipping_percent: float
    """Of the worst 100 ms since the last reading."""
    echo_db: float | None
    """Level of the strongest echo, relative to the sound itself; `LOWEST_ECHO_DB` when there is none."""
    echo_delay_ms: float | None
    silence_s: float
    """How long it has been silent, in the time of the audio; 0.0 while it is not."""
    ended_silence_s: float | None
    """How long the silence was that ended since the last reading, if one did that lasted longer than allowed."""


class QualityMeter:
    """Measures one stream of audio, 16-bit and mono, at one of SAMPLE_RATES_HZ."""

    def __init__(self, limits: QualityLimits, sample_rate_hz: int = 16_000) -> None:
        if sample_rate_hz not in SAMPLE_RATES_HZ:
            raise ValueError(f"expected a sample rate among {SAMPLE_RATES_HZ}, got {sample_rate_hz}")
        self._limits = limits
        self._rate_hz = sample_rate_hz
        self._block = round(BLOCK_S * sample_rate_hz)
        self._pending = bytearray()
        self._noise = _Noise(sample_rate_hz)
        self._echo = _Echo(sample_rate_hz)
        self._silent_samples = 0
        self._ended_silence_s: float | None = None

    def add(self, pcm: bytes) -> list[Quality]:
        """Take audio; return one reading for each half second that it completes."""
        self._pending += pcm
        size = 2 * self._block
        readings = []
        while len(self._pending) >= size:
            samples = np.frombuffer(bytes(self._pending[:size]), dtype="<i2").astype(np.float64) / 32_768
            del self._pending[:size]
            readings.append(self._measure(samples))
        return readings

    def _measure(self, samples: Samples) -> Quality:
        self._ended_silence_s = None
        self._watch_silence(samples)
        self._noise.add(samples)
        self._echo.add(samples)
        return Quality(
            snr_db=self._noise.snr_db(),
            clipping_percent=clipping_percent(samples, self._rate_hz),
            echo_db=self._echo.level_db,
            echo_delay_ms=self._echo.delay_ms,
            silence_s=self._silent_samples / self._rate_hz,
            ended_silence_s=self._ended_silence_s,
        )

    def _watch_silence(self, samples: Samples) -> None:
        """Count silence from where the level falls below the threshold until it is well above."""
        window = round(CLIPPING_WINDOW_S * self._rate_hz)
        for level_db in _decibels(np.mean(np.square(samples.reshape(-1, window)), axis=1)):
            if level_db > self._limits.silence_db + SILENCE_OVER_ABOVE:
                silent_s = self._silent_samples / self._rate_hz
                if silent_s > self._limits.silence_s:
                    self._ended_silence_s = silent_s
                self._silent_samples = 0
            elif self._silent_samples or level_db < self._limits.silence_db:
                self._silent_samples += window


def clipping_percent(samples: Samples, sample_rate_hz: int) -> float:
    """Return how many samples of the worst 100 ms are at 98 % of full scale or beyond, in percent."""
    window = round(CLIPPING_WINDOW_S * sample_rate_hz)
    clipped = np.abs(samples[: len(samples) // window * window]).reshape(-1, window) >= CLIPPED_FROM
    return float(100 * np.max(np.mean(clipped, axis=1), initial=0.0))


class _Noise:
    """The ratio of sound to noise, blind: nobody tells which is which.

    Noise is what is spread over the whole spectrum and there all the time. So the median of the spectrum of a
    short frame bounds the noise in it, and the frames where that is lowest show the noise best.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        blocks = round(SNR_MEAN_S / BLOCK_S)
        self._window = _hann(round(_SPECTRUM_S * sample_rate_hz))
        self._floors: deque[Samples] = deque(maxlen=blocks)
        self._sound: deque[float] = deque(maxlen=blocks)
        """Power of each block, 0.0 for one without sound."""

    def add(self, samples: Samples) -> None:
        size = len(self._window)
        frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2] * self._window
        spectrum = np.square(np.abs(np.fft.rfft(frames, axis=1))) / np.sum(np.square(self._window))
        # Power in a band of noise varies exponentially, and the median of that is ln 2 times its mean.
        floors = np.median(spectrum, axis=1) / np.log(2)
        self._floors.append(floors[np.mean(spectrum, axis=1) > _DIGITAL_SILENCE])
        power = float(np.mean(np.square(samples)))
        self._sound.append(power if power > _SOUND_FROM else 0.0)

    def snr_db(self) -> float | None:
        """Return the ratio over the last five seconds, or None when there was too little sound to tell."""
        sound = [power for power in self._sound if power > 0]
        if len(sound) < FEWEST_SOUND_BLOCKS:
            return None
        noise = max(float(np.percentile(np.concatenate(self._floors), _QUIETEST_PERCENT)), 10 ** (_LOWEST_DB / 10))
        return min(HIGHEST_SNR_DB, max(0.0, 10 * float(np.log10(np.mean(sound) / noise))))


class _Echo:
    """Looks for a delay after which the sound comes again.

    A delay ripples the spectrum evenly, whatever the sound: in the spectrum of the logarithm of the spectrum (the
    cepstrum) it is a peak, at the delay and as high as the echo is strong. The pitch of a voice ripples it as well, but
    moves from frame to frame and vanishes from the mean.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self.level_db: float | None = None
        self.delay_ms: float | None = None
        self._rate_hz = sample_rate_hz
        self._first = round(ECHO_DELAYS_S[0] * sample_rate_hz)
        self._last = round(ECHO_DELAYS_S[1] * sample_rate_hz)
        self._window = _hann(round(ECHO_FRAME_S * sample_rate_hz))
        # The later the echo, the less of it is in the frame of its sound.
        shared = np.fft.irfft(np.square(np.abs(np.fft.rfft(self._window, 2 * len(self._window)))))
        self._shared = (shared / shared[0])[self._first : self._last + 1]
        self._recent = np.zeros(0)
        self._fresh = 0
        self._cepstra: deque[npt.NDArray[np.float32]] = deque(maxlen=ECHO_FRAMES)

    def add(self, samples: Samples) -> None:
        self._recent = np.concatenate([self._recent, samples])[-len(self._window) :]
        self._fresh += len(samples)
        if self._fresh >= ECHO_EVERY_S * self._rate_hz and len(self._recent) == len(self._window):
            self._fresh = 0
            if np.mean(np.square(self._recent)) > _SOUND_FROM:
                self._look()

    def _look(self) -> None:
        power = np.square(np.abs(np.fft.rfft(self._recent * self._window)))
        cepstrum = np.fft.irfft(np.log(power + 1e-7 * np.mean(power)))
        self._cepstra.append(cepstrum[self._first : self._last + 1].astype(np.float32))
        if len(self._cepstra) < ECHO_FEWEST_FRAMES:
            return
        mean = np.mean(self._cepstra, axis=0)
        peak = int(np.argmax(mean))
        strength = float(mean[peak])
        aside = round(0.002 * self._rate_hz)
        others = np.concatenate([mean[: max(0, peak - aside)], mean[peak + aside + 1 :]])
        if strength <= 10 ** (LOWEST_ECHO_DB / 20) or strength < _STANDS_OUT * np.max(others):
            self.level_db, self.delay_ms = LOWEST_ECHO_DB, None
            return
        self.level_db = min(0.0, 20 * float(np.log10(strength / self._shared[peak])))
        self.delay_ms = (self._first + peak) * 1000 / self._rate_hz


def _hann(size: int) -> Samples:
    return np.hanning(size + 1)[:size]


def _decibels(powers: Samples) -> Samples:
    return 10 * np.log10(np.maximum(powers, 10 ** (_LOWEST_DB / 10)))
