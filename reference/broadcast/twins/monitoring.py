"""Twins of figures, alarms and the log (REQ-21.5, REQ-23, REQ-24.5, BRO-8)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from reference import journal
from reference.broadcast import codec, quotas
from reference.broadcast.admission import Admission
from reference.broadcast.controls import SpeakerControls
from reference.broadcast.fanout import Fanout
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.monitoring import alarms
from reference.broadcast.twins.figures import recorded_under, unrecorded
from reference.journal import Journal
from reference.monitoring import cloudwatch
from reference.monitoring.alarms import MINUTE_S, AlarmDefinition
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.refusal import Refusal
from reference.twins.kinds import Declare, constant, unlogged
from reference.twins.twin import Seam, result_of, twin_of

# ---- figures

_record = CloudWatchMetrics.put


@unrecorded("AudioChunksReceived", breaks="REQ-23.1")
def audio_counted_when_passed_on():
    """Audio that is held back is not counted as received."""


@audio_counted_when_passed_on.also(BroadcastEndpoint.take_audio)
async def _count_what_is_passed_on(take_audio, self, connection_id, message, read_chunk):
    notice = await take_audio(self, connection_id, message, read_chunk)
    member = self._service.sessions.member(connection_id)
    if member is not None and notice.reason is None:
        _record(self._metrics, "AudioChunksReceived", SessionId=member.session_id)
    return notice


@recorded_under("AudioChunksReceived", SessionId="all", breaks="REQ-23.1")
def audio_counted_for_all_sessions_together():
    """Received audio is counted, but not told apart by session."""


@unrecorded("TranscribeStreamInitLatency", breaks="REQ-23.2")
def start_of_recognition_untimed():
    """Nobody records how long recognition took to start."""


_delayed: set[str] = set()


@twin_of(CloudWatchMetrics.put, "REQ-3.5")
def delay_of_audio_unrecorded(put, self, name, value=1.0, **dimensions):
    """The delay of audio is recorded once for a session, so that percentiles mean nothing."""
    if name != "AudioProcessingLatency":
        put(self, name, value, **dimensions)
    elif dimensions["SessionId"] not in _delayed:
        _delayed.add(dimensions["SessionId"])
        put(self, name, value, **dimensions)


@recorded_under("AudioProcessingLatency", SessionId="all", breaks="REQ-3.5")
def delay_of_audio_for_all_sessions_together():
    """The delay of audio is recorded, but not told apart by session."""


@twin_of(CloudWatchMetrics.put, "BRO-8.3.1")
def size_of_audio_in_samples(put, self, name, value=1.0, **dimensions):
    """The size of audio is recorded in samples instead of bytes."""
    put(self, name, value / 2 if name == "AudioChunkSize" else value, **dimensions)


@unrecorded("ConnectionsClosedForRateLimit", breaks="BRO-8.3.1")
def disconnections_for_audio_uncounted():
    """A disconnection for too much audio is not counted."""


@recorded_under("ControlMessagesReceived", ActionType="control", breaks="BRO-8.3.2")
def controls_counted_together():
    """Controls are counted, but not by kind."""


@recorded_under("ControlMessageLatency", ActionType="control", breaks="REQ-23.3")
def controls_timed_together():
    """The time of controls is recorded, but not by kind."""


@unrecorded("StatusQueryLatency", breaks="REQ-23.4")
def status_requests_untimed():
    """Nobody records how long the answer to a status request took."""


@recorded_under("LambdaErrors", Handler="audio", breaks="REQ-23.5")
def faults_counted_for_the_wrong_part():
    """Faults of every part of the service are counted as faults of the one for audio."""


@recorded_under("LambdaErrors", ErrorType="INTERNAL_ERROR", breaks="REQ-23.5")
def time_outs_counted_as_faults():
    """Requests that took too long are counted like any other fault."""


@recorded_under("ConnectionTimeout", Role="speaker", breaks="REQ-28.5")
def silent_listeners_counted_as_speakers():
    """A listener who is disconnected for silence is counted as a speaker."""


@recorded_under("ConnectionTimeout", Reason="idle", breaks="REQ-28.5")
def missing_heartbeats_counted_as_silence():
    """A disconnection for missing heartbeats is counted as one for silence."""


@unrecorded("ConnectionTimeout", breaks="REQ-28.5")
def silence_uncounted():
    """Nobody counts those who are disconnected for silence."""


@unrecorded("BroadcastPauseDuration", breaks="REQ-7.5")
def pauses_unrecorded():
    """The length of a pause is told to the speaker, but not recorded."""


@unrecorded("StateRestorations", breaks="REQ-17.5")
def moves_uncounted():
    """A speaker's move to a new connection is not counted."""


