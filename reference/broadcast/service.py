"""The broadcast as the gateway sees it."""

from __future__ import annotations

from dataclasses import dataclass

from reference.broadcast.admission import Admission
from reference.broadcast.audio import AudioIntake
from reference.broadcast.controls import ListenerControls, SpeakerControls
from reference.broadcast.lifecycle import Lifecycle
from reference.broadcast.live import LiveSessions
from reference.broadcast.quotas import Quotas
from reference.broadcast.rates import Rates
from reference.broadcast.standing import Standings
from reference.broadcast.status import StatusDesk


@dataclass(frozen=True, slots=True)
class BroadcastService:
    """The rules, each set of them in its own place."""

    sessions: LiveSessions
    standings: Standings
    admission: Admission
    audio: AudioIntake
    speaker: SpeakerControls
    listener: ListenerControls
    status: StatusDesk
    lifecycle: Lifecycle
    rates: Rates
    quotas: Quotas
