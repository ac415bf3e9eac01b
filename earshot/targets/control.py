"""The control plane of a service under test: faults to order, doubles to script, observations to read.

It speaks contract/control.openapi.yaml. Whatever it cannot do raises Unusable: a fault that cannot be ordered says
nothing about the service. Times named `_at_s` are on the monotonic clock that all processes of this machine share, so
they can be compared with `time.monotonic()` here.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from earshot.failures import Unusable

READ_TOGETHER = ("Sessions", "Connections")
"""Tables whose items a service may read for several sessions in one call."""
READING = "BatchGetItem"
ANSWER_WITHIN_S = 35.0
"""Longer than the longest wait that can be asked for: 30 s for the stream of a scripted session."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that was ordered."""

    id: str
    times_struck: int
    times_left: int | None
    """None: until it is called off."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an engine could not do what it was asked."""

    code: str
    message: str
    transient: bool


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How the service asked for a recogniser stream."""

    language: str
    recogniser_language: str | None
    """The variety of it that the recogniser is asked for, such as `en-US`; None where it is not known to have one."""
    partial_results: bool
    stability: str
    """How firm partial results are to be: low, medium or high."""
    sample_rate_hz: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Audio that a recogniser was handed; `peak` and `rms` are of its 16-bit samples."""

    at_s: float
    bytes: int
    peak: int
    rms: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """One result of a recogniser."""

    at_s: float
    utterance_id: str
    text: str
    final: bool
    stability: float | None
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Stream:
    """One attempt of the service to open a recogniser stream, and what became of it."""

    options: StreamOptions
    asked_at_s: float
    opened_at_s: float | None
    """None when it was not opened."""
    closed_at_s: float | None
    """When its end was asked for; None while it is open."""
    chunks_fed: int
    chunks: Sequence[Chunk]
    transcripts: Sequence[Transcript]
    failure: Failure | None
    """Why it did not open, or broke."""


@dataclass(frozen=True, slots=True)
class HandoverAttempt:
    """One invocation of the translation pipeline."""

    at_s: float
    acknowledged_at_s: float | None
    """None when it was not acknowledged."""
    failure: str | None


@dataclass(frozen=True, slots=True)
class Handover:
    """One sentence on its way from transcription to translation (sheet 3.9)."""

    session_id: str
    source_language: str
    transcript_text: str
    is_partial: bool
    stability_score: float
    timestamp_ms: int
    emotion_dynamics: Mapping[str, float]
    """`volume`, `rate`, `energy`."""
    attempts: Sequence[HandoverAttempt]


@dataclass(frozen=True, slots=True)
class Translation:
    """One call of the translator."""

    asked_at_s: float
    answered_at_s: float | None
    text: str
    source: str
    target: str
    translation: str | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Synthesis:
    """One call of the synthesiser."""

    asked_at_s: float
    answered_at_s: float | None
    text: str
    language: str
    rate: str
    volume: str
    audio_bytes: int | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """One text that was held against the content rules of the assistant."""

    asked_at_s: float
    answered_at_s: float
    text: str
    verdict: str | None
    """None for a text that may pass, else `inappropriate` or `spam`."""


@dataclass(frozen=True, slots=True)
class AssistantCall:
    """One question to a backend of the assistant."""

    backend: str
    asked_at_s: float
    answered_at_s: float | None
    """None while it is under way, and when it was given up."""
    text: str
    answer: str | None
    failure: str | None
    """What the backend raised."""


@dataclass(frozen=True, slots=True)
class Census:
    """What the service holds at one moment."""

    now_s: float
    memory_bytes: int | None
    sessions: int
    members: int
    sockets: int
    """Of broadcasts."""
    streams: int
    conversations: int
    """Open sockets of conversations."""
    segments: int
    """Of conversations: ended, but not finished yet."""
    buffered_bytes: int
    """Audio of the open segments of all conversations."""
    audio_files: int
    """Segments whose audio is on disk."""
    tasks: int
    threads: int
    open_files: int


SOMEBODY = frozenset({"session_id", "connection_id", "address"})
"""By which a fault is meant for somebody, and not for everybody who uses the service."""