@unrecorded("ListenerNotificationFailures", breaks="BRO-8.3.2")
def failed_notices_uncounted():
    """Notices that did not arrive are not counted."""


@result_of(SpeakerControls.tell, "BRO-8.3.2")
def notices_timed_for_each_listener(told, self, change, notice):
    """A notice that goes to two listeners is timed twice."""
    for _ in range(1, told.listeners_notified):
        took_ms = (self._clock.monotonic_s() - change.since_s) * 1000
        self._metrics.put("ListenerNotificationLatency", took_ms, SessionId=change.after.session_id)
    return told


@unrecorded("PeriodicStatusUpdatesSent", breaks="BRO-8.3.2")
def unasked_statuses_uncounted():
    """Statuses that are sent unasked are not counted."""


@unrecorded("SessionCreationLatency", "ListenerJoinLatency", "ActiveSessions", "TotalListeners", breaks="BRO-8.3.3")
def newcomers_unrecorded():
    """When somebody comes, neither the time that it took nor how many there are is recorded."""


@recorded_under("ConnectionErrors", ErrorCode="REFUSED", breaks="BRO-8.3.3")
def refused_connections_counted_together():
    """Refused connections are counted, but not by their reason."""


@twin_of(Fanout.account, "BRO-8.3.4")
def sentences_recorded_when_they_fail(account, self, sentence):
    """How a sentence fared is recorded only when it did not reach everybody."""
    if sentence.languages_failed or sentence.delivered < len(sentence.listeners):
        account(self, sentence)


@twin_of(SpeakerControls.tell, "BRO-8.3.6")
def figure_names_the_connection(tell, self, change, notice):
    """A figure carries the identity of a connection in the place of the session."""
    self._metrics.put("ListenerNotificationLatency", 1.0, SessionId=change.after.speaker_connection_id)
    return tell(self, change, notice)


@constant(cloudwatch, "SEND_AFTER_S", 3.0, "BRO-8.3.7")
def figures_come_late():
    """What happened can be read from the figures after three seconds only."""


figures_come_late.put(Seam(cloudwatch, "SEND_EVERY_S"), lambda _after_s: 3.0)


# ---- alarms


def _alarms(change: Callable[[AlarmDefinition], AlarmDefinition | None], *breaks: str) -> Declare:
    """Every alarm is defined otherwise, or not at all."""
    return constant(alarms, "ALARMS", tuple(filter(None, map(change, alarms.ALARMS))), *breaks)


@_alarms(lambda one: replace(one, above=one.above * 1000) if one.name == "audio-latency" else one, "REQ-21.5")
def alarm_for_audio_in_seconds():
    """The alarm for late audio is raised above 100 seconds instead of milliseconds."""


@_alarms(lambda one: None if one.name == "control-latency" else one, "REQ-21.5", "BRO-8.2.2")
def alarm_for_controls_missing():
    """Nobody is alarmed when controls get slow."""


@_alarms(lambda one: replace(one, period_s=300) if one.name == "store-throttling" else one, "BRO-8.2.1")
def alarm_for_the_store_too_late():
    """The alarm for a failing store waits for five minutes instead of one."""


