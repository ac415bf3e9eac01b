"""Every metric of sheet 8.3: its namespace, its unit, its dimensions.

Where the sheet gives no unit, the one that CloudWatch has for the thing is used; decibels have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

AUDIO = "AudioTranscription/WebSocket"
SOCKETS = "SessionManagement/WebSocket"
SESSIONS = "SessionManagement"
PIPELINE = "TranslationPipeline"
QUALITY = "AudioQuality"

MILLISECONDS = "Milliseconds"
COUNT = "Count"


class Kind(Enum):
    """What becomes of datapoints that fall into the same second."""

    COUNTER = "counter"
    """Events: they are added up, and the sum is what matters."""
    VALUE = "value"
    """Measurements: each is kept, so that percentiles can be asked for."""


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What is fixed about a metric."""

    namespace: str
    unit: str
    dimensions: frozenset[str]
    kind: Kind
    total: bool
    """Whether it is kept without dimensions as well: CloudWatch adds nothing up over dimensions, and an alarm wants
    the whole service."""


def _counter(namespace: str, *dimensions: str, total: bool = False) -> MetricDefinition:
    return MetricDefinition(namespace, COUNT, frozenset(dimensions), Kind.COUNTER, total)


def _value(namespace: str, unit: str, *dimensions: str, total: bool = False) -> MetricDefinition:
    return MetricDefinition(namespace, unit, frozenset(dimensions), Kind.VALUE, total)


METRICS: Mapping[str, MetricDefinition] = MappingProxyType(
    {
        "AudioChunksReceived": _counter(AUDIO, "SessionId", total=True),
        "AudioChunkSize": _value(AUDIO, "Bytes", "SessionId"),
        "AudioProcessingLatency": _value(AUDIO, MILLISECONDS, "SessionId", total=True),
        "AudioChunksDropped": _counter(AUDIO, "SessionId", "Reason"),
        "AudioBufferOverflows": _counter(AUDIO, "SessionId", total=True),
        "TranscribeStreamInitLatency": _value(AUDIO, MILLISECONDS, "SessionId", total=True),
        "TranscribeStreamErrors": _counter(AUDIO, "SessionId", "ErrorType"),
        "TranscribeErrors": _counter(AUDIO, "ErrorCode", total=True),
        "TranscriptionForwardingLatency": _value(AUDIO, MILLISECONDS, "SessionId"),
        "RateLimitViolations": _counter(AUDIO, "SessionId", "MessageType", total=True),
        "ConnectionsClosedForRateLimit": _counter(AUDIO, "SessionId", total=True),
        "ControlMessagesReceived": _counter(SOCKETS, "SessionId", "ActionType", total=True),
        "ControlMessageLatency": _value(SOCKETS, MILLISECONDS, "ActionType", total=True),
        "ListenerNotificationLatency": _value(SOCKETS, MILLISECONDS, "SessionId"),
        "ListenerNotificationFailures": _counter(SOCKETS, "SessionId", total=True),
        "StatusQueriesReceived": _counter(SOCKETS, "SessionId", total=True),
        "StatusQueryLatency": _value(SOCKETS, MILLISECONDS, "SessionId"),
        "PeriodicStatusUpdatesSent": _counter(SOCKETS),
        "BroadcastPauseDuration": _value(SOCKETS, MILLISECONDS, "SessionId"),
        "StateRestorations": _counter(SOCKETS, "SessionId"),
        "ConnectionTimeout": _counter(SOCKETS, "Role", "Reason"),
        "LambdaErrors": _counter(SOCKETS, "Handler", "ErrorType", total=True),
        "DynamoDBErrors": _counter(SOCKETS, "Operation", total=True),
        "SessionCreationLatency": _value(SESSIONS, MILLISECONDS),
        "ListenerJoinLatency": _value(SESSIONS, MILLISECONDS),
        "ActiveSessions": _value(SESSIONS, COUNT),
        "TotalListeners": _value(SESSIONS, COUNT),
        "ConnectionErrors": _counter(SESSIONS, "ErrorCode", total=True),
        "RateLimitExceeded": _counter(SESSIONS, "Operation"),
        "TranslationCacheHitRate": _value(PIPELINE, "Percent"),
        "TranslationCacheSize": _value(PIPELINE, COUNT),
        "TranslationCacheEvictions": _counter(PIPELINE),
        "BroadcastSuccessRate": _value(PIPELINE, "Percent"),
        "ProcessingDuration": _value(PIPELINE, MILLISECONDS),
        "LanguagesProcessed": _value(PIPELINE, COUNT),
        "FailedLanguagesCount": _value(PIPELINE, COUNT),
        "ListenerCount": _value(PIPELINE, COUNT),
        "SNR": _value(QUALITY, "None", "StreamId"),
        "ClippingPercentage": _value(QUALITY, "Percent", "StreamId"),
        "EchoLevel": _value(QUALITY, "None", "StreamId"),
        "SilenceDuration": _value(QUALITY, "Seconds", "StreamId"),
    }
)


def definition_of(name: str, dimensions: Mapping[str, str]) -> MetricDefinition:
    """Return what is fixed about a metric; raise ValueError unless the sheet has it, with just these dimensions."""
    definition = METRICS.get(name)
    if definition is None:
        raise ValueError(f"expected a metric of sheet 8.3, got {name!r}")
    if dimensions.keys() != definition.dimensions:
        wanted = ", ".join(sorted(definition.dimensions)) or "none"
        raise ValueError(f"{name} has the dimensions {wanted}, got {', '.join(sorted(dimensions)) or 'none'}")
    return definition
