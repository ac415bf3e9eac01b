"""Twins of figures, alarms and the log (REQ-21.5, 23, 24.5, sheet 8)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from reference import journal
from reference.broadcast import codec, quotas
from reference.broadcast.admission import Admission, Newcomer
from reference.broadcast.controls import SpeakerControls, _Change
from reference.broadcast.fanout import Fanout, _Sentence
from reference.broadcast.gateway import BroadcastEndpoint, SocketAudience
from reference.broadcast.monitoring import alarms
from reference.broadcast.notices import Notice, Told
from reference.broadcast.parameters import Creation
from reference.gateway.server import Upgrade
from reference.journal import Journal
from reference.monitoring import cloudwatch
from reference.monitoring.alarms import MINUTE_S, AlarmDefinition
from reference.monitoring.cloudwatch import CloudWatchMetrics
from reference.refusal import Refusal
from reference.twins.twin import put, twin

Figure = tuple[float, dict[str, str]]


def _figures(change: Callable[[str, float, dict[str, str]], Figure | None]) -> None:
    """Record figures otherwise: by name, value and dimensions, to value and dimensions, or not at all."""
    put_right = CloudWatchMetrics.put

    def put_otherwise(self: CloudWatchMetrics, name: str, value: float = 1.0, **dimensions: str) -> None:
        figure = change(name, value, dimensions)
        if figure is not None:
            put_right(self, name, figure[0], **figure[1])

    put(CloudWatchMetrics, "put", put_otherwise)


def _without(*names: str) -> None:
    _figures(lambda name, value, dimensions: None if name in names else (value, dimensions))


def _under(figure: str, **others: str) -> None:
    """Record one figure under other dimensions."""
    _figures(lambda name, value, dimensions: (value, dimensions | others if name == figure else dimensions))


# ---- figures


@twin("audio-counted-when-passed-on", "REQ-23.1")
def audio_counted_when_passed_on() -> None:
    """Audio that is held back is not counted as received."""
    take_audio = BroadcastEndpoint._take_audio
    put_right = CloudWatchMetrics.put

    async def count_taken(self: BroadcastEndpoint, connection_id: str, message: Any, read_chunk: Any) -> Notice:
        notice = await take_audio(self, connection_id, message, read_chunk)
        member = self._service.sessions.member(connection_id)
        if member is not None and getattr(notice, "reason", None) is None:
            assert isinstance(self._metrics, CloudWatchMetrics)
            put_right(self._metrics, "AudioChunksReceived", 1.0, SessionId=member.session_id)
        return notice

    put(BroadcastEndpoint, "_take_audio", count_taken)
    _without("AudioChunksReceived")


@twin("audio-counted-for-all-sessions-together", "REQ-23.1")
def audio_counted_for_all_sessions_together() -> None:
    """Received audio is counted, but not told apart by session."""
    _under("AudioChunksReceived", SessionId="all")


@twin("start-of-recognition-untimed", "REQ-23.2")
def start_of_recognition_untimed() -> None:
    """Nobody records how long recognition took to start."""
    _without("TranscribeStreamInitLatency")


@twin("delay-of-audio-unrecorded", "REQ-3.5")
def delay_of_audio_unrecorded() -> None:
    """The delay of audio is recorded once for a session, so that percentiles mean nothing."""
    seen: set[str] = set()

    def first_only(name: str, value: float, dimensions: dict[str, str]) -> Figure | None:
        if name == "AudioProcessingLatency":
            if dimensions["SessionId"] in seen:
                return None
            seen.add(dimensions["SessionId"])
        return value, dimensions

    _figures(first_only)


@twin("delay-of-audio-for-all-sessions-together", "REQ-3.5")
def delay_of_audio_for_all_sessions_together() -> None:
    """The delay of audio is recorded, but not told apart by session."""
    _under("AudioProcessingLatency", SessionId="all")


@twin("size-of-audio-in-samples", "BRO-8.3.1")
def size_of_audio_in_samples() -> None:
    """The size of audio is recorded in samples instead of bytes."""
    _figures(lambda name, value, dimensions: (value / 2 if name == "AudioChunkSize" else value, dimensions))


@twin("disconnections-for-audio-uncounted", "BRO-8.3.1")
def disconnections_for_audio_uncounted() -> None:
    """A disconnection for too much audio is not counted."""
    _without("ConnectionsClosedForRateLimit")


@twin("controls-counted-together", "BRO-8.3.2")
def controls_counted_together() -> None:
    """Controls are counted, but not by kind."""
    _under("ControlMessagesReceived", ActionType="control")


@twin("controls-timed-together", "REQ-23.3")
def controls_timed_together() -> None:
    """The time of controls is recorded, but not by kind."""
    _under("ControlMessageLatency", ActionType="control")


@twin("status-requests-untimed", "REQ-23.4")
def status_requests_untimed() -> None:
    """Nobody records how long the answer to a status request took."""
    _without("StatusQueryLatency")


@twin("faults-counted-for-the-wrong-part", "REQ-23.5")
def faults_counted_for_the_wrong_part() -> None:
    """Faults of every part of the service are counted as faults of the one for audio."""
    _under("LambdaErrors", Handler="audio")


@twin("time-outs-counted-as-faults", "REQ-23.5")
def time_outs_counted_as_faults() -> None:
    """Requests that took too long are counted like any other fault."""
    _under("LambdaErrors", ErrorType="INTERNAL_ERROR")


@twin("silent-listeners-counted-as-speakers", "REQ-28.5")
def silent_listeners_counted_as_speakers() -> None:
    """A listener who is disconnected for silence is counted as a speaker."""
    _under("ConnectionTimeout", Role="speaker")


@twin("missing-heartbeats-counted-as-silence", "REQ-28.5")
def missing_heartbeats_counted_as_silence() -> None:
    """A disconnection for missing heartbeats is counted as one for silence."""
    _under("ConnectionTimeout", Reason="idle")


@twin("silence-uncounted", "REQ-28.5")
def silence_uncounted() -> None:
    """Nobody counts those who are disconnected for silence."""
    _without("ConnectionTimeout")


@twin("pauses-unrecorded", "REQ-7.5")
def pauses_unrecorded() -> None:
    """The length of a pause is told to the speaker, but not recorded."""
    _without("BroadcastPauseDuration")


@twin("moves-uncounted", "REQ-17.5")
def moves_uncounted() -> None:
    """A speaker's move to a new connection is not counted."""
    _without("StateRestorations")


