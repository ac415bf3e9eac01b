"""The alarms of the broadcast (REQ-21.5, BRO-8.2.1 to BRO-8.2.3)."""

from __future__ import annotations

from reference.monitoring.alarms import MINUTE_S, AlarmDefinition, Measure, Share

ALARMS = (
    AlarmDefinition(
        "audio-latency",
        "critical",
        Measure("AudioProcessingLatency", "p95"),
        above=100,
        periods=5,
        says="95 % of audio chunks reach the recogniser in more than 100 ms, for 5 minutes",
    ),
    AlarmDefinition(
        "recogniser-errors",
        "critical",
        Share(
            Measure("TranscribeErrors", "Sum"),
            (Measure("TranscribeErrors", "Sum"), Measure("TranscribeStreamInitLatency", "SampleCount")),
        ),
        above=5,
        periods=5,
        says="more than 5 % of what was asked of the recogniser fails, for 5 minutes",
    ),
    AlarmDefinition(
        "handler-errors",
        "critical",
        Share(
            Measure("LambdaErrors", "Sum"),
            (
                Measure("AudioChunksReceived", "Sum"),
                Measure("ControlMessagesReceived", "Sum"),
                Measure("StatusQueriesReceived", "Sum"),
            ),
        ),
        above=1,
        periods=5,
        says="more than 1 % of all messages end in a handler error, for 5 minutes",
    ),
    AlarmDefinition(
        "store-throttling",
        "critical",
        Measure("DynamoDBErrors", "Sum"),
        above=10,
        says="the store throttles or fails more than 10 times a minute",
    ),
    AlarmDefinition(
        "audio-latency",
        "warning",
        Measure("AudioProcessingLatency", "p95"),
        above=75,
        periods=10,
        says="95 % of audio chunks reach the recogniser in more than 75 ms, for 10 minutes",
    ),
    AlarmDefinition(
        "control-latency",
        "warning",
        Measure("ControlMessageLatency", "p95"),
        above=150,
        periods=10,
        says="95 % of controls are acknowledged in more than 150 ms, for 10 minutes",
    ),
    AlarmDefinition(
        "rate-violations",
        "warning",
        Measure("RateLimitViolations", "Sum"),
        above=100,
        says="more than 100 messages a minute are over a rate limit",
    ),
    AlarmDefinition(
        "buffer-overflows",
        "warning",
        Measure("AudioBufferOverflows", "Sum"),
        above=10,
        says="audio buffers overflow more than 10 times a minute",
    ),
    AlarmDefinition(
        "stream-start",
        "other",
        Measure("TranscribeStreamInitLatency", "p95"),
        above=2000,
        says="recogniser streams take more than 2 s to open",
    ),
    AlarmDefinition(
        "notification-failures",
        "other",
        Measure("ListenerNotificationFailures", "Sum"),
        above=50,
        period_s=5 * MINUTE_S,
        says="more than 50 notices to listeners were not delivered in 5 minutes",
    ),
    AlarmDefinition(
        "rate-closures",
        "other",
        Measure("ConnectionsClosedForRateLimit", "Sum"),
        above=10,
        period_s=5 * MINUTE_S,
        says="more than 10 connections were closed for their rate in 5 minutes",
    ),
    AlarmDefinition(
        "session-creation",
        "other",
        Measure("SessionCreationLatency", "p95"),
        above=2000,
        says="sessions take more than 2 s to create",
    ),
    AlarmDefinition(
        "connection-errors",
        "other",
        Measure("ConnectionErrors", "Sum"),
        above=100,
        period_s=5 * MINUTE_S,
        says="more than 100 connections failed in 5 minutes",
    ),
    AlarmDefinition(
        "active-sessions",
        "other",
        Measure("ActiveSessions", "Maximum"),
        above=90,
        says="more than 90 sessions are live, of the 100 that the service is made for",
    ),
)
