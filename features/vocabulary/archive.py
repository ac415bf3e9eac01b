"""How words about the archive become values: recordings, what people do with them, and why they may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from earshot.archive import facts, sounds
from earshot.archive.odd import odd_requests
from earshot.archive.recording import KNOWN, STATES, Job, Recording
from earshot.archive.requests import ask, upload
from earshot.archive.sounds import Sound
from earshot.archive.system import Archive
from earshot.asking import Reason, Request
from earshot.audio.clips import SampleLibrary
from earshot.told import headed
from earshot.wire.bodies import Body
from features.vocabulary import shared
from features.vocabulary.acts import DONE_BEFORE, DONE_NOW, acts, form
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, more_phrases, one_of, parameter, phrases


class World(shared.World, Protocol):
    """What a step about the archive knows."""

    archive: Archive


Hears = Callable[[SampleLibrary], Sound]
"""Returns what a recording holds."""

SENTENCES = ("Thank you all for coming.", "Good morning, and welcome to Lisbon.")
IT = "the recording"
"""What one is called that has no name."""
PAGE = 3
FIELDS = {
    "the title": "title",
    "the description": "description",
    "the path": "file_path",
    "the length": "duration",
    "the size": "file_size",
    "the share that is done": "percent_complete",
    "the state": "status",
    "the older state": "vod_state",
    "the transcription": "transcription_id",
}
TEXTS = {
    "in a text that breaks off": b'{"title": "Counc',
    "as a list": b'[{"title": "Council", "file_path": "/a/b.mp4"}]',
    "in no text at all": b"",
    "a thousand levels deep": b'{"title":' * 1000 + b"1" + b"}" * 1000,
    "with a length that is no number of this world": b'{"title": "Council", "file_path": "/a/b.mp4", "duration": NaN}',
}
UNKNOWN = {
    "that nobody registered": "99999",
    "by an id of 10,000 characters": "9" * 10_000,
    "by a way out of the archive": "../../../etc/passwd",
    "by an id with a zero in it": "9\x009",
}
PROTECTS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
}


def _said(text: str) -> Hears:
    """Return sentences with silences between them: `"…", and 2 seconds later "…"`."""
    parts = re.findall(r'(?:(\d+(?:\.\d+)?) seconds? later )?"([^"]*)"', text)
    return lambda samples: sounds.speech(samples, [(float(pause or sounds.EDGE_S), words) for pause, words in parts])


_FIELD = one_of(FIELDS)
_MEMBER = re.compile(rf'({_FIELD}) (?:"([^"]*)"|of (\d+) characters|(-?\d+))')


def _members(text: str) -> Mapping[str, object]:
    """Return what stands in a record: `the title "Council" and the length 300`."""
    found: dict[str, object] = {}
    for words, said, length, number in _MEMBER.findall(text):
        field = FIELDS[words]
        end = "/p.mp4" if field == "file_path" else ""
        found[field] = "p" * (int(length) - len(end)) + end if length else int(number) if number else said
    return found


_ONE = rf'(?:{_FIELD}) (?:"[^"]*"|of \d+ characters|-?\d+)'
parameter("Members", rf"{_ONE}(?:(?:, | and ){_ONE})*", _members)
parameter("Sentences", r'"[^"]*"(?:, and \d+(?:\.\d+)? seconds? later "[^"]*")*', _said)
closed_list("Recording", {name: name for name in (*KNOWN, IT)})
closed_list("RecordingState", {state: state for state in STATES})
closed_list("RecordingField", FIELDS)
phrases(
    "RecordingForm",
    {
        "with {members:Members}": lambda members: members,
        "without {field:RecordingField}": lambda field: {field: None},
        "with a title that runs from right to left": {"title": "\u202eاجتماع المجلس\u202c"},
        "with a path that ends at a zero": {"file_path": "/x/video\0.mp4"},
    },
)
closed_list("OddText", TEXTS)
closed_list("UnknownRecording", UNKNOWN)
phrases(
    "Held",
    {
        "{said:Sentences}": lambda said: said,
        "{count:Number} sentences": lambda count: (
            lambda samples: sounds.speech(
                samples, [(sounds.PAUSE_S, SENTENCES[number % len(SENTENCES)]) for number in range(count)]
            )
        ),
        "{length_s:Seconds} of silence": lambda length_s: lambda _: sounds.quiet(length_s),
        "{length_s:Seconds} of a tone": lambda length_s: lambda _: sounds.hum(length_s),
        "what is no sound": lambda _: sounds.noise_of(20_000),
        "nothing at all": lambda _: sounds.noise_of(0),
        "{size:Number} KiB": lambda size: lambda _: sounds.noise_of(size << 10),
    },
)

# ---- what people do


def _register(archive: Archive, _name: str, recording: str, form: Mapping[str, object] | None = None) -> Request:
    return archive.registering(recording, archive.form(recording, **(form or {})))


def _registered(archive: Archive, name: str, recording: str, **_: object) -> None:
    archive.is_registered(recording, archive.person(name).answer.message)


def _register_one_more(archive: Archive, name: str) -> Request:
    return _register(archive, name, archive.takes_a_new_one(name))


def _registered_one_more(archive: Archive, name: str) -> None:
    _registered(archive, name, archive.taken[name])


def _change(build: Callable[..., Mapping[str, object]]) -> Callable[..., Request]:
    """Let somebody change a recording into what `build` makes of it and of what stands in the blanks."""

    def asked(archive: Archive, _name: str, recording: str, **blanks: Any) -> Request:
        known = archive.recording(recording)
        return archive.changing(known, build(known, **blanks))

    return asked


def _changed(archive: Archive, name: str, recording: str, **_: object) -> None:
    archive.recording(recording).told.append(archive.person(name).answer.message)


def _own(known: Recording) -> dict[str, object]:
    """Return a title, a description and a length that no other writer has."""
    number = next(known.numbers)
    return {"title": f"{known.form['title']}, {number}", "description": f"Words of writer {number}", "duration": number}


def _complete(archive: Archive, _name: str, recording: str, other: str) -> Request:
    known, whole = archive.recording(recording), archive.recording(other).transcription_id
    return archive.changing(known, {"status": "completed", "percent_complete": 100, "transcription_id": whole})


def _describe_the_next(archive: Archive, name: str) -> Request:
    known = archive.takes_the_next(name)
    return archive.changing(known, _own(known))


def _described_the_next(archive: Archive, name: str) -> None:
    _changed(archive, name, archive.taken[name])


def _about(asks: str, body: object = None) -> Callable[..., Request]:
    return lambda archive, _name, recording: ask(asks, body, id=archive.recording(recording).id)


def _nowhere(asks: str, body: object = None) -> Callable[..., Request]:
    return lambda *_, unknown: ask(asks, body, id=unknown)


acts(
    Archive.name,
    {
        "register|registers|registered {recording:Recording}": _register,
        "register|registers|registered {recording:Recording} {form:RecordingForm}": _register,
    },
    then=_registered,
)
acts(Archive.name, {"register|| one more recording": _register_one_more}, then=_registered_one_more)
acts(Archive.name, {"describe|| the next recording anew": _describe_the_next}, then=_described_the_next)
acts(
    Archive.name,
    {
        "mark|marks|marked {recording:Recording} as {state:RecordingState}": _change(
            lambda _, state: {"status": state}
        ),
        "give|gives|given {recording:Recording} {members:Members}": _change(lambda _, members: members),
        "|completes| {recording:Recording} with the transcription of {other:Recording}": _complete,
        "describe|| {recording:Recording} anew": _change(_own),
        "describe|| {recording:Recording} anew, as they have known it from the beginning": _change(
            lambda known: {**_own(known), "version": known.told[0]["version"]}
        ),
    },
    then=_changed,
)
acts(
    Archive.name,
    {
        "register|| a recording {form:RecordingForm}": lambda archive, _, form: ask(
            "registers a recording", archive.form(**form)
        ),
        "register|| a recording {text:OddText}": lambda *_, text: Request(
            "POST", "/api/vod/create", "registers a recording", body=Body.raw(text, "application/json")
        ),
        "look|looks| at {recording:Recording}": _about("looks at a recording"),
        "delete|deletes|deleted {recording:Recording}": _about("deletes a recording"),
        "look|| at a recording {unknown:UnknownRecording}": _nowhere("looks at a recording"),
        "rename|| a recording {unknown:UnknownRecording}": _nowhere("changes a recording", {"title": "Another"}),
        "delete|| a recording {unknown:UnknownRecording}": _nowhere("deletes a recording"),
        "look|| for what no archive offers": lambda *_: Request("GET", "/api/nowhere", "looks for something else"),
        "strike|| out the queue": lambda *_: Request("DELETE", "/api/queue", "strikes out the queue"),
        "list|| the recordings": lambda *_: ask("lists the recordings"),
        "upload|| {held:Held} for {recording:Recording}": lambda archive, _, held, recording: upload(
            archive.recording(recording).id, held(archive.stage.samples).content
        ),
    },
)


def _asked_for(archive: Archive, name: str, recording: str) -> None:
    archive.recording(recording).jobs.append(Job(str(archive.person(name).answer.message["job_id"])))


acts(
    Archive.name,
    {
        "ask|asks|asked for {recording:Recording} to be transcribed": lambda archive, _, recording: ask(
            "has a recording transcribed", {"vod_id": archive.recording(recording).id}
        )
    },
    then=_asked_for,
)


def _archives(archive: Archive, person: Any, fresh: str, held: Hears) -> None:
    request = archive.registering(fresh, archive.form(fresh))
    archive.is_registered(fresh, person.asks(request).message)
    archive.uploads(person, archive.recording(fresh), held(archive.stage.samples))


def _archives_and_transcribes(archive: Archive, person: Any, fresh: str, held: Hears) -> None:
    _archives(archive, person, fresh, held)
    archive.transcribes(person, archive.recording(fresh))


def _does(verb: Callable[..., object]) -> Callable[..., Any]:
    """Let somebody do what takes more than one request: `verb` is given the archive, the person, and the blanks."""

    def made(recording: str = "", **blanks: Any) -> shared.Attempt:
        def act(world: World, name: str) -> None:
            about = {"recording": world.archive.recording(recording)} if recording else {}
            verb(world.archive, world.archive.person(name), **about, **blanks)

        return act

    return made


DEEDS: Mapping[str, Callable[..., object]] = {
    "|uploads|uploaded {held:Held} for {recording:Recording}": lambda archive, person, recording, held: archive.uploads(
        person, recording, held(archive.stage.samples)
    ),
    "|uploads|uploaded half of {held:Held} for {recording:Recording}": lambda archive, person, recording, held: (
        archive.begins_to_upload(person, recording, held(archive.stage.samples))
    ),
    "|has|had {recording:Recording} transcribed": Archive.transcribes,
    "||archived {fresh:Recording}, which holds {held:Held}": _archives,
    "||archived and transcribed {fresh:Recording}, which holds {held:Held}": _archives_and_transcribes,
    "||registered {count:Number} recordings": Archive.registers_some,
    "|lists| the recordings": Archive.pages_through,
    "|lists| the recordings that are {status:RecordingState}": Archive.pages_through,
    "|looks| through all recordings, 3 on a page": partial(Archive.pages_through, limit=PAGE),
    "|tries| {times:Times} to register and change what nobody would write": lambda archive, person, times: (
        archive.tries_odd(person, odd_requests(archive), times)
    ),
}
for number, kind in ((DONE_NOW, "Deed"), (DONE_BEFORE, "Done")):
    more_phrases(kind, form(number, DEEDS, _does))

# ---- what is so

FACTS: Mapping[str, object] = {
    "is {state:RecordingState}": facts.is_in_state,
    "is {state:RecordingState}, and otherwise as before": lambda state: facts.is_as_before_but(
        status=state, vod_state=state
    ),
    "has {members:Members}": lambda members: facts.shown_with(**members),
    "is completed with the transcription of {other:Recording}": lambda other: facts.is_completed_with(other),
    "is completed and transcribed": facts.is_transcribed,
    "is neither completed nor transcribed for {for_s:Seconds}": lambda for_s: facts.stays_without_transcription(for_s),
    "is as large as its sound": facts.is_as_large_as_its_sound,
    "is as it was registered": facts.is_as_registered,
    "is as it was": facts.is_as_it_was,
    "is as it was for {for_s:Seconds}": lambda for_s: facts.stays_as_it_was(for_s),
    "is as one of them wanted it": facts.is_as_one_wanted,
    "has a version for each change": facts.has_a_version_for_each,
    "is gone": facts.is_gone,
    "has one job": facts.has_one_job,
}
more_phrases("RecordingFact", FACTS)
more_phrases(
    "JobFact",
    {
        "ends well": facts.ends_well,
        "fails because there is no sound": facts.fails_because("FileNotFoundError"),
        "fails because the files may not be read": facts.fails_because("FilePermissionError"),
        "fails because the files are full": facts.fails_because("StorageError"),
    },
)
more_phrases(
    "Shelf",
    {
        "each recording is listed, once": facts.all_are_listed_once,
        "each recording is as it was changed last": facts.all_are_as_told,
        "nothing else is kept": facts.nothing_else_is_kept,
        "nothing else is kept for {for_s:Seconds}": lambda for_s: facts.nothing_else_comes(for_s),
    },
)
more_phrases(
    "InList",
    {
        "them, the latest first": facts.finds_the_latest_first,
        "each of them on one page": facts.finds_each_on_one_page,
        "those that are {state:RecordingState}, and no others": facts.finds_only,
    },
)
more_phrases("Lesson", {"what browsers must not do": headed("all that protects browsers", PROTECTS)})


def no(status: int, kind: str, *words: str) -> Reason:
    """Return why somebody is refused: the status, the type of the error, and words that stand in it, too."""
    return Reason({status}, says=[kind, *words])


INVALID = ("ValidationError", "VALIDATION_ERROR")
shared.refusals(
    Archive.name,
    {
        "there is no such recording": no(404, "NotFoundError", "NOT_FOUND"),
        "there is no such thing": no(404, "NotFoundError", "NOT_FOUND"),
        "that is not to be done with it": no(405, "MethodNotAllowedError", "METHOD_NOT_ALLOWED"),
        "the request makes no sense": no(400, *INVALID),
        "it cannot become that": no(409, "ConflictError", "CONFLICT"),
        "somebody else has changed it": no(409, "ConflictError", "CONFLICT"),
        "it is too long for a title": Reason({400, 413}),
        "it is too large": no(413, "FileSizeError", "FILE_ERROR"),
        "the records cannot be reached": no(503, "DatabaseError", "DATABASE_ERROR"),
        **{
            f"{words} is missing or makes no sense": no(400, *INVALID, f'"field": "{name}"')
            for words, name in FIELDS.items()
        },
    },
)
shared.settings({"takes uploads of 64 KiB at most": {"ARCHIVE_UPLOAD_MAX_BYTES": "65536"}})
_UNKEPT = fault("store", table="ArchiveTranscriptions", operations=["PutItem", "TransactWriteItems"])
faults(
    {
        "the records of the archive cannot be reached": fault("store", table="ArchiveVods"),
        "no transcription can be kept": _UNKEPT,
        "no transcription can be kept {times:Times}": _UNKEPT,
    }
)
