"""A pipeline of effects, and one stream of sound through it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.studio.dsp.activity import VoiceActivity
from reference.studio.dsp.denoising import ConventionalDenoising, NoiseReduction, SpectralDenoising
from reference.studio.dsp.dynamics import Agc, Compression, Limiter
from reference.studio.dsp.effect import Effect
from reference.studio.dsp.filters import Equalizer, VoiceEnhancement, VoiceFilter
from reference.studio.dsp.levels import Integers, Sound, gain_of, integers_of, rms_db, snr_db, sound_of
from reference.studio.dsp.loudness import MODES, LufsNormalization
from reference.studio.dsp.parameters import merged

if TYPE_CHECKING:
    from reference.studio.model import Stage

EFFECTS: Mapping[str, type[Effect]] = {
    "vad": VoiceActivity,
    "voice_filter": VoiceFilter,
    "noise_reduction": NoiseReduction,
    "voice_enhancement": VoiceEnhancement,
    "equalizer": Equalizer,
    "spectral_denoising": SpectralDenoising,
    "conventional_denoising": ConventionalDenoising,
    "lufs_normalization": LufsNormalization,
    "agc": Agc,
    "compression": Compression,
    "limiter": Limiter,
}


@dataclass(frozen=True, slots=True)
class Processed:
    samples: Integers
    """Of the same shape as those that came."""
    stage_ms: Mapping[str, float]
    """How long each enabled stage took, by its id."""
    rms_db: float
    snr_db: float


class Step:
    """One enabled stage of a stream: its gain, its effect, its other gain."""

    def __init__(self, stage: Stage, rate_hz: int, channels: int) -> None:
        self.id = stage.id
        self._kind = stage.kind
        self._given = dict(stage.parameters)
        self._gain_in, self._gain_out = gain_of(stage.gain_in_db), gain_of(stage.gain_out_db)
        self.effect = EFFECTS[stage.kind](_settled(stage.kind, self._given), rate_hz, channels)

    def update(self, parameters: Mapping[str, Any]) -> None:
        self._given |= parameters
        self.effect.tune(_settled(self._kind, self._given))

    def foresee(self, sound: Sound) -> None:
        self.effect.foresee(sound * self._gain_in)

    def process(self, sound: Sound) -> Sound:
        return self.effect.process(sound * self._gain_in) * self._gain_out


class Pipeline:
    """The stages of one session, in the order in which they are applied."""

    def __init__(self, stages: Sequence[Stage], rate_hz: int, channels: int = 1) -> None:
        self._idle = [stage.id for stage in stages if stage.enabled and not stage.kind]
        self._steps = [Step(stage, rate_hz, channels) for stage in stages if stage.enabled and stage.kind]

    def process(self, samples: Integers) -> Processed:
        """Return the next piece of the stream, of (frames,) or (frames, channels), processed."""
        stage_ms = dict.fromkeys(self._idle, 0.0)
        sound = sound_of(samples)
        for step in self._steps:
            began = time.perf_counter()
            sound = step.process(sound) if samples.size else sound
            stage_ms[step.id] = 1000 * (time.perf_counter() - began)
        return _processed(sound, samples, stage_ms)

    def process_long(self, samples: Integers, piece: int) -> Iterator[Processed | None]:
        """Process the next piece of the stream, in pieces of so many frames; None between them, the result at last."""
        stage_ms: dict[str, float] = {}
        parts = []
        for start in range(0, max(len(samples), 1), piece):
            if start:
                yield None
            part = self.process(samples[start : start + piece])
            stage_ms = {name: stage_ms.get(name, 0.0) + ms for name, ms in part.stage_ms.items()}
            parts.append(part)
        if len(parts) == 1:
            yield parts[0]
        else:
            whole = np.concatenate([part.samples for part in parts])
            yield Processed(whole, stage_ms, rms_db(sound_of(whole)), parts[-1].snr_db)

    def process_file(self, samples: Integers, piece: int) -> Iterator[Processed | None]:
        """Process all there is, in pieces of so many frames; None after each, the result at last."""
        stage_ms = dict.fromkeys(self._idle, 0.0)
        sound = sound_of(samples)
        for step in self._steps:
            stage_ms[step.id] = 0.0
            if not samples.size:
                continue
            began = time.perf_counter()
            step.foresee(sound)
            processed = np.empty_like(sound)
            for start in range(0, sound.shape[-1], piece):
                processed[:, start : start + piece] = step.process(sound[:, start : start + piece])
                stage_ms[step.id] += 1000 * (time.perf_counter() - began)
                yield None
                began = time.perf_counter()
            sound = processed
        yield _processed(sound, samples, stage_ms)

    def update(self, stage_id: str, parameters: Mapping[str, Any]) -> None:
        """Change canonical parameters of a stage from the next piece on; the others, and the state, are kept."""
        for step in self._steps:
            if step.id == stage_id:
                step.update(parameters)


def _processed(sound: Sound, samples: Integers, stage_ms: Mapping[str, float]) -> Processed:
    out = integers_of(sound)
    heard = sound_of(out)
    return Processed(out.reshape(samples.shape), stage_ms, rms_db(heard), snr_db(heard))


def _settled(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    parameters = merged(kind, given)
    if kind == "lufs_normalization" and "target_lufs" not in given:
        parameters["target_lufs"] = MODES.get(parameters["mode"], parameters["target_lufs"])
    return parameters
