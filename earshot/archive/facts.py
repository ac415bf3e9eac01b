"""What is so with a recording, its job, or a list, by what everybody is shown: each insists, given the archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from hamcrest import assert_that, contains_inanyorder, empty, equal_to, greater_than, has_entries, has_length

from earshot.archive.person import Person
from earshot.archive.recording import Recording
from earshot.archive.requests import ask
from earshot.archive.system import Archive, Judge
from earshot.matchers.presence import something
from earshot.patience import stays
from earshot.told import TEXT

MARKS = ("version", "updated_at")
OWN = ("title", "description", "duration")
"""What each writer has an own word for."""


def shown_with(**members: Any) -> Judge:
    """Insist on these members of the record."""

    def judge(archive: Archive, recording: Recording) -> None:
        assert_that(archive.shows(recording), has_entries(members), f"the record of {recording.name}")

    return judge


def is_in_state(state: str, **more: Any) -> Judge:
    """Insist on a state, by both its names (ARC-33)."""
    return shown_with(status=state, vod_state=state, **more)


def is_completed_with(other: str) -> Judge:
    """Insist on a recording that is completed, by a transcription that is there (ARC-34)."""

    def judge(archive: Archive, recording: Recording) -> None:
        whole = archive.recording(other).transcription_id
        assert_that(whole, something(), f"the transcription of {other}")
        is_in_state("completed", percent_complete=100, transcription_id=whole)(archive, recording)

    return judge


def is_whole(archive: Archive, recording: Recording) -> bool:
    """Return whether a recording is completed with a transcription that is there; AssertionError without (ARC-152)."""
    onlooker = archive.onlooker
    record = onlooker.asks(ask("looks at a recording", id=recording.id)).message
    onlooker.tries_to_ask(ask("asks for the transcription", id=recording.id))
    archive.stage.surprises.claim(onlooker.outcome)
    if record["status"] == "completed":
        assert_that(onlooker.outcome.code, equal_to(HTTPStatus.OK), f"how {recording.name} was found to be transcribed")
    return onlooker.outcome.code == HTTPStatus.OK


def stays_without_transcription(for_s: float) -> Judge:
    """Insist on a recording that is neither completed nor transcribed for so long (ARC-152)."""
    return lambda archive, recording: stays(
        lambda: is_whole(archive, recording), equal_to(False), f"whether {recording.name} is transcribed", for_s=for_s
    )


def is_transcribed(archive: Archive, recording: Recording) -> None:
    """Insist on a recording that is completed, and on the transcription that each of both names (ARC-42, ARC-60)."""
    archive.follows(recording)
    whole = archive.onlooker.asks(ask("asks for the transcription", id=recording.id)).message
    assert_that(whole, has_entries(vod_id=recording.id, status="completed"), f"the transcription of {recording.name}")
    is_in_state("completed", percent_complete=100, transcription_id=whole["id"])(archive, recording)


def is_as_large_as_its_sound(archive: Archive, recording: Recording) -> None:
    """Insist on the size of what was uploaded (ARC-175)."""
    assert recording.sound is not None, f"nobody has uploaded {recording.name} in this scenario"
    shown_with(file_size=len(recording.sound.content))(archive, recording)


def is_as_registered(archive: Archive, recording: Recording) -> None:
    """Insist on everything with which a recording was registered, and on its state where nobody has named one."""
    shown_with(**{"status": "pending", **recording.form})(archive, recording)


def is_as_it_was(archive: Archive, recording: Recording) -> None:
    """Insist on the whole record as it was told of last, and so on no new version of it (ARC-30, ARC-35, ARC-150)."""
    assert_that(archive.shows(recording), equal_to(recording.record), f"the record of {recording.name}")


def stays_as_it_was(for_s: float) -> Judge:
    """Insist on the record as it was told of last, for so long (ARC-151)."""
    return lambda archive, recording: stays(
        lambda: archive.shows(recording), equal_to(recording.record), f"the record of {recording.name}", for_s=for_s
    )


def is_as_before_but(**changed: Any) -> Judge:
    """Insist on a record as before the latest change, but for these members and a new version (ARC-11, ARC-35)."""

    def judge(archive: Archive, recording: Recording) -> None:
        before, now = recording.told[-2], archive.shows(recording)
        same = {name: value for name, value in before.items() if name not in {*changed, *MARKS}}
        assert_that(now, has_entries({**same, **changed}), f"the record of {recording.name}")
        for mark in MARKS:
            assert_that(now[mark], greater_than(before[mark]), f"the {mark} of {recording.name}")

    return judge


def is_gone(archive: Archive, recording: Recording) -> None:
    """Insist that a recording is neither found nor listed (ARC-13, ARC-159)."""
    onlooker = archive.onlooker
    onlooker.tries_to_ask(ask("looks at a recording", id=recording.id))
    archive.stage.surprises.claim(onlooker.outcome)
    assert_that(onlooker.outcome.code, equal_to(404), f"the status with which {recording.name} is not found")
    assert_that(archive.lists(recording), empty(), f"{recording.name} in the list")


def is_as_one_wanted(archive: Archive, recording: Recording) -> None:
    """Insist on all that one of the writers wanted, and not a mixture of several (ARC-156, ARC-157)."""
    record = archive.shows(recording)
    wanted = [{name: offer[name] for name in OWN if name in offer} for offer in recording.offers]
    own = {name: record[name] for name in OWN}
    assert_that([one for one in wanted if one.items() <= own.items()], something(), f"who wanted it to be {own}")


def has_a_version_for_each(archive: Archive, recording: Recording) -> None:
    """Insist that each change that was taken made a version of its own, the last of which is there (ARC-35)."""
    taken = [one["version"] for one in recording.told[1:]]
    assert_that(len(set(taken)), equal_to(len(taken)), "how many versions the changes have made that were taken")
    assert_that(archive.shows(recording)["version"], equal_to(max(taken)), f"the version of {recording.name}")


def has_one_job(archive: Archive, recording: Recording) -> None:
    """Insist on one job, whoever was answered and by the queue (ARC-45, ARC-160)."""
    assert_that({job.id for job in recording.jobs}, has_length(1), "the jobs that people were told of")
    queued = archive.onlooker.asks(ask("looks at the queue")).message["jobs"]
    mine = [each["id"] for each in queued if each["vod_id"] == recording.id]
    assert_that(mine, equal_to([recording.job.id]), f"the jobs for {recording.name} in the queue")


# ---- jobs


def fails_because(kind: str) -> Judge:
    """Insist on a job that fails for this reason, in words."""

    def judge(archive: Archive, recording: Recording) -> None:
        told = archive.follows(recording).seen[-1]
        expected: Any = has_entries(status="failed", error=has_entries(type=kind, message=TEXT))
        assert_that(told, expected, f"the job of {recording.name}")

    return judge


def ends_well(archive: Archive, recording: Recording) -> None:
    assert_that(archive.follows(recording).seen[-1], has_entries(status="completed"), f"the job of {recording.name}")


# ---- lists


def all_are_listed_once(archive: Archive) -> None:
    """Insist that what was registered has ids of its own, and that each is in the list, once."""
    ids = [each.id for each in archive.recordings.values() if each.id]
    listed = [each["id"] for each in archive.everything() if each["id"] in ids]
    assert_that(listed, contains_inanyorder(*set(ids)), "the recordings of this scenario that are listed")
    assert_that(len(ids), equal_to(len(set(ids))), "how many ids these have")


def nothing_else_is_kept(archive: Archive) -> None:
    """Insist that of all that this scenario has sent, only what was taken is there."""
    assert_that(_strange(archive), empty(), "what was kept although it was refused")


def nothing_else_comes(for_s: float) -> Callable[[Archive], None]:
    """Insist that nothing of what was refused is kept later, either."""
    return lambda archive: stays(lambda: _strange(archive), empty(), "what was kept although refused", for_s=for_s)


def _strange(archive: Archive) -> list[Mapping[str, Any]]:
    run = archive.stage.scene.run_id
    known = {each.id for each in archive.recordings.values() if each.id}
    return [each for each in archive.everything() if run in str(each) and each["id"] not in known]


def all_are_as_told(archive: Archive) -> None:
    """Insist that each recording is as whoever changed it last was told (ARC-155, ARC-158)."""
    for recording in archive.recordings.values():
        is_as_it_was(archive, recording)


def finds_the_latest_first(archive: Archive, person: Person) -> None:
    """Insist on this scenario's recordings in a list, the one registered last first (ARC-12)."""
    mine = [each.id for each in archive.recordings.values()]
    found = [each for page in person.pages for each in page["vods"] if each["id"] in mine]
    order = [each["id"] for each in found]
    assert_that(order, equal_to(mine[::-1]), f"the recordings in the order in which {person.name} finds them")
    times = [each["created_at"] for each in found]
    assert_that(all(a >= b for a, b in pairwise(times)), equal_to(True), "whether the latest come first")


def finds_only(state: str) -> Any:
    """Insist on a list of those in this state, and on all of this scenario's that are (ARC-21)."""

    def judge(archive: Archive, person: Person) -> None:
        found = [each for page in person.pages for each in page["vods"]]
        assert_that({each["status"] for each in found}, equal_to({state}), "the states that are listed")
        mine = {each.id for each in archive.recordings.values() if each.record["status"] == state}
        assert_that(mine - {each["id"] for each in found}, empty(), "recordings in this state that are not listed")

    return judge


def finds_each_on_one_page(archive: Archive, person: Person) -> None:
    """Insist that pages hold every recording, once, and as many as was asked for (ARC-21)."""
    finds_the_latest_first(archive, person)
    sizes = [len(page["vods"]) for page in person.pages]
    limits = [page["limit"] for page in person.pages]
    assert_that(sizes[:-1], equal_to(limits[:-1]), "how much is on each page but the last")
    assert_that({page["total"] for page in person.pages}, equal_to({sum(sizes)}), "the totals beside all pages")
    begins = [page["offset"] for page in person.pages]
    assert_that(begins, equal_to([*range(0, sum(sizes), limits[0])]), "where the pages begin")