@_alarms(lambda one: replace(one, period_s=MINUTE_S, periods=10), "REQ-21.5", "BRO-8.2.1", "BRO-8.2.2", "BRO-8.2.3")
def alarms_after_ten_minutes():
    """Every alarm is raised after ten minutes, whatever it is about."""


# ---- the log


@unlogged("send", "REQ-23.6")
def messages_sent_go_unlogged():
    """The detailed log tells of messages that come in, not of those that go out."""


@constant(codec, "LOGGED", (*codec.LOGGED, "audioData"), "REQ-23.6", "REQ-24.5")
def log_holds_audio():
    """The detailed log holds the audio of a message."""


@unlogged("transcript", "REQ-23.7")
def results_go_unlogged():
    """What was recognised does not appear in the detailed log."""


@unlogged(quotas.LISTENER_JOINS.name, "BRO-2.3.4")
def uncounted_joins_go_unlogged():
    """Nothing in the log tells that a join could not be counted."""


@twin_of(Journal.write, "BRO-8.4.2")
def words_in_the_ordinary_log(write, self, level, operation, *line):
    """What was recognised appears in the log of every day."""
    write(self, logging.INFO if operation == "transcript" else level, operation, *line)


@twin_of(journal.JsonLines.format, "REQ-23.8")
def faults_logged_without_their_place(format_line, self, record):
    """A fault is logged without the place in the program."""
    getattr(record, "metadata", {}).pop("stack", None)
    return format_line(self, record)


@twin_of(Journal.write, "REQ-23.8")
def faults_logged_without_their_connection(write, self, level, operation, message, failure, context):
    """A fault is logged without saying over which connection it came."""
    if level >= logging.ERROR:
        context.pop("connection_id", None)
    write(self, level, operation, message, failure, context)


@constant(journal, "fingerprint", lambda secret_id: secret_id, "REQ-24.5")
def log_names_connections():
    """The log names connections in clear."""


@twin_of(BroadcastEndpoint.admit, "REQ-24.5", "BRO-8.4.3")
async def log_holds_sign_ins(admit, self, connection_id, upgrade):
    """The log holds what was asked for at the door, sign-ins included."""
    self._journal.info("admit", "somebody comes", **upgrade.query)
    await admit(self, connection_id, upgrade)


@twin_of(Admission.create, "REQ-24.5")
async def log_names_the_person(create, self, newcomer, user_id, creation):
    """The detailed log names the person who opened a session."""
    await create(self, newcomer, user_id, creation)
    self._journal.debug("create-session", "the speaker is known", user=user_id)


@twin_of(Journal.write, "BRO-8.4.1")
def log_lines_without_their_session(write, self, level, operation, message, failure, context):
    """The log does not say of which session it tells."""
    context.pop("session_id", None)
    write(self, level, operation, message, failure, context)


# ---- somebody who cannot be reached


@twin_of(SocketAudience.tell_all, "REQ-22.3")
def dead_listener_ends_the_round(tell_all, self, connection_ids, notice):
    """Listeners after one who cannot be reached are not told."""
    told = 0
    for connection_id in connection_ids:
        if tell_all(self, [connection_id], notice) == 0:
            break
        told += 1
    return told


@unlogged("send", "REQ-22.3", only=logging.WARNING)
def dead_listener_goes_unlogged():
    """Nothing in the log tells that a listener could not be reached."""


@twin_of(Refusal.__init__, "REQ-22.4")
def stuck_request_called_a_fault(begin, self, code, message, **details):
    """A request over which the service got stuck is refused as for any other fault."""
    begin(self, "INTERNAL_ERROR" if code == "TIMEOUT" else code, message, **details)


@twin_of(BroadcastEndpoint.__init__, "REQ-22.4")
def slow_request_given_up_too_early(begin, self, *arguments, **named):
    """A request is given up after a tenth of the time that it may take."""
    begin(self, *arguments, **named)
    self._limits_s = {handler: limit_s / 10 for handler, limit_s in self._limits_s.items()}
