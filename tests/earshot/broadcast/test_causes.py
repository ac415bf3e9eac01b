"""What a broadcast's messages can come of: the table, held against stories."""

from __future__ import annotations

import time

import pytest

from earshot.agreement import CONTRACT
from earshot.broadcast.causes import CAUSES
from earshot.causality import Causality
from earshot.ledger import Kind, Ledger, Observation
from earshot.wire.contract import Contract

SESSION, OTHER = "gentle-harbor-318", "kind-river-204"
CONTRACT_OF_BROADCASTS = Contract.load(CONTRACT / "broadcast.asyncapi.yaml")


class Story:
    """Ana broadcasts, Lena and Amina listen; Marco broadcasts elsewhere, and Omar listens there."""

    def __init__(self, **wishes: object) -> None:
        self.ledger = Ledger()
        self.causality = Causality(self.ledger, {"broadcast": CAUSES}, {"broadcast": CONTRACT_OF_BROADCASTS})
        self._begins("Ana", SESSION, **wishes)
        self._begins("Marco", OTHER)
        for name, session, language in (("Lena", SESSION, "es"), ("Amina", SESSION, "fr"), ("Omar", OTHER, "es")):
            self._joins(name, session, language)

    def sends(self, leg: str, action: str, **details: object) -> Story:
        return self._keep(Kind.SENT, leg, action=action, **details)

    def told(self, leg: str, type_: str, **details: object) -> Story:
        return self._keep(Kind.RECEIVED, leg, type=type_, **details)

    def hears(self, leg: str, *, provisionally: bool) -> Story:
        return self.told(leg, "audio", targetLanguage="es", isPartial=provisionally)

    def reports(self, *, final: bool) -> Story:
        self.causality.is_ordered("recogniser", {"effect": "report", "final": final}, SESSION)
        return self

    def follows_a_script(self) -> Story:
        self.causality.is_ordered("recogniser", {"effect": "script"}, SESSION)
        return self

    def surprises(self) -> int:
        return len(self.causality.news(at_the_end=True))

    def _begins(self, leg: str, session: str, **wishes: object) -> None:
        self.ledger.belongs(leg, "broadcast", "speaker")
        self.sends(leg, "createSession", sourceLanguage="en", **wishes).told(leg, "sessionCreated", sessionId=session)

    def _joins(self, leg: str, session: str, language: str) -> None:
        self.ledger.belongs(leg, "broadcast", "listener")
        self.sends(leg, "joinSession", sessionId=session, targetLanguage=language)
        self.told(leg, "sessionJoined", sessionId=session, targetLanguage=language)

    def _keep(self, kind: Kind, leg: str, **message: object) -> Story:
        self.ledger.keep(Observation(time.monotonic_ns(), leg, leg, kind, message=message))
        return self


def test_an_ordinary_story_has_no_surprise() -> None:
    story = Story()
    story.told("Ana", "sessionStatus", updateReason="newLanguage").told(
        "Ana", "sessionStatus", updateReason="newLanguage"
    )
    story.sends("Ana", "pauseBroadcast", estimatedPauseDuration=500)
    story.told("Lena", "broadcastPaused", estimatedPauseDuration=500).told("Amina", "broadcastPaused")
    story.told("Ana", "broadcastPaused", listenersNotified=2)
    story.sends("Ana", "setVolume", volumeLevel=0.65).told("Lena", "volumeChanged", volumeLevel=0.65)
    story.told("Ana", "volumeChanged", volumeLevel=0.65)
    story.sends("Ana", "speakerStateChange", state={"isPaused": True, "isMuted": True})
    for told in ("speakerStateChanged", "broadcastPaused", "broadcastMuted"):
        story.told("Lena", told)
    story.told("Ana", "speakerStateChanged")
    story.sends("Lena", "changeLanguage", targetLanguage="de").told("Lena", "languageChanged", targetLanguage="de")
    story.sends("Ana", "getSessionStatus").told("Ana", "sessionStatus", updateReason="requested")
    story.sends("Ana", "endSession", reason="done").told("Ana", "sessionEnded", reason="ended")
    story.told("Lena", "sessionEnded").told("Amina", "sessionEnded")
    assert story.surprises() == 0