class Control:
    """The control plane at one address; one thread at a time.

    Where others use the service too (`is_shared`), a fault must be meant for somebody: Unusable otherwise.
    """

    def __init__(self, url: str, *, is_shared: bool = False) -> None:
        address = urlsplit(url)
        if address.scheme != "http" or not address.hostname:
            raise Unusable(f"the control plane's address: expected http://host:port, got {url!r}")
        self.url = url
        self._is_shared = is_shared
        self._connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=ANSWER_WITHIN_S)
        self._ordered: dict[str, Fault] = {}

    def close(self) -> None:
        """Close the connection; ordered faults stay."""
        self._connection.close()

    # ---- faults of the engines

    def refuse_streams(
        self,
        times: int | None = None,
        *,
        session_id: str | None = None,
        code: str = "ServiceUnavailable",
        transient: bool = True,
    ) -> Fault:
        """Let the next `times` attempts to open a recogniser stream fail; None: until called off."""
        return self._order("recogniser.open", times=times, session_id=session_id, code=code, transient=transient)

    def break_stream(
        self, session_id: str | None = None, *, code: str = "ServiceUnavailable", transient: bool = True
    ) -> Fault:
        """Break the recogniser streams that are open now; `times_struck` says how many that were."""
        return self._order("recogniser.stream", session_id=session_id, code=code, transient=transient)

    def lose_recogniser(self, times: int | None = None, *, address: str | None = None) -> Fault:
        """Let the recogniser be unable to start when a conversation is connected (from that client address)."""
        return self._order("recogniser.start", times=times, address=address)

    def fail_recogniser(self, times: int | None = None, *, session_id: str | None = None) -> Fault:
        """Let the recogniser fail while it listens: with the next `times` pieces of audio it is given."""
        return self._order("recogniser.feed", times=times, session_id=session_id)

    def stall_recogniser(
        self, *, session_id: str | None = None, seconds: float | None = None, times: int | None = None
    ) -> Fault:
        """Let the recogniser take no audio until called off, or keep each chunk waiting for `seconds`."""
        return self._order("recogniser.feed", effect="stall", session_id=session_id, seconds=seconds, times=times)

    def stall_opening(
        self, *, session_id: str | None = None, seconds: float | None = None, times: int | None = None
    ) -> Fault:
        """Let recogniser streams take `seconds` longer to open, or not open until called off."""
        return self._order("recogniser.open", effect="stall", session_id=session_id, seconds=seconds, times=times)

    def refuse_handovers(self, times: int | None = None, *, session_id: str | None = None) -> Fault:
        """Let the translation pipeline turn the next `times` invocations away."""
        return self._order("handover", times=times, session_id=session_id)

    def stall_handovers(
        self, *, session_id: str | None = None, seconds: float | None = None, times: int | None = None
    ) -> Fault:
        """Let the translation pipeline acknowledge late, or not until called off."""
        return self._order("handover", effect="stall", session_id=session_id, seconds=seconds, times=times)

    def fail_translator(
        self, language: str | None = None, *, times: int | None = None, code: str = "ServiceUnavailable"
    ) -> Fault:
        """Let translations (into one language) fail."""
        return self._order("translator", language=language, times=times, code=code)

    def stall_translator(
        self, language: str | None = None, *, seconds: float | None = None, times: int | None = None
    ) -> Fault:
        """Let translations (into one language) take `seconds` longer, or wait until called off."""
        return self._order("translator", effect="stall", language=language, seconds=seconds, times=times)

    def fail_synthesiser(
        self, language: str | None = None, *, times: int | None = None, code: str = "ServiceUnavailable"
    ) -> Fault:
        """Let speech synthesis (in one language) fail."""
        return self._order("synthesiser", language=language, times=times, code=code)

    def stall_synthesiser(
        self, language: str | None = None, *, seconds: float | None = None, times: int | None = None
    ) -> Fault:
        """Let speech synthesis (in one language) take `seconds` longer, or wait until called off."""
        return self._order("synthesiser", effect="stall", language=language, seconds=seconds, times=times)

    # ---- faults of the assistant's backends: `llama`, `openai`, `huggingface`, or whichever is asked

    def fail_backend(
        self, backend: str | None = None, *, session_id: str | None = None, times: int | None = None
    ) -> Fault:
        """Let a backend be down, so that the next one is asked."""
        return self._order("assistant", backend=backend, session_id=session_id, times=times)

    def crash_backend(
        self, backend: str | None = None, *, session_id: str | None = None, times: int | None = None
    ) -> Fault:
        """Let a backend raise an exception that nobody expects."""
        return self._order("assistant", effect="crash", backend=backend, session_id=session_id, times=times)

    def stall_backend(
        self,
        backend: str | None = None,
        *,
        seconds: float | None = None,
        session_id: str | None = None,
        times: int | None = None,
    ) -> Fault:
        """Let a backend answer `seconds` later, or not until called off."""
        return self._order(
            "assistant", effect="stall", backend=backend, seconds=seconds, session_id=session_id, times=times
        )

    def answer_with(
        self, text: str, backend: str | None = None, *, session_id: str | None = None, times: int | None = None
    ) -> Fault:
        """Let a backend answer `text`, which may be blank or long, to whatever it is asked."""
        return self._order("assistant", effect="answer", text=text, backend=backend, session_id=session_id, times=times)

    # ---- faults of what the service stands on

    def fail_store(
        self,
        times: int | None = None,
        *,
        code: str = "InternalServerError",
        operations: Sequence[str] = (),
        table: str | None = None,
        session_id: str | None = None,
    ) -> Fault:
        """Let the next `times` calls of the store fail with one of DynamoDB's errors.

        `operations` as DynamoDB names them (`PutItem`), `table` as the sheet does (`Sessions`); a session stands for
        its connections too. A service may read what several sessions ask for in one call, so others use it only where
        reading (BatchGetItem) is not concerned: Unusable otherwise.
        """
        if table in READ_TOGETHER and (not operations or READING in operations):
            self._insist_on_being_alone(f"a fault of reading {table} may reach those whose records are read together")
        return self._order(
            "store",
            times=times,
            code=code,
            operations=list(operations) or None,
            table=table,
            session_id=session_id,
        )

    def lose_store(self, times: int | None = None, *, session_id: str | None = None) -> Fault:
        """Let the store be out of reach."""
        return self.fail_store(times, code="Unreachable", session_id=session_id)

    def lose_sign_in(self, times: int | None = None) -> Fault:
        """Let the sign-in service be out of reach."""
        return self._order("sign-in", times=times)

    def stall_handler(
        self,
        action: str | None = None,
        *,
        seconds: float | None = None,
        times: int | None = 1,
        session_id: str | None = None,
        connection_id: str | None = None,
    ) -> Fault:
        """Let the handler of the next `times` such messages hang, for `seconds` or until called off.

        `action` is what the message is named by: `pauseBroadcast`, or in a conversation `segment_end`.
        """
        return self._order(
            "handler",
            effect="stall",
            action=action,
            seconds=seconds,
            times=times,
            session_id=session_id,
            connection_id=connection_id,
        )

    def crash_handler(
        self,
        action: str | None = None,
        *,
        times: int | None = 1,
        session_id: str | None = None,
        connection_id: str | None = None,
    ) -> Fault:
        """Let the handler of the next `times` such messages meet an exception that nobody expects."""
        return self._order(
            "handler",
            effect="crash",
            action=action,
            times=times,
            session_id=session_id,
            connection_id=connection_id,
        )

    def break_connection(
        self, connection_id: str | None = None, times: int | None = 1, *, session_id: str | None = None
    ) -> Fault:
        """Let a connection itself fail with its next message, outside of all that answers messages."""
        return self._order(
            "connection", effect="crash", connection_id=connection_id, session_id=session_id, times=times
        )

    def close_connections(self, session_id: str, *, code: int = 1011) -> Fault:
        """Close the open sockets of a session now; 1006 cuts them off without a word.

        `times_struck` says how many that were.
        """
        return self._order("connection", effect="close", session_id=session_id, close_code=code)

    def refuse_connections(self, times: int | None = None, *, address: str | None = None) -> Fault:
        """Let the next `times` attempts to connect a conversation (from that client address) be refused with 503."""
        return self._order("connect", times=times, address=address)

    def fail_delivery(self, connection_id: str, times: int | None = None) -> Fault:
        """Let the next `times` attempts to send to a connection fail, as when it is throttled."""
        return self._order("delivery", connection_id=connection_id, times=times)

    def find_dead(self, connection_id: str) -> Fault:
        """Let whatever is sent to a connection find that it is gone."""
        return self._order("delivery", effect="dead", connection_id=connection_id)

    def ordered(self) -> list[Fault]:
        """Return the faults that were ordered here and not called off, with how often each has struck by now."""
        return [self.fault(fault_id) for fault_id in self._ordered]

    def fault(self, fault_id: str) -> Fault:
        """Return how often a fault has struck by now."""
        return _fault(self._ask("GET", f"/faults/{quote(fault_id)}"))

    def faults(self, session_id: str | None = None) -> list[Fault]:
        """Return every fault that is in place, or those of one session."""
        return [_fault(one) for one in self._ask("GET", "/faults", session_id=session_id)]

    def call_off(self, fault: Fault) -> None:
        """Remove a fault; whoever it stalls goes on."""
        self._ordered.pop(fault.id, None)
        self._ask("DELETE", f"/faults/{quote(fault.id)}")

    def call_off_ours(self) -> None:
        """Remove every fault that was ordered here; others may test the same service at the same time."""
        for fault in list(self._ordered.values()):
            self.call_off(fault)

    def call_off_all(self, session_id: str | None = None) -> int:
        """Remove every fault, or those of one session; return how many there were."""
        return int(self._ask("DELETE", "/faults", session_id=session_id)["removed"])

    # ---- the recogniser's double

    def script(self, session_id: str) -> None:
        """Let the double hear a session, which must not have sent audio yet; it says only what it is told to."""
        self._ask("PUT", f"/sessions/{quote(session_id)}/script")

    def emit(
        self,
        session_id: str,
        text: str,
        *,
        final: bool = True,
        stability: float | None = 1.0,
        utterance_id: str = "scripted",
        start_ms: int = 0,
        end_ms: int = 0,
        within_s: float = 3.0,
    ) -> None:
        """Let the double understand `text` now; it waits for the session's stream to open, at most `within_s`.

        The position in the audio is the present one where `end_ms` is 0.
        """
        self._ask(
            "POST",
            f"/sessions/{quote(session_id)}/transcripts",
            {
                "text": text,
                "final": final,
                "stability": stability,
                "utterance_id": utterance_id,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "within_s": within_s,
            },
        )

    def understand(self, text: str, *, every_chunks: int) -> None:
        """Let the double understand `text` with every so many chunks of each scripted stream; 0 ends it."""
        self._ask("PUT", "/understanding", {"text": text, "every_chunks": every_chunks})

    def understand_segments(self, session_id: str, *texts: str, speaker: str | None = None) -> None:
        """Let the double understand the next segments of a conversation as `texts`, one each; "" is nothing.

        Any audio but none will do for them. The segments after those are heard by the engine again.
        """
        segments = [{"text": text, "speaker": speaker} for text in texts]
        self._ask("POST", f"/sessions/{quote(session_id)}/segments", {"segments": segments})

    # ---- the assistant of a conversation

    def configure_assistant(
        self,
        session_id: str,
        choice: str,
        *,
        openai_key: str | None = None,
        huggingface: bool = False,
        timeout_s: float | None = None,
    ) -> None:
        """Let a conversation have an assistant that is configured so, whatever the service's own settings."""
        self._ask(
            "PUT",
            f"/sessions/{quote(session_id)}/assistant",
            {"choice": choice, "openai_key": openai_key or "", "huggingface": huggingface, "timeout_s": timeout_s},
        )

    def assistant_calls(self, session_id: str) -> list[AssistantCall]:
        """Return what backends were asked in a conversation, first asked first."""
        answer = self._ask("GET", f"/sessions/{quote(session_id)}/assistant")
        return [AssistantCall(**call) for call in answer["calls"]]

    def content_checks(self, session_id: str) -> list[ContentCheck]:
        """Return what was held against the content rules in a conversation, first asked first."""
        answer = self._ask("GET", f"/sessions/{quote(session_id)}/assistant")
        return [ContentCheck(**check) for check in answer["checks"]]

    # ---- observations

    def streams(self, session_id: str) -> list[Stream]:
        """Return the recogniser streams that were asked for in a session, first asked first."""
        return [_stream(one) for one in self._ask("GET", f"/sessions/{quote(session_id)}/streams")]

    def audio(self, session_id: str, number: int = -1) -> bytes:
        """Return the PCM that a session's stream was fed; -1 is the last stream."""
        if number < 0:
            number += len(self.streams(session_id))
        answer = self._ask("GET", f"/sessions/{quote(session_id)}/streams/{number}/audio")
        return base64.b64decode(answer["pcm"])

    def handovers(self, session_id: str) -> list[Handover]:
        """Return what transcription handed over to translation in a session, first handed over first."""
        return [_handover(one) for one in self._ask("GET", f"/sessions/{quote(session_id)}/handovers")]

    def translations(
        self, *, text: str | None = None, language: str | None = None, since_s: float = 0
    ) -> list[Translation]:
        """Return the calls of the translator, of all sessions, first asked first."""
        answer = self._ask("GET", "/translations", text=text, language=language, since_s=since_s)
        return [Translation(**{**one, "failure": _failure(one["failure"])}) for one in answer]

    def syntheses(self, *, text: str | None = None, language: str | None = None, since_s: float = 0) -> list[Synthesis]:
        """Return the calls of the synthesiser, of all sessions, first asked first."""
        answer = self._ask("GET", "/syntheses", text=text, language=language, since_s=since_s)
        return [Synthesis(**{**one, "failure": _failure(one["failure"])}) for one in answer]

    def settings(self) -> dict[str, Any]:
        """Return the settings in force, by their sheet names."""
        return dict(self._ask("GET", "/settings"))

    def census(self) -> Census:
        """Return what the service holds now: for finding what is left behind."""
        return Census(**self._ask("GET", "/census"))

    # ---- asking

    def _order(self, at: str, **members: object) -> Fault:
        given = {name: value for name, value in members.items() if value is not None}
        if given.keys().isdisjoint(SOMEBODY):
            self._insist_on_being_alone(f"a fault at {at} would reach everybody who uses this service")
        fault = _fault(self._ask("POST", "/faults", {"at": at, **given}))
        self._ordered[fault.id] = fault
        return fault

    def _insist_on_being_alone(self, reason: str) -> None:
        if self._is_shared:
            raise Unusable(
                f"{reason}; let the scenario begin with “Given a service that nobody else uses” and tag it "
                "@needs-settings"
            )

    def _ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        target = f"{path}?{urlencode(given)}" if given else path
        content = None if body is None else json.dumps(body)
        try:
            status, answer = self._exchange(method, target, content)
        except (OSError, http.client.HTTPException) as failure:
            self._connection.close()
            raise Unusable(
                f"the control plane at {self.url} did not answer {method} {target}: expected an answer within "
                f"{ANSWER_WITHIN_S:g} s, got {failure or type(failure).__name__}; is the service still running?"
            ) from None
        if status >= 400:
            raise Unusable(
                f"the control plane at {self.url} refused {method} {target}: expected 2xx, "
                f"got {status} with {_complaint(answer)}"
            )
        return json.loads(answer) if answer else None

    def _exchange(self, method: str, target: str, content: str | None) -> tuple[int, bytes]:
        is_new = self._connection.sock is None
        try:
            return self._send(method, target, content)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # A connection that was kept open may have been closed meanwhile; what was sent on it was not read.
            self._connection.close()
            if is_new:
                raise
            return self._send(method, target, content)

    def _send(self, method: str, target: str, content: str | None) -> tuple[int, bytes]:
        headers = {} if content is None else {"Content-Type": "application/json"}
        self._connection.request(method, target, body=content, headers=headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def _complaint(answer: bytes) -> str:
    try:
        detail = json.loads(answer)["detail"]
    except (ValueError, KeyError, TypeError):
        return repr(answer[:200])
    if isinstance(detail, list):  # FastAPI's list of members that are wrong
        return "; ".join(str(one.get("msg", one)) for one in detail)
    return str(detail)


def _fault(answer: Mapping[str, Any]) -> Fault:
    return Fault(answer["id"], answer["times_struck"], answer["times_left"])


def _failure(answer: Mapping[str, Any] | None) -> Failure | None:
    return None if answer is None else Failure(**answer)


def _stream(answer: Mapping[str, Any]) -> Stream:
    return Stream(
        **{
            **answer,
            "options": StreamOptions(**answer["options"]),
            "chunks": [Chunk(**chunk) for chunk in answer["chunks"]],
            "transcripts": [Transcript(**transcript) for transcript in answer["transcripts"]],
            "failure": _failure(answer["failure"]),
        }
    )


def _handover(answer: Mapping[str, Any]) -> Handover:
    return Handover(**{**answer, "attempts": [HandoverAttempt(**attempt) for attempt in answer["attempts"]]})
