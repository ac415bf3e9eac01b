"""Telling speakers that their audio is bad, and what to do about it (BRO-5.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from reference.broadcast.live import Member
from reference.broadcast.notices import AudioIssue, AudioQualityWarning
from reference.broadcast.ports import Audience
from reference.broadcast.quality import BLOCK_S, Quality, QualityLimits, QualityMeter
from reference.broadcast.settings import BroadcastSettings
from reference.journal import Journal
from reference.metrics import Metrics
from reference.storage.clock import Clock

WARN_AGAIN_AFTER_S = 60.0
MEASURED_EVERY = round(1.0 / BLOCK_S)
"""One reading in so many becomes a metric: one a second."""

_REMEDIES: Mapping[AudioIssue, str] = {
    AudioIssue.SNR_LOW: "there is much noise behind the voice; move closer to the microphone or to a quieter place",
    AudioIssue.CLIPPING: "sound is distorted; lower the microphone level",
    AudioIssue.ECHO: "the sound comes back as an echo; use headphones or turn the loudspeaker down",
    AudioIssue.SILENCE: "nothing is heard; check that the microphone is connected and switched on",
}


@dataclass(frozen=True, slots=True)
class _Finding:
    issue: AudioIssue
    details: Mapping[str, float]


@dataclass(slots=True)
class _Watched:
    meter: QualityMeter
    readings: int = 0
    warned_at_s: dict[AudioIssue, float] = field(default_factory=dict)


class QualityWatch:
    """Looks at the audio of speakers beside its way to the recogniser: it neither delays nor holds back any."""

    def __init__(self, limits: QualityLimits, audience: Audience, metrics: Metrics, clock: Clock) -> None:
        self._limits = limits
        self._audience = audience
        self._metrics = metrics
        self._clock = clock
        self._watched: WeakKeyDictionary[Member, _Watched] = WeakKeyDictionary()
        self._journal = Journal("audio-quality")

    def show(self, member: Member, pcm: bytes) -> None:
        """Take a chunk as it came from a speaker; it is looked at once its acknowledgement is on its way."""
        asyncio.get_running_loop().call_soon(self._look, member, pcm)

    def _look(self, member: Member, pcm: bytes) -> None:
        watched = self._watched.get(member)
        if watched is None:
            watched = self._watched[member] = _Watched(QualityMeter(self._limits))
        for reading in watched.meter.add(pcm):
            watched.readings += 1
            if watched.readings % MEASURED_EVERY == 0:
                self.measure(member, reading)
            if reading.ended_silence_s is not None:
                self._journal.info(
                    "silence-ended",
                    "sound is back",
                    session_id=member.session_id,
                    connection_id=member.connection_id,
                    seconds=round(reading.ended_silence_s, 1),
                )
            for finding in self.findings(reading):
                self.warn(member, watched, finding)

    def findings(self, reading: Quality) -> Iterator[_Finding]:
        limits = self._limits
        if reading.snr_db is not None and reading.snr_db < limits.snr_db:
            yield _Finding(AudioIssue.SNR_LOW, {"snr": round(reading.snr_db, 1), "threshold": limits.snr_db})
        if reading.clipping_percent > limits.clipping_percent:
            details = {"percentage": round(reading.clipping_percent, 2), "threshold": limits.clipping_percent}
            yield _Finding(AudioIssue.CLIPPING, details)
        if reading.echo_delay_ms is not None and reading.echo_db is not None and reading.echo_db > limits.echo_db:
            details = {"echo_db": round(reading.echo_db, 1), "delay_ms": round(reading.echo_delay_ms, 1)}
            yield _Finding(AudioIssue.ECHO, details)
        if reading.silence_s > limits.silence_s:
            yield _Finding(AudioIssue.SILENCE, {"duration": round(reading.silence_s, 1)})

    def warn(self, member: Member, watched: _Watched, finding: _Finding) -> None:
        """Warn a speaker, unless that was done for the same reason less than a minute ago."""
        now_s = self._clock.monotonic_s()
        warned_at_s = watched.warned_at_s.get(finding.issue)
        if warned_at_s is not None and now_s - warned_at_s < WARN_AGAIN_AFTER_S:
            return
        watched.warned_at_s[finding.issue] = now_s
        self._journal.warning(
            "warn",
            _REMEDIES[finding.issue],
            session_id=member.session_id,
            connection_id=member.connection_id,
            issue=finding.issue.value,
            **finding.details,
        )
        self._audience.tell(
            member.connection_id,
            AudioQualityWarning(member.session_id, finding.issue, _REMEDIES[finding.issue], finding.details),
        )

    def measure(self, member: Member, reading: Quality) -> None:
        stream = member.session_id  # never the connection: its id is not to be seen in a metric
        if reading.snr_db is not None:
            self._metrics.put("SNR", round(reading.snr_db, 1), StreamId=stream)
        if reading.echo_db is not None:
            self._metrics.put("EchoLevel", round(reading.echo_db, 1), StreamId=stream)
        self._metrics.put("ClippingPercentage", round(reading.clipping_percent, 2), StreamId=stream)
        self._metrics.put("SilenceDuration", round(reading.silence_s, 1), StreamId=stream)


def limits_of(settings: BroadcastSettings) -> QualityLimits:
    return QualityLimits(
        settings.audio_quality_snr_threshold_db,
        settings.audio_quality_clipping_threshold_percent,
        settings.audio_quality_echo_threshold_db,
        settings.audio_quality_silence_threshold_db,
        settings.audio_quality_silence_seconds,
    )
