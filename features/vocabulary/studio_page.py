"""How words in a sentence about the studio's page become values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from earshot.audio.containers import wav
from earshot.studio.browser import facts
from earshot.studio.browser.actor import Page
from earshot.studio.browser.wiring import Drawing
from earshot.studio.messages import METRICS
from earshot.studio.pipelines import Pipeline
from features.vocabulary.parameters import closed_list, doing, more_phrases, phrases

Deed = Callable[[Page], object]
SIMPLEST = Pipeline.of("noise_reduction")
NO_PIPELINE = "nothing that makes sense"
UNKNOWN = "nonesuch"


def _row(*kinds: str) -> Drawing:
    names = [f"{kind} {number}" for number, kind in enumerate(kinds)]
    return Drawing(dict(zip(names, kinds, strict=True)), list(pairwise(names)))


_WHOLE = _row("microphone_input", "noise_reduction", "speaker_output")
_SLOW = ["spectral_denoising"] * 7
DRAWINGS: Mapping[str, Drawing] = {
    "a microphone, noise reduction and a speaker": _WHOLE,
    "noise reduction and a speaker": _row("noise_reduction", "speaker_output"),
    "a microphone and noise reduction": _row("microphone_input", "noise_reduction"),
    "a microphone, noise reduction and a speaker that leads back": Drawing(
        _WHOLE.components, [*_WHOLE.links, ("speaker_output 2", "noise_reduction 1")]
    ),
    "two microphones, noise reduction and a speaker": Drawing(
        {**_WHOLE.components, "another": "microphone_input"}, [*_WHOLE.links, ("another", "noise_reduction 1")]
    ),
    "a microphone, noise reduction and a speaker, and a limiter beside them": Drawing(
        {**_WHOLE.components, "limiter": "limiter"}, _WHOLE.links
    ),
    "a microphone, noise reduction, seven spectral denoisers and a speaker": _row(
        "microphone_input", "noise_reduction", *_SLOW, "speaker_output"
    ),
    "a microphone and a speaker": _row("microphone_input", "speaker_output"),
    "a microphone, noise reduction and a file": _row("microphone_input", "noise_reduction", "file_output"),
    "a microphone, noise reduction, loudness normalisation and a file": _row(
        "microphone_input", "noise_reduction", "lufs_normalization", "file_output"
    ),
}
FINDINGS = {
    "there is no input": "error: there is no input",
    "there is no output": "error: there is no output",
    "the components form a cycle": "error: the components form a cycle",
    "there are several inputs, which may be meant": "warning: there are several inputs",
    "some components are not connected, which may be meant": "warning: some components are not connected",
    "it takes longer than 100 ms, which may be meant": "warning: it takes longer than 100 ms",
    "noise reduction could be added": "tip: add noise reduction",
    "loudness normalisation could be added": "tip: add loudness normalisation before the file",
}
"""What the page says of a drawing."""


def _told(snr: float, rms: float, **more: float) -> Deed:
    quality = {"snr": snr, "rms": rms, **more}
    return lambda page: page.state.is_told({"type": METRICS, "metrics": {"quality_metrics": quality}})


closed_list("Drawing", DRAWINGS)
closed_list("Finding", FINDINGS)
closed_list("Complexity", {words: words for words in ("simple", "moderate", "complex")})
closed_list("Component", {"a microphone": "microphone_input", "a file": "file_output", "a speaker": "speaker_output"})
phrases(
    "PageDone",
    {
        "gone live with {pipeline:Pipeline}": doing(lambda page, pipeline: page.goes_live(pipeline)),
        "stopped": lambda page: page.stops(),
        "lost the network": lambda page: page.loses_the_network(),
    },
)
phrases(
    "PageDeed",
    {
        "goes live with {pipeline:Pipeline}": doing(lambda page, pipeline: page.goes_live(pipeline)),
        "goes live with {pipeline:Pipeline} as it has drawn it": doing(
            lambda page, pipeline: page.goes_live(pipeline, drawn=True)
        ),
        "goes live where every request fails": lambda page: page.asks_in_vain(500, SIMPLEST),
        "goes live where every request is turned down": lambda page: page.asks_in_vain(422, SIMPLEST),
        "stops": lambda page: page.stops(),
        "stops twice": lambda page: (page.stops(), page.stops()),
        "goes live and stops {times:Times}, {every_ms:Milliseconds} apart": doing(
            lambda page, times, every_ms: page.starts_and_stops(SIMPLEST, times, every_s=every_ms / 1000)
        ),
        "sends {sound:StudioSound}": doing(lambda page, sound: page.plays(sound.samples, sound.words)),
        "sends {sound:StudioSound}, a piece every {every_ms:Milliseconds}": doing(
            lambda page, sound, every_ms: page.plays(sound.samples, sound.words, every_s=every_ms / 1000)
        ),
        "opens the microphone before {sound:StudioSound}": doing(
            lambda page, sound: page.opens_the_microphone(sound.samples, sound.words)
        ),
        "sets {change:Change}": doing(lambda page, change: page.sets(*change)),
        "sets a stage that the pipeline does not have": lambda page: page.sets(UNKNOWN, {"strength": 0.5}),
        "loses the network": lambda page: page.loses_the_network(),
        "has {seconds:Seconds} pass by its clock": doing(lambda page, seconds: page.lives(seconds)),
        "has {sound:StudioSound} processed by {pipeline:Pipeline}": doing(
            lambda page, sound, pipeline: page.has_processed(wav(sound.samples), pipeline)
        ),
        "has what is no sound processed by {pipeline:Pipeline}": doing(
            lambda page, pipeline: page.has_processed(b"RIFF and nothing else", pipeline)
        ),
        "has {sound:StudioSound} processed by noise reduction alone": doing(
            lambda page, sound: page.has_processed_alone(sound.samples, "noise_reduction")
        ),
        "has {sound:StudioSound} processed by a stage that nobody knows": doing(
            lambda page, sound: page.has_processed_alone(sound.samples, UNKNOWN)
        ),
        "uploads {sound:StudioSound} for {pipeline:Pipeline}": doing(
            lambda page, sound, pipeline: page.uploads(wav(sound.samples), pipeline)
        ),
        "uploads {sound:StudioSound} without a pipeline that makes sense": doing(
            lambda page, sound: page.uploads(wav(sound.samples), SIMPLEST, pipeline_config=NO_PIPELINE)
        ),
        "is told of {snr:Decibels} above the noise and a level of {level:Decibels}": doing(
            lambda page, snr, level: _told(snr, level)(page)
        ),
        "is told of {snr:Decibels} above the noise and a level of {level:Decibels}, half of it distorted": doing(
            lambda page, snr, level: _told(snr, level, thd=0.5)(page)
        ),
        "is given a drawing of {drawing:Drawing}": doing(lambda page, drawing: page.is_given(drawing)),
        "links {one:Component} to {other:Component}": doing(lambda page, one, other: page.links(one, other)),
    },
)
more_phrases(
    "PageFact",
    {
        "is live, and knows the live session": facts.is_live,
        "is not live": facts.is_not_live,
        "is not live, and has forgotten the live session": facts.has_stopped,
        "has another live session than before": facts.has_a_new_session,
        "shows no error": facts.shows_no_error,
        "shows an error, and has told of it": facts.shows_an_error,
        'shows and has told "{words:Quoted}"': facts.shows,
        "is live, shows no error, and has told that something is wrong": facts.has_told_of_it_and_goes_on,
        "has told of nothing": facts.has_told_nothing,
        "has opened no microphone, and sent nothing": facts.opened_no_microphone,
        "has the sound, and figures of it": facts.has_sound_and_figures,
        "shows that {count:Number} pieces were processed": facts.shows_pieces,
        "shows a quality of {score:Number}": facts.shows_quality,
        "is not busy any more": facts.is_not_busy,
        "has the whole file and its figures, and showed it from 0 to 100%": facts.has_the_whole_file,
        "has the sound": facts.has_the_sound,
        "has the spectrum and the loudness that were measured": facts.has_what_was_measured,
        "has asked for the file, its spectrum and its loudness, in this order": facts.asked_in_order,
        "has asked once": facts.asked_once,
        "has asked again after 1, 2 and 4 seconds, by a clock that is 100 times as fast": (
            facts.asked_again_after_1_2_and_4
        ),
        "has sent {count:Number} heartbeats, one every 30 seconds by its clock": facts.has_sent_heartbeats,
        "has sent no heartbeat": facts.has_sent_heartbeats(0),
        "says that {finding:Finding}": facts.says,
        "says nothing of it": facts.says_nothing,
        "calls it {complexity:Complexity}": facts.calls_it,
        "draws the link": facts.draws(True),
        "does not draw the link": facts.draws(False),
    },
)
"""What can be found out about the studio's page (STU-89 to STU-105, STU-120 to STU-122)."""
