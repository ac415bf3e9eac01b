"""Twins of warnings about bad sound (BRO-5.4)."""

from __future__ import annotations

from dataclasses import replace

from reference.broadcast import quality_watch
from reference.broadcast.audio import AudioIntake
from reference.broadcast.model import NotForwarded
from reference.broadcast.notices import AudioIssue
from reference.broadcast.quality import QualityLimits
from reference.broadcast.quality_watch import QualityWatch
from reference.twins.kinds import constant, skipped
from reference.twins.twin import result_of, twin_of


@result_of(QualityWatch.findings, "BRO-5.4.1", "BRO-5.4.3", "BRO-5.4.4")
def nothing_but_distortion_warned_of(findings, self, reading):
    """A speaker is warned of distortion, but not of noise, an echo or silence."""
    return (finding for finding in findings if finding.issue is AudioIssue.CLIPPING)


@twin_of(QualityWatch.__init__, "BRO-5.4.1", "BRO-5.4.2", "BRO-5.4.3", "BRO-5.4.4")
def sound_judged_too_strictly(begin, self, limits, *others):
    """A speaker is warned of sound that is tolerable still."""
    strict = QualityLimits(limits.snr_db + 5, limits.clipping_percent / 4, limits.echo_db - 8, silence_s=3.0)
    begin(self, strict, *others)


_warned: set[str] = set()


@twin_of(QualityWatch.warn, "BRO-5.4.6")
def bad_sound_held_back(warn, self, member, watched, finding):
    """After a warning about the sound nothing more of it is passed on."""
    _warned.add(member.connection_id)
    warn(self, member, watched, finding)


@bad_sound_held_back.also(AudioIntake.forward)
def _forward_unless_warned(forward, self, connection_id, session, chunk):
    passed_on = connection_id not in _warned
    return forward(self, connection_id, session, chunk) if passed_on else NotForwarded.STREAM_UNAVAILABLE


@result_of(QualityWatch.findings, "BRO-5.4.2")
def distortion_goes_unwarned(findings, self, reading):
    """A speaker whose sound is distorted is not warned."""
    return (finding for finding in findings if finding.issue is not AudioIssue.CLIPPING)


@constant(quality_watch, "WARN_AGAIN_AFTER_S", 0.0, "BRO-5.4.5")
def warnings_about_sound_repeated():
    """The same warning about the sound comes again as long as the sound is bad."""


@twin_of(QualityWatch.__init__, "BRO-5.4.7")
def clean_speech_called_noisy(begin, self, limits, *others):
    """Clean speech is warned of as noisy."""
    begin(self, replace(limits, snr_db=99.0), *others)


@skipped(QualityWatch.measure, "BRO-5.4.8")
def quality_of_sound_unrecorded():
    """Nobody records how good the sound is."""
