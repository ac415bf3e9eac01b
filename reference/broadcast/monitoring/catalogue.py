"""The metrics of the broadcast: of each its namespace, its unit, its dimensions (BRO-8.3).

Where the promise names no unit, the one that CloudWatch has for the thing is used; decibels have none.
"""

from __future__ import annotations

from types import MappingProxyType

from reference.monitoring.catalogue import COUNT, MILLISECONDS, Catalogue, counter, value

AUDIO = "AudioTranscription/WebSocket"
SOCKETS = "SessionManagement/WebSocket"
SESSIONS = "SessionManagement"
PIPELINE = "TranslationPipeline"
QUALITY = "AudioQuality"

METRICS: Catalogue = MappingProxyType(
    {
        "AudioChunksReceived": counter(AUDIO, "SessionId", total=True),
        "AudioChunkSize": value(AUDIO, "Bytes", "SessionId"),
        "AudioProcessingLatency": value(AUDIO, MILLISECONDS, "SessionId", total=True),
        "AudioChunksDropped": counter(AUDIO, "SessionId", "Reason"),
        "AudioBufferOverflows": counter(AUDIO, "SessionId", total=True),
        "TranscribeStreamInitLatency": value(AUDIO, MILLISECONDS, "SessionId", total=True),
        "TranscribeStreamErrors": counter(AUDIO, "SessionId", "ErrorType"),
        "TranscribeErrors": counter(AUDIO, "ErrorCode", total=True),
        "TranscriptionForwardingLatency": value(AUDIO, MILLISECONDS, "SessionId"),
        "RateLimitViolations": counter(AUDIO, "SessionId", "MessageType", total=True),
        "ConnectionsClosedForRateLimit": counter(AUDIO, "SessionId", total=True),
        "ControlMessagesReceived": counter(SOCKETS, "SessionId", "ActionType", total=True),
        "ControlMessageLatency": value(SOCKETS, MILLISECONDS, "ActionType", total=True),
        "ListenerNotificationLatency": value(SOCKETS, MILLISECONDS, "SessionId"),
        "ListenerNotificationFailures": counter(SOCKETS, "SessionId", total=True),
        "StatusQueriesReceived": counter(SOCKETS, "SessionId", total=True),
        "StatusQueryLatency": value(SOCKETS, MILLISECONDS, "SessionId"),
        "PeriodicStatusUpdatesSent": counter(SOCKETS),
        "BroadcastPauseDuration": value(SOCKETS, MILLISECONDS, "SessionId"),
        "StateRestorations": counter(SOCKETS, "SessionId"),
        "ConnectionTimeout": counter(SOCKETS, "Role", "Reason"),
        "LambdaErrors": counter(SOCKETS, "Handler", "ErrorType", total=True),
        "DynamoDBErrors": counter(SOCKETS, "Operation", total=True),
        "SessionCreationLatency": value(SESSIONS, MILLISECONDS),
        "ListenerJoinLatency": value(SESSIONS, MILLISECONDS),
        "ActiveSessions": value(SESSIONS, COUNT),
        "TotalListeners": value(SESSIONS, COUNT),
        "ConnectionErrors": counter(SESSIONS, "ErrorCode", total=True),
        "RateLimitExceeded": counter(SESSIONS, "Operation"),
        "TranslationCacheHitRate": value(PIPELINE, "Percent"),
        "TranslationCacheSize": value(PIPELINE, COUNT),
        "TranslationCacheEvictions": counter(PIPELINE),
        "BroadcastSuccessRate": value(PIPELINE, "Percent"),
        "ProcessingDuration": value(PIPELINE, MILLISECONDS),
        "LanguagesProcessed": value(PIPELINE, COUNT),
        "FailedLanguagesCount": value(PIPELINE, COUNT),
        "ListenerCount": value(PIPELINE, COUNT),
        "SNR": value(QUALITY, "None", "StreamId"),
        "ClippingPercentage": value(QUALITY, "Percent", "StreamId"),
        "EchoLevel": value(QUALITY, "None", "StreamId"),
        "SilenceDuration": value(QUALITY, "Seconds", "StreamId"),
    }
)
