"""The metrics that the service of broadcasts records about itself, by their names in CloudWatch."""

from __future__ import annotations

from earshot.targets.figures import Figure

AUDIO = "AudioTranscription/WebSocket"
QUALITY = "AudioQuality"
PIPELINE = "TranslationPipeline"

AUDIO_DELAY = Figure(AUDIO, "AudioProcessingLatency", words="the delay of a piece of audio")
AUDIO_SIZE = Figure(AUDIO, "AudioChunkSize", words="the sizes of pieces of audio")
AUDIO_VIOLATIONS = Figure(
    AUDIO, "RateLimitViolations", (("MessageType", "audio"),), counts=True, words="violations of the audio rate"
)
LOST_AUDIO = Figure(AUDIO, "AudioBufferOverflows", counts=True, words="sound that had to be given up")
RECOGNITION_START = Figure(AUDIO, "TranscribeStreamInitLatency", words="the start of recognition")
PAUSE_LENGTH = Figure("SessionManagement/WebSocket", "BroadcastPauseDuration", words="the length of a pause, in ms")