@twin("failed-notices-uncounted", "BRO-8.3.2")
def failed_notices_uncounted() -> None:
    """Notices that did not arrive are not counted."""
    _without("ListenerNotificationFailures")


@twin("notices-timed-for-each-listener", "BRO-8.3.2")
def notices_timed_for_each_listener() -> None:
    """A notice that goes to two listeners is timed twice."""
    tell = SpeakerControls._tell

    def time_each(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        told = tell(self, change, notice)
        for _ in range(1, told.listeners_notified):
            took_ms = (self._clock.monotonic_s() - change.since_s) * 1000
            self._metrics.put("ListenerNotificationLatency", took_ms, SessionId=change.after.session_id)
        return told

    put(SpeakerControls, "_tell", time_each)


@twin("unasked-statuses-uncounted", "BRO-8.3.2")
def unasked_statuses_uncounted() -> None:
    """Statuses that are sent unasked are not counted."""
    _without("PeriodicStatusUpdatesSent")


@twin("newcomers-unrecorded", "BRO-8.3.3")
def newcomers_unrecorded() -> None:
    """When somebody comes, neither the time that it took nor how many there are is recorded."""
    _without("SessionCreationLatency", "ListenerJoinLatency", "ActiveSessions", "TotalListeners")


@twin("refused-connections-counted-together", "BRO-8.3.3")
def refused_connections_counted_together() -> None:
    """Refused connections are counted, but not by their reason."""
    _under("ConnectionErrors", ErrorCode="REFUSED")


@twin("sentences-recorded-when-they-fail", "BRO-8.3.4")
def sentences_recorded_when_they_fail() -> None:
    """How a sentence fared is recorded only when it did not reach everybody."""
    account = Fanout._account

    def account_failures(self: Fanout, sentence: _Sentence) -> None:
        if sentence.languages_failed or sentence.delivered < sentence.listeners:
            account(self, sentence)

    put(Fanout, "_account", account_failures)


@twin("figure-names-the-connection", "BRO-8.3.6")
def figure_names_the_connection() -> None:
    """A figure carries the identity of a connection in the place of the session."""
    tell = SpeakerControls._tell

    def name_connection(self: SpeakerControls, change: _Change, notice: Notice) -> Told:
        self._metrics.put("ListenerNotificationLatency", 1.0, SessionId=change.after.speaker_connection_id)
        return tell(self, change, notice)

    put(SpeakerControls, "_tell", name_connection)


@twin("figures-come-late", "BRO-8.3.7")
def figures_come_late() -> None:
    """What happened can be read from the figures after three seconds only."""
    put(cloudwatch, "SEND_AFTER_S", 3.0)
    put(cloudwatch, "SEND_EVERY_S", 3.0)


# ---- alarms


def _alarms(change: Callable[[AlarmDefinition], AlarmDefinition | None]) -> None:
    put(alarms, "ALARMS", tuple(changed for one in alarms.ALARMS if (changed := change(one)) is not None))


@twin("alarm-for-audio-in-seconds", "REQ-21.5")
def alarm_for_audio_in_seconds() -> None:
    """The alarm for late audio is raised above 100 seconds instead of milliseconds."""
    _alarms(lambda one: replace(one, above=one.above * 1000) if one.name == "audio-latency" else one)


@twin("alarm-for-controls-missing", "REQ-21.5", "BRO-8.2.2")
def alarm_for_controls_missing() -> None:
    """Nobody is alarmed when controls get slow."""
    _alarms(lambda one: None if one.name == "control-latency" else one)


@twin("alarm-for-the-store-too-late", "BRO-8.2.1")
def alarm_for_the_store_too_late() -> None:
    """The alarm for a failing store waits for five minutes instead of one."""
    _alarms(lambda one: replace(one, period_s=300) if one.name == "store-throttling" else one)


@twin("alarms-after-ten-minutes", "REQ-21.5", "BRO-8.2.1", "BRO-8.2.2", "BRO-8.2.3")
def alarms_after_ten_minutes() -> None:
    """Every alarm is raised after ten minutes, whatever it is about."""
    _alarms(lambda one: replace(one, period_s=MINUTE_S, periods=10))


# ---- the log


def _log(change: Callable[[str, dict[str, Any]], dict[str, Any] | None]) -> None:
    """Write log lines otherwise: by operation and context; None leaves one out."""
    write = Journal._write

    def write_otherwise(
        self: Journal, level: int, operation: str, message: str, failure: BaseException | None, context: dict[str, Any]
    ) -> None:
        changed = change(operation, context)
        if changed is not None:
            write(self, level, operation, message, failure, changed)

    put(Journal, "_write", write_otherwise)


@twin("messages-sent-go-unlogged", "REQ-23.6")
def messages_sent_go_unlogged() -> None:
    """The detailed log tells of messages that come in, not of those that go out."""
    _log(lambda operation, context: None if operation == "send" else context)


@twin("log-holds-audio", "REQ-23.6", "REQ-24.5")
def log_holds_audio() -> None:
    """The detailed log holds the audio of a message."""
    put(codec, "LOGGED", (*codec.LOGGED, "audioData"))


@twin("results-go-unlogged", "REQ-23.7")
def results_go_unlogged() -> None:
    """What was recognised does not appear in the detailed log."""
    _log(lambda operation, context: None if operation == "transcript" else context)


@twin("uncounted-joins-go-unlogged", "BRO-2.3.4")
def uncounted_joins_go_unlogged() -> None:
    """Nothing in the log tells that a join could not be counted."""
    _log(lambda operation, context: None if operation == quotas.LISTENER_JOINS.name else context)


@twin("words-in-the-ordinary-log", "BRO-8.4.2")
def words_in_the_ordinary_log() -> None:
    """What was recognised appears in the log of every day."""
    write = Journal._write

    def write_words(
        self: Journal, level: int, operation: str, message: str, failure: BaseException | None, context: dict[str, Any]
    ) -> None:
        write(self, logging.INFO if operation == "transcript" else level, operation, message, failure, context)

    put(Journal, "_write", write_words)


@twin("faults-logged-without-their-place", "REQ-23.8")
def faults_logged_without_their_place() -> None:
    """A fault is logged without the place in the program."""
    json_lines = journal._JsonLines.format

    def without_stack(self: journal._JsonLines, record: logging.LogRecord) -> str:
        getattr(record, "metadata", {}).pop("stack", None)
        return json_lines(self, record)

    put(journal._JsonLines, "format", without_stack)


@twin("faults-logged-without-their-connection", "REQ-23.8")
def faults_logged_without_their_connection() -> None:
    """A fault is logged without saying over which connection it came."""
    write = Journal._write

    def without_connection(
        self: Journal, level: int, operation: str, message: str, failure: BaseException | None, context: dict[str, Any]
    ) -> None:
        if level >= logging.ERROR:
            context.pop("connection_id", None)
        write(self, level, operation, message, failure, context)

    put(Journal, "_write", without_connection)


@twin("log-names-connections", "REQ-24.5")
def log_names_connections() -> None:
    """The log names connections in clear."""
    put(journal, "fingerprint", lambda secret_id: secret_id)


@twin("log-holds-sign-ins", "REQ-24.5", "BRO-8.4.3")
def log_holds_sign_ins() -> None:
    """The log holds what was asked for at the door, sign-ins included."""
    admit = BroadcastEndpoint.admit

    async def admit_and_log(self: BroadcastEndpoint, connection_id: str, upgrade: Upgrade) -> None:
        self._journal.info("admit", "somebody comes", **upgrade.query)
        await admit(self, connection_id, upgrade)

    put(BroadcastEndpoint, "admit", admit_and_log)


@twin("log-names-the-person", "REQ-24.5")
def log_names_the_person() -> None:
    """The detailed log names the person who opened a session."""
    create = Admission.create

    async def create_and_name(self: Admission, newcomer: Newcomer, user_id: str, creation: Creation) -> None:
        await create(self, newcomer, user_id, creation)
        self._journal.debug("create-session", "the speaker is known", user=user_id)

    put(Admission, "create", create_and_name)


@twin("log-lines-without-their-session", "BRO-8.4.1")
def log_lines_without_their_session() -> None:
    """The log does not say of which session it tells."""

    def without_session(_operation: str, context: dict[str, Any]) -> dict[str, Any]:
        context.pop("session_id", None)
        return context

    _log(without_session)


# ---- somebody who cannot be reached


@twin("dead-listener-ends-the-round", "REQ-22.3")
def dead_listener_ends_the_round() -> None:
    """Listeners after one who cannot be reached are not told."""
    tell_all = SocketAudience.tell_all

    def stop_at_dead(self: SocketAudience, connection_ids: Iterable[str], notice: Notice) -> int:
        told = 0
        for connection_id in connection_ids:
            if tell_all(self, [connection_id], notice) == 0:
                break
            told += 1
        return told

    put(SocketAudience, "tell_all", stop_at_dead)


@twin("dead-listener-goes-unlogged", "REQ-22.3")
def dead_listener_goes_unlogged() -> None:
    """Nothing in the log tells that a listener could not be reached."""
    warning = Journal.warning

    def warn_of_others(self: Journal, operation: str, message: str, **context: object) -> None:
        if operation != "send":
            warning(self, operation, message, **context)

    put(Journal, "warning", warn_of_others)


@twin("stuck-request-called-a-fault", "REQ-22.4")
def stuck_request_called_a_fault() -> None:
    """A request over which the service got stuck is refused as for any other fault."""
    begin = Refusal.__init__

    def misname(self: Refusal, code: str, message: str, **details: object) -> None:
        begin(self, "INTERNAL_ERROR" if code == "TIMEOUT" else code, message, **details)

    put(Refusal, "__init__", misname)


@twin("slow-request-given-up-too-early", "REQ-22.4")
def slow_request_given_up_too_early() -> None:
    """A request is given up after a tenth of the time that it may take."""
    begin = BroadcastEndpoint.__init__

    def begin_impatiently(self: BroadcastEndpoint, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self._limits_s = {handler: limit_s / 10 for handler, limit_s in self._limits_s.items()}

    put(BroadcastEndpoint, "__init__", begin_impatiently)
