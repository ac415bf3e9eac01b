"""What sentences time in broadcasts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from earshot.broadcast import acts
from earshot.broadcast.recogniser import texts_understood
from earshot.broadcast.speaker import Speaker
from earshot.ledger import Kind, Observation
from earshot.measure.delays import Delay, Delays, answer_delays, between, sent_at_s
from earshot.measure.pairing import Pairing, told
from earshot.measure.timed import Timed
from earshot.wire.leg import asks_to_connect

if TYPE_CHECKING:
    from earshot.broadcast.system import Broadcast

SO_LOUD = 0.1
"""How far a volume may be off to be taken for the one that was asked for."""
PAUSES = (acts.PAUSE, acts.RESUME)
MUTES = (acts.MUTE, acts.UNMUTE)
CONTROLS = (
    *PAUSES,
    *MUTES,
    acts.SET_VOLUME.having(volumeLevel=0.5),
    acts.CHANGE_STATE.having(state={"volume": 0.8}),
)


def _answers(*asked: acts.Act) -> Callable[[Broadcast, Sequence[Observation]], Delays]:
    return lambda _broadcast, observed: answer_delays(observed, *(act.confirmation for act in asked))


def _notices(*told: acts.Act) -> Callable[[Broadcast, Sequence[Observation]], Delays]:
    def of_listeners(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
        return answer_delays(observed, *(act.notices(broadcast.planned.audience) for act in told))

    return of_listeners


def _welcomes(message: str) -> Callable[[Broadcast, Sequence[Observation]], Delays]:
    return lambda _broadcast, observed: answer_delays(
        observed,
        Pairing(asks_to_connect, told(message)),
    )


def _feeding(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    """From when each piece was due to be sent until the recogniser was fed it, both on the clock of this machine."""
    found: list[Delays] = []
    for speaker in broadcast.planned.speakers:
        before = sum(_is_sound(o, speaker) for o in broadcast.stage.ledger if o.number < observed[0].number)
        sent_s = sent_at_s(observed, acts.SEND_AUDIO.action, speaker.name)
        fed_s = broadcast.recogniser(speaker.name).fed_at_s()
        found.append(between(sent_s, {place: fed_s[at] for place in sent_s if (at := _later(place, before)) in fed_s}))
    return sorted(delay for delays in found for delay in delays)


def _is_sound(observation: Observation, speaker: Speaker) -> bool:
    return (
        observation.kind is Kind.SENT and observation.who == speaker.name and observation.type == acts.SEND_AUDIO.action
    )


def _later(place: object, by: int) -> int:
    assert isinstance(place, int)
    return place + by


def _taking_effect(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    """From when a new volume was due to be asked for until the recogniser is fed sound of that volume.

    For ever if it never was before the next new volume.
    """
    delays = []
    for speaker in broadcast.planned.speakers:
        peaks = broadcast.recogniser(speaker.name).peaks()
        loudest = max(peak for _, peak in peaks)
        asked = [
            (o.due_ns, cast(float, o.message["volumeLevel"]))
            for o in observed
            if o.kind is Kind.SENT and o.who == speaker.name and o.type == acts.SET_VOLUME.action and o.due_ns
        ]
        ends_ns = [*(due_ns for due_ns, _ in asked[1:]), math.inf]
        for (due_ns, level), end_ns in zip(asked, ends_ns, strict=True):
            so_loud = (at_s for at_s, peak in peaks if abs(peak / loudest - level) < SO_LOUD)
            came_s = next((at_s for at_s in so_loud if due_ns <= at_s * 1e9 < end_ns), math.inf)
            delays.append(Delay(due_ns, came_s * 1000 - due_ns / 1e6))
    return sorted(delays)


def _handing_over(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    understood_s, texts = broadcast.the_recogniser().understood_at_s(), texts_understood(observed)
    return between({text: understood_s[text] for text in texts}, broadcast.handovers.at_s())


def _translating(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    handed_over_s, texts = broadcast.handovers.at_s(), texts_understood(observed)
    return between({text: handed_over_s[text] for text in texts}, broadcast.translation.translated_at_s())


def _hearing(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    """From the last word of each sentence until its translation reached the only listener there is."""
    from_number, until_number = observed[0].number, observed[-1].number
    said = [u for u in broadcast.the_speaker().utterances if from_number <= u.began <= until_number]
    [listener] = broadcast.listeners()
    captions = [broadcast.stage.samples.translation(u.clip.text, listener.language) for u in said]
    heard = [heard for heard in listener.heard if heard.observation.number >= from_number]
    heard_s = dict(
        zip(_each_time(h.transcript for h in heard), (h.observation.at_ns / 1e9 for h in heard), strict=True)
    )
    return between(dict(zip(_each_time(captions), (u.last_speech_ns / 1e9 for u in said), strict=True)), heard_s)


def _each_time(texts: Iterable[str]) -> Iterator[Hashable]:
    """Yield each text with how often it came before."""
    times: Counter[str] = Counter()
    for text in texts:
        yield text, times[text]
        times[text] += 1


def _farewells(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    return broadcast.planned.farewells(observed)


def _reaching_everybody(broadcast: Broadcast, observed: Sequence[Observation]) -> Delays:
    """From when each sentence was due until the last of the audience had it; for ever if it never came to somebody."""
    [heard] = [broadcast.audience.tallies[o.number] for o in observed if o.number in broadcast.audience.tallies]
    times = zip(heard.due_ns, heard.last_of_all_ms(), strict=True)
    return [Delay(due_ns, last_ms) for due_ns, last_ms in times]


def _heard(broadcast: Broadcast) -> str:
    """Say who of the audience missed something, if anybody did."""
    missed = [tally for tally in broadcast.audience.tallies.values() if tally.missed]
    return missed[0].in_words() if missed else list(broadcast.audience.tallies.values())[-1].in_words()


TIMED: Mapping[str, Timed] = {
    words: Timed("broadcast", words, things, *how)
    for words, things, *how in (
        ("pieces of sound are acknowledged", "pieces of sound", _answers(acts.SEND_AUDIO)),
        ("pieces of sound reach the recogniser", "pieces of sound", _feeding),
        ("controls are confirmed", "controls", _answers(*CONTROLS)),
        ("notices of a control reach the listeners", "notices", _notices(*CONTROLS)),
        ("notices of a pause or its end reach the listeners", "notices", _notices(*PAUSES)),
        ("notices of a mute or its end reach the listeners", "notices", _notices(*MUTES)),
        ("questions for the status are answered", "answers", _answers(acts.ASK_STATUS)),
        ("heartbeats are answered", "heartbeats", _answers(acts.HEARTBEAT)),
        ("new volumes take effect", "new volumes", _taking_effect),
        ("changes of language are confirmed", "changes of language", _answers(acts.CHANGE_LANGUAGE)),
        ("sessions are opened", "sessions", _welcomes("sessionCreated")),
        ("people who join are welcomed", "people", _welcomes("sessionJoined")),
        ("moves to a new connection are made", "moves", _welcomes("connectionRefreshComplete")),
        ("listeners are told of the end", "listeners", _farewells),
        ("sentences are handed over", "sentences", _handing_over),
        ("sentences that were handed over reach the translator", "sentences", _translating),
        ("sentences reach everybody in the audience", "sentences", _reaching_everybody, _heard),
        ("sentences are heard in the other language", "sentences", _hearing),
    )
}
"""By its words."""
