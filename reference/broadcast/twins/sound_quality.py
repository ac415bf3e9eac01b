"""Twins of warnings about bad sound (sheet 5.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.broadcast import quality_watch
from reference.broadcast.audio import AudioChunk, AudioIntake
from reference.broadcast.live import Member
from reference.broadcast.model import NotForwarded, Session
from reference.broadcast.notices import AudioIssue
from reference.broadcast.quality import QualityLimits
from reference.broadcast.quality_watch import QualityWatch
from reference.twins.twin import put, twin


@twin("nothing-but-distortion-warned-of", "BRO-5.4.1", "BRO-5.4.3", "BRO-5.4.4")
def nothing_but_distortion_warned_of() -> None:
    """A speaker is warned of distortion, but not of noise, an echo or silence."""
    findings = QualityWatch.findings

    def distortion(self: QualityWatch, reading: Any) -> Any:
        return (finding for finding in findings(self, reading) if finding.issue is AudioIssue.CLIPPING)

    put(QualityWatch, "findings", distortion)


@twin("sound-judged-too-strictly", "BRO-5.4.1", "BRO-5.4.2", "BRO-5.4.3", "BRO-5.4.4")
def sound_judged_too_strictly() -> None:
    """A speaker is warned of sound that is tolerable still."""
    _limits(
        lambda limits: QualityLimits(limits.snr_db + 5, limits.clipping_percent / 4, limits.echo_db - 8, silence_s=3.0)
    )


@twin("bad-sound-held-back", "BRO-5.4.6")
def bad_sound_held_back() -> None:
    """After a warning about the sound nothing more of it is passed on."""
    warn, forward = QualityWatch.warn, AudioIntake.forward
    warned: set[str] = set()

    def note_warning(self: QualityWatch, member: Member, watched: Any, finding: Any) -> None:
        warned.add(member.connection_id)
        warn(self, member, watched, finding)

    def hold_back(self: AudioIntake, connection_id: str, session: Session, chunk: AudioChunk) -> NotForwarded | None:
        passed_on = connection_id not in warned
        return forward(self, connection_id, session, chunk) if passed_on else NotForwarded.STREAM_UNAVAILABLE

    put(QualityWatch, "warn", note_warning)
    put(AudioIntake, "forward", hold_back)


@twin("distortion-goes-unwarned", "BRO-5.4.2")
def distortion_goes_unwarned() -> None:
    """A speaker whose sound is distorted is not warned."""
    findings = QualityWatch.findings

    def others(self: QualityWatch, reading: Any) -> Any:
        return (finding for finding in findings(self, reading) if finding.issue is not AudioIssue.CLIPPING)

    put(QualityWatch, "findings", others)


@twin("warnings-about-sound-repeated", "BRO-5.4.5")
def warnings_about_sound_repeated() -> None:
    """The same warning about the sound comes again as long as the sound is bad."""
    put(quality_watch, "WARN_AGAIN_AFTER_S", 0.0)


@twin("clean-speech-called-noisy", "BRO-5.4.7")
def clean_speech_called_noisy() -> None:
    """Clean speech is warned of as noisy."""
    _limits(lambda limits: replace(limits, snr_db=99.0))


def _limits(change: Callable[[QualityLimits], QualityLimits]) -> None:
    """Warn at other limits."""
    begin = QualityWatch.__init__

    def begin_otherwise(self: QualityWatch, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._limits = change(self._limits)

    put(QualityWatch, "__init__", begin_otherwise)


@twin("quality-of-sound-unrecorded", "BRO-5.4.8")
def quality_of_sound_unrecorded() -> None:
    """Nobody records how good the sound is."""

    def forget(self: QualityWatch, member: Any, reading: Any) -> None:
        return

    put(QualityWatch, "measure", forget)
