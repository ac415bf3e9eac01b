"""How words about publishing become values: shows, links, and how the broadcast service fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hamcrest import contains_inanyorder, greater_than, has_entries, has_length

from earshot.archive import station
from earshot.archive.requests import ask
from earshot.archive.station import SHOWS
from earshot.archive.system import Archive
from earshot.asking import Request, told
from earshot.told import headed
from features.vocabulary import shared
from features.vocabulary.acts import acts
from features.vocabulary.archive import no
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, more_phrases, one_of, parameter

closed_list("Show", {show: show for show in SHOWS})
parameter("StationState", one_of(("processing", "completed", "ready", "error")), str)
parameter("Recordings", "recordings?", str)
parameter("StationWord", one_of(("processing", "completed", "failed")), str)
NOBODYS = "99999"


def _of(asks: str, body: object = None) -> Callable[..., Request]:
    return lambda archive, _name, recording: ask(asks, body, tid=archive.recording(recording).transcription_id)


def _running(archive: Archive, _name: str, recording: str) -> Request:
    return ask("publishes", tid=archive.recording(recording).job.id)


def _to_show(archive: Archive, _name: str, recording: str, show: str) -> Request:
    body = {"show_id": station.show_id(archive, show)}
    return ask("links to a show", body, tid=archive.recording(recording).transcription_id)


def _suggested(archive: Archive, _name: str, limit: int, recording: str) -> Request:
    return ask("asks for suggestions", tid=archive.recording(recording).transcription_id, query={"limit": limit})


def _several(archive: Archive, _name: str, recording: str, other: str) -> Request:
    ids = [archive.recording(recording).transcription_id, archive.recording(other).transcription_id or NOBODYS]
    return ask("publishes several", {"transcription_ids": ids})


def _published(archive: Archive, _name: str, recording: str) -> None:
    archive.looks_again(archive.recording(recording))


acts(Archive.name, {"publish|publishes|published {recording:Recording}": _of("publishes")}, then=_published)
acts(
    Archive.name,
    {
        "publish|| {recording:Recording} before it is transcribed": _running,
        "publish|| what there is not": lambda *_: ask("publishes", tid=NOBODYS),
        "|publishes| {recording:Recording} together with {other:Recording}": _several,
        "publish|| {count:Number} recordings at once": lambda *_, count: ask(
            "publishes several", {"transcription_ids": [NOBODYS] * count}
        ),
        "|links|linked {recording:Recording} to the likeliest show": _of("links to the best show"),
        "link|links|linked {recording:Recording} to {show:Show}": _to_show,
        "link|| {recording:Recording} without saying to what": _of("links to a show", {}),
        "link|| {recording:Recording} to a show that there is not": _of("links to a show", {"show_id": 99999}),
        "take|takes|taken away the link of {recording:Recording}": _of("takes the link away"),
        "|looks| for {limit:Number} shows that {recording:Recording} may be of": lambda archive, _, limit, recording: (
            ask("asks for suggestions", tid=archive.recording(recording).transcription_id, query={"limit": limit})
        ),
        "look|looks| at {show:Show}": lambda archive, _, show: ask(
            "looks at a show", id=str(station.show_id(archive, show))
        ),
        "look|looks| at the first show": lambda *_: ask("looks at a show", id="1"),
        "look|| at a show that there is not": lambda *_: ask("looks at a show", id="99999"),
        "look|looks|looked at all shows": lambda *_: ask("looks at the shows"),
        "|brings|brought in the shows": lambda *_: ask("brings in the shows"),
        "|brings| in how far the broadcast service is": lambda *_: ask("brings in the states"),
        "|links| all that is not linked": lambda *_: ask("links what is not linked"),
        "ask|asks| whether the broadcast service is there": lambda *_: ask("asks whether the publisher is there"),
    },
)

more_phrases(
    "RecordingFact",
    {
        "is published with its captions": station.is_published,
        "is published once, with its captions": station.is_published_once,
        "is not published": station.is_not_published("none"),
        "could not be published, and nothing of it is there": station.is_not_published("failed"),
        "is linked to {show:Show}": station.is_linked_to,
        "is linked to nothing": station.is_linked_to_nothing,
        "fits {show:Show} with {score:Decimal}": station.scores,
        "does not fit {show:Show}": station.is_not_suggested,
    },
)
more_phrases(
    "StationFact",
    {
        "was asked for it {count:Number} times": station.was_asked,
        "was asked for nothing": station.was_asked(0),
    },
)


def _states(percent: int, state: str) -> Any:
    expected = contains_inanyorder(has_entries(status=state, percent=percent))
    return told(f"that it is {state}, to {percent} percent", vods=expected)


more_phrases(
    "Lesson",
    {
        "that it was published before": told("that it was published before", already_published=True),
        "that the broadcast service is there": told("that it is there", status="connected"),
        "that the broadcast service cannot be reached": told("that it is not there", status="connection_failed"),
        "that the broadcast service lets nobody in": told("that it refuses", status="authentication_failed"),
        "that it is linked already": told("that it is linked already", linked=True, already_linked=True),
        "that no show is likely enough": told("that none is", linked=False, suggestions=has_length(greater_than(0))),
        "of {count:Number} shows": lambda count: told(f"of {count} shows", suggestions=has_length(count)),
        "that {new:Number} shows are new and {changed:Number} changed": lambda new, changed: told(
            f"that {new} are new and {changed} changed", new_items=new, updated_items=changed
        ),
        "that it is {state:StationWord}, to {percent:Number} percent": lambda state, percent: _states(percent, state),
        "that {linked:Number} of {count:Number} were linked": lambda linked, count: told(
            f"that {linked} of {count} were", processed=linked, total_unlinked=count
        ),
        "that {good:Number} of {total:Number} were published": lambda good, total: told(
            f"that {good} of {total} were",
            summary=has_entries(total=total, successful=good, failed=total - good),
            results=has_length(total),
        ),
        "the seeded shows in order": told(
            "the shows in order", shows=has_length(greater_than(2)), count=greater_than(2), success=True
        ),
        "it from memory": headed("an answer from memory", {"x-cache": "hit"}),
        "it afresh": headed("an answer that was made now", {"x-cache": "miss"}),
        "that what went there is told with a warning": told("a warning", linked=True, warnings=has_length(1)),
    },
)

shared.refusals(
    Archive.name,
    {
        "it is not finished": no(409, "ConflictError", "CONFLICT"),
        "it is linked to another show": no(409, "ConflictError", "CONFLICT"),
        "the show to link to is missing": no(400, "ValidationError", "VALIDATION_ERROR", '"field": "show_id"'),
        "one to twenty can be published at once": no(400, "ValidationError", "VALIDATION_ERROR"),
        "the broadcast service cannot be reached": no(503, "CablecastConnectionError", "CABLECAST_ERROR"),
        "the broadcast service is too slow": no(504, "CablecastTimeoutError", "CABLECAST_ERROR"),
        "the broadcast service lets nobody in": no(502, "CablecastAuthenticationError", "CABLECAST_ERROR"),
        "the broadcast service fails": no(502, "CablecastError", "CABLECAST_ERROR"),
        "the broadcast service is left alone": no(503, "CircuitOpenError", "CABLECAST_ERROR"),
    },
)
faults(
    {
        "the broadcast service fails": fault("cablecast", "fail", status=500),
        "the broadcast service fails once": fault("cablecast", "fail", status=500, path="/shows", times=1),
        "the broadcast service lets nobody in": fault("cablecast", "fail", status=401),
        "the broadcast service answers what nobody understands": fault("cablecast", "corrupt", how="cut"),
        "the broadcast service takes {seconds:Seconds} longer": fault("cablecast", "delay"),
        "the broadcast service takes no recording": fault("cablecast", "fail", status=500, path="/vods"),
        "the broadcast service takes no news of shows": fault("cablecast", "fail", status=500, path="/shows/"),
        "the archive cannot write down what it has published": fault(
            "store", operations=["TransactWriteItems"], code="ValidationException"
        ),
        "the engine of the archive fails": fault("archive.engine"),
        "the engine of the archive takes a long time": fault("archive.engine", "stall", seconds=10),
        "the captions of the archive are gone": fault("files", operations=["GetObject"], code="NoSuchKey"),
        "the memory of the archive is away": fault("store", table="ArchiveCache"),
        "the memory of the archive takes {seconds:Seconds} longer": fault("store", "delay", table="ArchiveCache"),
    }
)
shared.settings(
    {
        "gives up on the broadcast service after 0.3 seconds": {"ARCHIVE_PUBLISHER_TIMEOUT_SECONDS": "0.3"},
        "tries the broadcast service again after 1 second": {
            "ARCHIVE_BREAKER_SECONDS": "1",
            "ARCHIVE_WATCH_SECONDS": "60",
        },
        "remembers shows for 1 second": {"ARCHIVE_CACHE_SECONDS": "1"},
    }
)
