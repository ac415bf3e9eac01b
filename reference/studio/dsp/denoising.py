"""Effects that take noise away: bin by bin of the spectrum, or by smoothing the waveform."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from reference.studio.dsp.effect import Effect, Parameters
from reference.studio.dsp.levels import Sound, rms_db

Bins = npt.NDArray[np.float64]
"""One value for each bin of a spectrum, from 0 to half the rate."""

_FRAME = 1024
_BAND_BINS = 16
_LEAST_GAIN = 0.1
_SHARES = {"disabled": 0.0, "light": 0.3, "moderate": 0.7, "aggressive": 0.95}
_VOICE_HZ = (200, 3000)
_USUAL_WEIGHT = 1.3
"""What the two kinds of noise weigh together unless they are set."""
_FALLS_BY = 0.3
_TIME_SMOOTHING = 0.6


class SpectralFilter:
    """Gives each bin a gain, without shifting anything.

    Frames of what has come, half overlapping, say what the gains are; they are applied as a filter of minimum phase
    that gives way to the next within half a frame. Cutting a stream otherwise changes nothing.
    """

    def __init__(self, channels: int, size: int) -> None:
        self.size = size
        self._hop = size // 2
        self._window = np.hanning(size + 1)[:-1]
        self._fade = np.r_[np.ones(self._hop * 3 // 4), np.linspace(1, 0, self._hop - self._hop * 3 // 4)]
        self._history: Sound = np.zeros((channels, size))
        self._frames = 0
        self._response: npt.NDArray[np.complex128] | None = None
        self._before: npt.NDArray[np.complex128] | None = None

    def process(self, sound: Sound, gains: Callable[[Bins, float], Bins]) -> Sound:
        """Return the sound filtered; `gains` is asked with the magnitudes of each frame and its level in dB."""
        filtered = np.empty_like(sound)
        done = 0
        while done < sound.shape[-1]:
            within = self._frames % self._hop
            piece = sound[:, done : done + self._hop - within]
            count = piece.shape[-1]
            filtered[:, done : done + count] = self._applied(piece, within)
            self._history = np.concatenate([self._history[:, count:], piece], axis=-1)
            self._frames += count
            done += count
            if self._frames % self._hop == 0 and self._frames >= self.size:
                spectrum = np.fft.rfft(self._history * self._window)
                magnitudes = np.sqrt(np.mean(np.abs(spectrum) ** 2, axis=0))
                self._before, self._response = self._response, self._filter(gains(magnitudes, rms_db(self._history)))
        return filtered

    def _applied(self, piece: Sound, within: int) -> Sound:
        if self._response is None and self._before is None:
            return piece
        count = piece.shape[-1]
        spectrum = np.fft.rfft(np.concatenate([self._history[:, self._hop :], piece], axis=-1), self.size)
        before, after = (
            piece if response is None else np.fft.irfft(spectrum * response)[:, self._hop : self._hop + count]
            for response in (self._before, self._response)
        )
        return before + (after - before) * (np.arange(within + 1, within + count + 1) / self._hop)

    def _filter(self, gains: Bins) -> npt.NDArray[np.complex128] | None:
        if np.all(gains == 1):
            return None
        cepstrum = np.fft.irfft(np.log(gains))
        cepstrum[1 : self._hop] *= 2
        cepstrum[self._hop + 1 :] = 0
        impulse = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[: self._hop]
        return np.fft.rfft(impulse * self._fade, self.size)


def _in_bands(magnitudes: Bins) -> Bins:
    """Return what fills each band evenly: tones and harmonics stand out of a median."""
    return np.asarray(np.median(magnitudes[:-1].reshape(-1, _BAND_BINS), axis=1))


def _in_bins(bands: Bins) -> Bins:
    return np.append(np.repeat(bands, _BAND_BINS), bands[-1])


class NoiseReduction(Effect):
    """Subtracts a running profile of the noise, less where voices are, never below a tenth of a bin."""

    time_smoothing = _TIME_SMOOTHING
    frequency_smoothing = 0.0

    def begin(self) -> None:
        self._filter = SpectralFilter(self.channels, _FRAME)
        self._magnitudes: Bins | None = None
        self._steady: Bins | None = None
        self._current: Bins = np.zeros(0)
        hz = np.fft.rfftfreq(_FRAME, 1 / self.rate_hz)
        self._voice = (hz >= _VOICE_HZ[0]) & (hz <= _VOICE_HZ[1])

    def tune(self, parameters: Parameters) -> None:
        self._p = parameters

    def process(self, sound: Sound) -> Sound:
        return self._filter.process(sound, self.gains_of_bins)

    def gains_of_bins(self, magnitudes: Bins, level_db: float) -> Bins:
        p = self._p
        smooth = self._magnitudes = _eased(self._magnitudes, magnitudes, 1 - self.time_smoothing)
        noise = _in_bins(self._learned(_in_bands(smooth), level_db))
        shares = noise / np.maximum(smooth, 1e-12)
        share = _SHARES.get(p["mode"])
        if share is None:  # adaptive: the noisier, the more
            share = 0.3 + 0.65 * min(float(np.sum(noise**2) / max(np.sum(smooth**2), 1e-12)), 1)
        amounts = share * p["strength"] * np.where(self._voice & p["voice_protection"], 0.5, 1)
        gains = np.maximum(1 - amounts * np.minimum(shares, 1 / _LEAST_GAIN), _LEAST_GAIN)
        return np.asarray(gains + self.frequency_smoothing * (ndimage.uniform_filter1d(gains, 5) - gains))

    def _learned(self, bands: Bins, level_db: float) -> Bins:
        """Take the bands of one frame into the profile of the noise, and return it."""
        if self._steady is None or not self._steady.any():
            self._steady = self._current = bands
        rate = self._p["adaptation_rate"]
        noise_like = (bands < 2 * self._steady) | (level_db < self._p["noise_floor_db"])
        rates = np.where(bands < self._steady, max(rate, _FALLS_BY), np.where(noise_like, rate, rate / 10))
        self._steady = self._steady + rates * (bands - self._steady)
        self._current = self._current + 0.5 * (bands - self._current)
        steady, current = (self._p[f"{name}stationary_noise_reduction"] for name in ("", "non_"))
        passing = np.minimum(self._current, 2 * self._steady)
        return np.asarray((steady * self._steady + current * passing) / _USUAL_WEIGHT)


class SpectralDenoising(Effect):
    """A gain for each bin by how far it stands out of the noise, never below the floor."""

    def begin(self) -> None:
        self._filter = SpectralFilter(self.channels, 0)

    def tune(self, parameters: Parameters) -> None:
        self._p = parameters
        if parameters["fft_size"] != self._filter.size:
            self._filter = SpectralFilter(self.channels, parameters["fft_size"])
            self._magnitudes: Bins | None = None
            self._noise: Bins | None = None

    def process(self, sound: Sound) -> Sound:
        return self._filter.process(sound, self.gains_of_bins)

    def gains_of_bins(self, magnitudes: Bins, level_db: float) -> Bins:
        p = self._p
        smooth = self._magnitudes = _eased(self._magnitudes, magnitudes, 1 - p["smoothing_factor"])
        bands = _in_bands(smooth)
        if self._noise is None or not self._noise.any():
            self._noise = bands
        speech = float(np.sum(bands)) > p["vad_threshold"] * float(np.sum(self._noise))
        rate = p["noise_update_rate"] / (20 if speech and level_db >= p["noise_floor_db"] else 1)
        self._noise = self._noise + np.where(bands < self._noise, max(rate, _FALLS_BY), rate) * (bands - self._noise)
        noise = _in_bins(self._noise) / np.maximum(smooth, 1e-12)
        removed = {
            "minimal": 0.5 * noise,
            "spectral_subtraction": noise,
            "wiener_filter": noise**2,
            "adaptive": np.where(noise > 0.5, noise, noise**2),
        }[p["mode"]]
        return np.asarray(np.maximum(1 - p["reduction_strength"] * np.minimum(removed, 1), p["spectral_floor"]))


def _eased(before: Bins | None, now: Bins, share: float) -> Bins:
    return now if before is None else np.asarray(before + share * (now - before))


class ConventionalDenoising(Effect):
    """Smooths the waveform, and mixes that with what came by the strength.

    What comes after the end of a piece is not known yet; the piece is mirrored there.
    """

    _PAST = 64

    def begin(self) -> None:
        self._past: Sound = np.zeros((self.channels, self._PAST))
        self._noise_power: float | None = None

    def tune(self, parameters: Parameters) -> None:
        self._p = parameters

    def process(self, sound: Sound) -> Sound:
        p = self._p
        whole = np.concatenate([self._past, sound], axis=-1)
        self._past = whole[:, -self._PAST :]
        if p["mode"] == "disabled" or p["strength"] == 0:
            return sound
        if p["mode"] == "median_filter":
            smooth = _median(whole, p["median_kernel_size"])
        else:
            smooth = self._smooth(whole)
            if p["preserve_transients"]:
                steps = _median(whole, 3)  # which leaves out clicks
                smooth = np.where(np.abs(steps - smooth) > p["threshold"], steps, smooth)
        smooth = smooth + p["high_freq_emphasis"] * (smooth - _mean(smooth, 3))
        return np.asarray(sound + p["strength"] * (smooth[:, self._PAST :] - sound))

    def _smooth(self, whole: Sound) -> Sound:
        p, size = self._p, self._p["window_size"] | 1
        match p["mode"]:
            case "gaussian_filter":
                return np.asarray(ndimage.gaussian_filter1d(whole, p["gaussian_sigma"], axis=-1, mode="mirror"))
            case "bilateral_filter":
                padded = np.pad(whole, ((0, 0), (size // 2, size // 2)), mode="reflect")
                windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=-1)
                near = np.exp(-(((np.arange(size) - size // 2) / size) ** 2))
                alike = np.exp(-(((windows - whole[..., None]) / max(p["threshold"], 1e-3)) ** 2))
                return np.asarray(np.sum(windows * alike * near, axis=-1) / np.sum(alike * near, axis=-1))
            case "wavelet_denoising":
                return _shrunk(whole, levels=size.bit_length() - 1, threshold=p["threshold"])
        mean = _mean(whole, size)
        power = np.maximum(_mean(np.square(whole), size) - np.square(mean), 0)
        noise = float(np.mean(power[:, self._PAST :]))
        if p["mode"] == "rnr_filter":
            known = noise if self._noise_power is None else self._noise_power
            noise = self._noise_power = min(known + p["adaptation_rate"] * (noise - known), noise)
        return mean + np.maximum(power - noise, 0) / np.maximum(np.maximum(power, noise), 1e-12) * (whole - mean)


def _median(sound: Sound, size: int) -> Sound:
    return np.asarray(ndimage.median_filter(sound, (1, size), mode="mirror"))


def _mean(sound: Sound, size: int) -> Sound:
    return np.asarray(ndimage.uniform_filter1d(sound, size, axis=-1, mode="mirror"))


def _shrunk(sound: Sound, *, levels: int, threshold: float) -> Sound:
    """Return the sound with the details of each scale made smaller by a share of their usual size."""
    coarse, kept = sound, np.zeros_like(sound)
    for level in range(levels):
        kernel = np.zeros(2 * 2**level + 1)
        kernel[[0, -1]], kernel[2**level] = 0.25, 0.5
        coarser = ndimage.convolve1d(coarse, kernel, axis=-1, mode="mirror")
        detail = coarse - coarser
        size = 10 * threshold * np.median(np.abs(detail))
        kept = kept + np.sign(detail) * np.maximum(np.abs(detail) - size, 0)
        coarse = coarser
    return np.asarray(kept + coarse)
