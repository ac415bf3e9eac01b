"""Effects that follow the level of the sound: automatic gain, compression, limiting.

The level is taken in blocks of 1 ms, and the gain goes straight from the end of one block to the end of the next. What
is looked ahead to is what has come already, so that nothing is shifted: at the end of a piece it is less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from reference.studio.dsp.effect import Effect, Parameters
from reference.studio.dsp.levels import Sound, db_of, gain_of

Values = npt.NDArray[np.float64]

_RMS_OVER_S = 0.03
_SPEED = {"fast": 0.5, "medium": 2.0, "slow": 8.0, "adaptive": 2.0}
_VOICE_THRESHOLD_DB, _VOICE_RATIO, _VOICE_ATTACK_S = -24.0, 4.0, 0.005
_DEEP_DB = 6.0
_SOFT_FROM = 0.8
_HOLD_FROM_DB = 0.5


@dataclass(frozen=True, slots=True)
class Blocks:
    """Where the blocks of a piece begin, in frames; the last may be shorter."""

    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    rate_hz: int

    @classmethod
    def of(cls, frames: int, rate_hz: int) -> Blocks:
        starts = np.arange(0, frames, max(rate_hz // 1000, 1))
        return cls(starts, np.diff(starts, append=frames), rate_hz)

    def peaks(self, sound: Sound) -> Values:
        return np.asarray(np.maximum.reduceat(np.max(np.abs(sound), axis=0), self.starts))

    def powers(self, sound: Sound) -> Values:
        return np.asarray(np.add.reduceat(np.mean(np.square(sound), axis=0), self.starts) / self.lengths)

    def shares(self, time_s: float) -> list[float]:
        """Return for each block how much of a difference it makes up for, if 63 % take this time."""
        return [float(share) for share in 1 - np.exp(-self.lengths / (self.rate_hz * max(time_s, 1e-6)))]

    def gain(self, first: float, ends: Sequence[float] | Values) -> Values:
        """Return the gain of every frame, from what it was before to what it is at the end of each block."""
        frames = int(self.starts[-1] + self.lengths[-1])
        return np.interp(np.arange(1, frames + 1), np.r_[0, self.starts + self.lengths], np.r_[first, ends])


def ahead(values: Values, ms: float, *, largest: bool = True) -> Values:
    """Return the largest (or smallest) of each block and those within so many ms after it."""
    count = round(ms)
    pick = np.max if largest else np.min
    padded = np.pad(values, (0, count), mode="edge")
    return np.asarray(pick(np.lib.stride_tricks.sliding_window_view(padded, count + 1), axis=-1))


class Agc(Effect):
    """Brings the RMS level to a target, slowly; holds the gain where there is next to nothing."""

    def begin(self) -> None:
        self._power = 0.0
        self._gain_db = 0.0
        self._hold_s = 0.0

    def tune(self, parameters: Parameters) -> None:
        self._p = parameters

    def process(self, sound: Sound) -> Sound:
        p = self._p
        if p["mode"] == "disabled":
            return sound
        blocks = Blocks.of(sound.shape[-1], self.rate_hz)
        share = 1 / (1000 * _RMS_OVER_S)
        powers, memory = lfilter([share], [1, share - 1], blocks.powers(sound), zi=[(1 - share) * self._power])
        self._power = float(memory[0]) / (1 - share)
        levels_db = ahead(db_of(np.sqrt(np.maximum(powers, 0))), p["lookahead_time"])
        wanted_db = np.clip(_eased(p["target_level"] - levels_db, p["knee_width"]), p["min_gain"], p["max_gain"])
        speed = _SPEED[p["mode"]]
        before, ends = self._gain_db, []
        falls, rises = (blocks.shares(speed * p[f"{name}_time"] / 1000) for name in ("attack", "release"))
        steps = zip(
            wanted_db.tolist(), levels_db.tolist(), falls, rises, (blocks.lengths / self.rate_hz).tolist(), strict=True
        )
        for wanted, level, fall, rise, block_s in steps:
            difference = wanted - self._gain_db
            quicker = 1 + p["adaptation_rate"] * abs(difference) if p["mode"] == "adaptive" else 1
            if level >= p["noise_gate_threshold"]:
                if difference < 0:
                    self._gain_db += min(quicker * fall, 1) * difference
                    self._hold_s = p["hold_time"] / 1000 if difference < -_HOLD_FROM_DB else self._hold_s
                elif self._hold_s <= 0:
                    self._gain_db += min(quicker * rise, 1) * difference
            self._hold_s -= block_s
            ends.append(self._gain_db)
        return sound * 10 ** (blocks.gain(before, ends) / 20)


def _eased(differences_db: Values, knee_db: float) -> Values:
    """Return differences from a target, the less the smaller they are within the knee."""
    return np.asarray(differences_db * np.minimum(np.abs(differences_db) / max(knee_db, 1e-9), 1))


class Compression(Effect):
    """Above the threshold the level grows by 1/ratio; below it nothing changes but for the make-up gain."""

    def begin(self) -> None:
        self.gains_db: Values = np.zeros(1)
        """By how much each block of the last piece was changed, make-up gain aside."""

    def tune(self, parameters: Parameters) -> None:
        p = self._p = dict(parameters)
        self._attack_s, self._release_s = p["attack_time"] / 1000, p["release_time"] / 1000
        if p["mode"] == "hard_knee":
            p["knee"] = 0
        elif p["mode"] == "voice_optimized":
            p["threshold"], p["ratio"] = max(p["threshold"], _VOICE_THRESHOLD_DB), min(p["ratio"], _VOICE_RATIO)
            self._attack_s = max(self._attack_s, _VOICE_ATTACK_S)

    def process(self, sound: Sound) -> Sound:
        p = self._p
        if p["mode"] == "disabled":
            return sound
        blocks = Blocks.of(sound.shape[-1], self.rate_hz)
        wanted_db = self._curve(db_of(ahead(blocks.peaks(sound), p["lookahead"])))
        before = gain_db = float(self.gains_db[-1])
        ends = []
        falls, rises = blocks.shares(self._attack_s), blocks.shares(self._release_s)
        for wanted, fall, rise in zip(wanted_db.tolist(), falls, rises, strict=True):
            difference = wanted - gain_db
            if difference > 0 and p["mode"] == "adaptive":
                rise /= max(-gain_db / _DEEP_DB, 1)  # the deeper, the slower it lets go
            gain_db += (fall if difference < 0 else rise) * difference
            ends.append(gain_db)
        self.gains_db = np.array(ends)
        return np.asarray(sound * 10 ** ((blocks.gain(before, ends) + p["makeup_gain"]) / 20))

    def _curve(self, levels_db: Values) -> Values:
        knee = self._p["knee"]
        over = levels_db - self._p["threshold"]
        reduced = np.maximum(over, 0)
        if knee:
            within = np.abs(over) < knee / 2
            reduced = np.where(within, (over + knee / 2) ** 2 / (2 * knee), reduced)
        return np.asarray((1 / self._p["ratio"] - 1) * reduced)


class Limiter(Effect):
    """Holds every peak at the threshold.

    The gain has fallen when a peak comes that was seen in time. What it comes too late for, at the beginning of a
    piece, is rounded off (soft_clip) or cut off.
    """

    def begin(self) -> None:
        self._gain = 1.0
        self.gains_db: Values = np.zeros(1)
        """By how much each block of the last piece was changed."""

    def tune(self, parameters: Parameters) -> None:
        self._ceiling = gain_of(parameters["threshold"])
        self._release_s = parameters["release_time"] / 1000
        self._lookahead_ms = parameters["lookahead"]
        self._soft = parameters["soft_clip"]

    def process(self, sound: Sound) -> Sound:
        return self.held(sound, np.abs(sound))

    def held(self, sound: Sound, magnitudes: Sound) -> Sound:
        """Return the sound as it is to be if these are the magnitudes of its peaks, frame by frame."""
        blocks = Blocks.of(sound.shape[-1], self.rate_hz)
        needed = np.minimum(self._ceiling / np.maximum(blocks.peaks(magnitudes), 1e-10), 1)
        gain, gains = self._gain, []
        wanted = ahead(needed, self._lookahead_ms, largest=False).tolist()
        for want, rise in zip(wanted, blocks.shares(self._release_s), strict=True):
            gain = min(want, gain + rise * (1 - gain))
            gains.append(gain)
        held = np.array(gains)
        ends = np.minimum(held, np.r_[held[1:], held[-1]])
        limited = sound * blocks.gain(self._gain, ends)
        self._gain = float(ends[-1])
        self.gains_db = db_of(ends)
        return self._clipped(limited, int(blocks.lengths[0]))

    def _clipped(self, sound: Sound, first: int) -> Sound:
        if self._soft and np.max(np.abs(sound[:, :first])) > self._ceiling:
            knee, room = _SOFT_FROM * self._ceiling, (1 - _SOFT_FROM) * self._ceiling
            size = np.abs(sound[:, :first])
            rounded = knee + room * np.tanh((size - knee) / room)
            sound[:, :first] = np.where(size > knee, np.sign(sound[:, :first]) * rounded, sound[:, :first])
        return np.clip(sound, -self._ceiling, self._ceiling)