@pytest.mark.parametrize(
    ("leg", "type_", "details"),
    [
        ("Lena", "broadcastPaused", {}),
        ("Lena", "broadcastResumed", {}),
        ("Lena", "volumeChanged", {"volumeLevel": 0.5}),
        ("Lena", "playbackPaused", {}),
        ("Lena", "languageChanged", {"targetLanguage": "es"}),
        ("Lena", "sessionJoined", {}),
        ("Lena", "sessionEnded", {}),
        ("Lena", "audio", {"isPartial": False}),
        ("Lena", "audio", {}),
        ("Lena", "systemRecovered", {}),
        ("Lena", "connectionRefreshRequired", {}),
        ("Lena", "connectionTimeout", {}),
        ("Ana", "audioReceived", {}),
        ("Ana", "broadcastPaused", {"listenersNotified": 2}),
        ("Ana", "sessionStatus", {"updateReason": "requested"}),
        ("Ana", "stateRestored", {}),
        ("Ana", "transcriptionError", {"retryable": True}),
        ("Ana", "audio_quality_warning", {"issue": "echo"}),
        ("Ana", "heartbeatAck", {}),
    ],
)
def test_what_comes_of_nothing_is_a_surprise(leg: str, type_: str, details: dict[str, object]) -> None:
    assert Story().told(leg, type_, **details).surprises() == 1


@pytest.mark.parametrize(
    ("action", "notice"),
    [
        ("pauseBroadcast", "broadcastPaused"),
        ("resumeBroadcast", "broadcastResumed"),
        ("muteBroadcast", "broadcastMuted"),
        ("unmuteBroadcast", "broadcastUnmuted"),
        ("setVolume", "volumeChanged"),
        ("speakerStateChange", "speakerStateChanged"),
    ],
)
def test_a_change_is_told_to_its_own_listeners_once(action: str, notice: str) -> None:
    assert Story().sends("Ana", action).told("Lena", notice).surprises() == 0
    assert Story().sends("Ana", action).told("Lena", notice).told("Lena", notice).surprises() == 1
    assert Story().sends("Ana", action).told("Omar", notice).surprises() == 1
    assert Story().sends("Ana", action).told("Lena", notice, sessionId=OTHER).surprises() == 1
    assert Story().sends("Lena", action).told("Amina", notice).surprises() == 1


def test_the_state_says_which_notices_follow() -> None:
    muted = Story().sends("Ana", "speakerStateChange", state={"isMuted": True})
    assert muted.told("Lena", "broadcastMuted").surprises() == 0
    assert muted.told("Lena", "broadcastPaused").surprises() == 1


def test_the_volume_is_told_as_it_was_set() -> None:
    story = Story().sends("Ana", "setVolume", volumeLevel=0.65)
    assert story.told("Lena", "volumeChanged", volumeLevel=65).surprises() == 1


def test_nobody_hears_a_language_that_they_did_not_choose() -> None:
    story = Story().sends("Ana", "sendAudio")
    assert story.hears("Lena", provisionally=False).surprises() == 0
    assert story.hears("Amina", provisionally=False).surprises() == 1


def test_what_was_understood_may_be_provisional_or_final() -> None:
    story = Story().sends("Ana", "sendAudio")
    assert story.hears("Lena", provisionally=True).hears("Lena", provisionally=False).surprises() == 0


@pytest.mark.parametrize("wish", ["false", False])
def test_without_provisional_results_none_is_heard(wish: object) -> None:
    story = Story(partialResults=wish).sends("Ana", "sendAudio")
    assert story.hears("Lena", provisionally=False).surprises() == 0
    assert story.hears("Lena", provisionally=True).surprises() == 1


@pytest.mark.parametrize("final", [True, False])
def test_what_a_script_says_is_heard_as_what_it_is(final: bool) -> None:
    story = Story().follows_a_script().sends("Ana", "sendAudio").reports(final=final)
    assert story.hears("Lena", provisionally=not final).surprises() == 0
    assert story.hears("Lena", provisionally=final).surprises() == 1


def test_speech_to_a_script_is_not_heard() -> None:
    assert Story().follows_a_script().sends("Ana", "sendAudio").hears("Lena", provisionally=False).surprises() == 1


def test_listeners_are_told_of_the_end_when_the_speaker_leaves() -> None:
    story = Story()
    story.causality.leaves("Ana")
    assert story.told("Lena", "sessionEnded").surprises() == 0
    assert story.told("Omar", "sessionEnded").surprises() == 1


def test_a_regular_status_comes_only_so_often() -> None:
    story = Story().told("Ana", "sessionStatus", updateReason="periodic")
    assert story.surprises() == 0
    assert story.told("Ana", "sessionStatus", updateReason="periodic").surprises() == 1
