"""How jobs of the archive go on: by what everybody is told of them, and as whoever watches sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hamcrest import assert_that, empty, equal_to, has_entries, has_item, has_items, is_in, less_than_or_equal_to

from earshot.archive.facts import fails_because
from earshot.archive.files import BUCKET, files
from earshot.archive.recording import Recording
from earshot.archive.requests import ask
from earshot.archive.system import Archive, Judge
from earshot.archive.viewer import CONNECTED, STATUS, UPDATES, Viewer
from earshot.ledger import Kind
from earshot.measure.delays import Delay
from earshot.patience import comes_to, stays

WITHOUT_ASKING = ("pending", "processing", "completed", "failed")
"""The states of a job that nobody has stopped or paused (ARC-40)."""
MILESTONES = (10, 90, 100)
DEAD_LETTERS = "archive-jobs-dead"
TOLD_WITHIN_S = 1.0
ENDS_WITHIN_S = 5.0
UNRUN_S = 2.0
EVERY_S = 6.0
STATES = ("pending", "processing", "paused", "completed", "failed", "cancelled")


def told(archive: Archive, recording: Recording) -> Mapping[str, Any]:
    """Return what everybody is told of the latest job of a recording."""
    return archive.onlooker.asks(ask("asks how a job is going", job_id=recording.job.id)).message


def is_in_state(state: str) -> Judge:
    def judge(archive: Archive, recording: Recording) -> None:
        what = f"the state of the job of {recording.name}"
        comes_to(lambda: told(archive, recording)["status"], equal_to(state), what, within_s=ENDS_WITHIN_S)

    return judge


def comes_to_be(state: str) -> Judge:
    """Insist on the state of a recording, when its job has come to it."""

    def judge(archive: Archive, recording: Recording) -> None:
        what = f"the state of {recording.name}"

        def now() -> str:
            return str(archive.onlooker.asks(ask("looks at a recording", id=recording.id)).message["status"])

        comes_to(now, equal_to(state), what, within_s=ENDS_WITHIN_S)

    return judge


def ends_well_after(attempts: int) -> Judge:
    """Insist on a job that is completed, at this attempt (ARC-51)."""

    def judge(archive: Archive, recording: Recording) -> None:
        seen = archive.follows(recording).seen
        assert_that(seen[-1], has_entries(status="completed", attempts=attempts), f"the job of {recording.name}")
        strange = [each["status"] for each in seen if each["status"] not in WITHOUT_ASKING]
        assert_that(strange, empty(), "states that nobody asked for")

    return judge


def fails_after(attempts: int) -> Judge:
    """Insist on a job that failed at this attempt, with growing pauses before the others (ARC-50)."""

    def judge(archive: Archive, recording: Recording) -> None:
        fails_because("TranscriptionError")(archive, recording)
        assert_that(told(archive, recording)["attempts"], equal_to(attempts), "how often it was tried")

    return judge


def is_a_dead_letter(archive: Archive, recording: Recording) -> None:
    """Insist that the message of the job has come where those go that came to nothing (ARC-50)."""
    queues = archive.stage.service.queues
    assert queues is not None, "tag the scenario @needs-queue"
    assert_that(queues.count(DEAD_LETTERS), equal_to(1), f"the dead letters, with that of {recording.name}")


def never_runs(archive: Archive, recording: Recording) -> None:
    """Insist that a job is not begun for a while (ARC-48, ARC-49)."""
    before = told(archive, recording)["status"]
    what = f"the state of the job of {recording.name}"
    stays(lambda: told(archive, recording)["status"], equal_to(before), what, for_s=UNRUN_S)


def is_done_before(other: str) -> Judge:
    """Insist that one job was begun before another (ARC-47)."""

    def judge(archive: Archive, recording: Recording) -> None:
        later = archive.recording(other)
        for each in (recording, later):
            assert_that(archive.follows(each).seen[-1]["status"], equal_to("completed"), f"the job of {each.name}")
        first, second = (told(archive, each)["started_at"] for each in (recording, later))
        assert_that(first, less_than_or_equal_to(second), f"when the job of {recording.name} was begun")

    return judge


def leaves_no_captions(archive: Archive, recording: Recording) -> None:
    keys = files(archive).keys(BUCKET, "captions/")
    assert_that([key for key in keys if recording.job.id in key], empty(), "the captions that are kept")


def recording_is_failed(archive: Archive, recording: Recording) -> None:
    """Insist on a recording that says why it could not be transcribed (ARC-43)."""
    archive.follows(recording)
    record = archive.shows(recording)
    assert_that(record["status"], equal_to("failed"), f"the state of {recording.name}")
    assert record["error"], f"{recording.name} does not say why"


def hands_in_several(archive: Archive, name: str, wanted: Sequence[str]) -> None:
    """Let somebody hand in several recordings at once, of which some may not be there."""
    known = {other: archive.recordings[other].id for other in wanted if other in archive.recordings}
    ids = [known.get(other, other) for other in wanted]
    answer = archive.person(name).asks(ask("has several recordings transcribed", {"vod_ids": ids})).message
    assert_that(answer["total_files"], equal_to(len(ids)), "how many were handed in")
    assert_that(len(answer["job_ids"]), equal_to(len(known)), "how many have a job")
    assert_that(len(answer["invalid"]), equal_to(len(ids) - len(known)), "how many are told to be wrong")
    jobs = archive.onlooker.asks(ask("looks at the queue")).message["jobs"]
    handed_in = {each["vod_id"] for each in jobs if each["id"] in answer["job_ids"]}
    assert_that(handed_in, equal_to(set(known.values())), "what the jobs are for")


# ---- as whoever watches sees it


def is_greeted(archive: Archive, name: str) -> Delay:
    """Return how long it took from the connection to the greeting, which comes first (ARC-120)."""
    viewer = archive.viewer(name)
    opened = next(o for o in archive.stage.ledger if o.who == name and o.kind is Kind.OPENED)
    first = viewer.received()[0]
    assert_that(first.type, equal_to(CONNECTED), f"what {name} was told first")
    others = [other.received(CONNECTED)[0].message["client_id"] for other in archive.viewers() if other is not viewer]
    assert_that(first.message["client_id"] in others, equal_to(False), "whether somebody else has that name")
    return Delay.between(opened, first)


def progress_of(viewer: Viewer, recording: Recording) -> list[Mapping[str, Any]]:
    return viewer.progress(recording.job.id)


def sees_all_of(archive: Archive, viewer: Viewer, recording: Recording) -> None:
    """Insist on every step of a job, in order, without gap, up to its end (ARC-41, ARC-122, ARC-126)."""
    comes_to(
        lambda: [each["status"] for each in progress_of(viewer, recording)][-1:],
        is_in((["completed"], ["failed"])),
        f"the last that {viewer.name} sees of the job",
        within_s=archive_end(archive, recording),
    )
    steps = progress_of(viewer, recording)
    numbers = [each["sequence"] for each in steps]
    assert_that(numbers, equal_to(list(range(numbers[0], numbers[0] + len(numbers)))), "how the steps are numbered")
    percents = [each["progress"] for each in steps]
    assert_that(percents, equal_to(sorted(percents)), "how far the job is, step by step")
    assert_that([0 <= each <= 100 for each in percents], equal_to([True] * len(percents)), "that they are percent")
    assert_that([bool(each["status_message"]) for each in steps], equal_to([True] * len(steps)), "words for each")
    last, now = steps[-1], told(archive, recording)
    same = {name: now[name] for name in ("status", "progress", "status_message")}
    assert_that(last, has_entries(same), "the last step, as everybody is told")
    if last["status"] == "completed":
        assert_that(percents, has_items(*MILESTONES), "how far the job was")


def archive_end(archive: Archive, recording: Recording) -> float:
    archive.follows(recording)
    return TOLD_WITHIN_S


def is_told_of_all_jobs(_archive: Archive, viewer: Viewer) -> None:
    """Insist on all jobs again within five seconds and one (ARC-121)."""
    before = len(viewer.received(UPDATES))
    what = f"how often {viewer.name} was told of all jobs since"
    comes_to(lambda: len(viewer.received(UPDATES)) - before, equal_to(1), what, within_s=EVERY_S)


def is_told_only(kind: str, count: int) -> Callable[[Archive, Viewer], None]:
    """Insist on jobs of a kind, and no others (ARC-123)."""

    def judge(archive: Archive, viewer: Viewer) -> None:
        jobs = viewer.says("filter_tasks", answered="filtered_tasks", task_type=kind).message["jobs"]
        assert_that(len(jobs), equal_to(count), f"how many jobs of this kind {viewer.name} is told of")
        everything = archive.onlooker.asks(ask("looks at the queue")).message["jobs"]
        known = {each["id"] for each in everything}
        assert_that([each["job_id"] for each in jobs if each["job_id"] not in known], empty(), "jobs nobody knows")

    return judge


def figures_add_up(archive: Archive, viewer: Viewer) -> None:
    """Insist on counts and an average that are those of the jobs (ARC-124)."""
    figures = viewer.says("request_task_analytics", answered="task_analytics").message
    jobs = archive.onlooker.asks(ask("looks at the queue")).message["jobs"]
    assert_that(figures["total_jobs"], equal_to(len(jobs)), "how many jobs there are")
    counts = {state: sum(each["status"] == state for each in jobs) for state in STATES}
    assert_that(figures["status_counts"], has_entries(counts), "how many are in which state")
    average = sum(each["progress"] for each in jobs) / len(jobs) if jobs else 0
    assert_that(abs(figures["average_progress"] - average) < 0.01, equal_to(True), "the average")


def machine_is_told(_archive: Archive, viewer: Viewer) -> None:
    system = viewer.says("request_system_metrics", answered="system_metrics").message["system"]
    for name in ("cpu_percent", "memory_percent", "disk_percent"):
        assert_that(0 <= system[name] <= 100, equal_to(True), f"whether {name} is a share")


def current_state_is_told(archive: Archive, viewer: Viewer) -> None:
    """Insist that whoever comes late learns how all jobs are (ARC-126)."""
    jobs = viewer.says("request_task_updates", answered=UPDATES).message["jobs"]
    expected = archive.onlooker.asks(ask("looks at the queue")).message["jobs"]
    states = {each["job_id"]: each["status"] for each in jobs}
    assert_that(states, equal_to({each["id"]: each["status"] for each in expected}), "the jobs and their states")


def is_told_that(place: str, state: str) -> Callable[[Archive, Viewer], None]:
    """Insist on a word about the queue or the workers, by itself (ARC-127)."""

    def judge(_archive: Archive, viewer: Viewer) -> None:
        def seen() -> list[str]:
            updates = [o.message for o in viewer.received(STATUS)]
            return [_state_of(each[place]) for each in updates]

        comes_to(seen, has_item(state), f"what {viewer.name} is told of {place}", within_s=ENDS_WITHIN_S)

    return judge


def _state_of(told: Any) -> str:
    if isinstance(told, Mapping):
        return str(told.get("status") or told.get("worker_status"))
    return str(told)


def everybody_sees(archive: Archive, recording: Recording) -> None:
    for viewer in archive.viewers():
        sees_all_of(archive, viewer, recording)


def queue_of(archive: Archive, recording: Recording) -> str:
    """Return how the queue is told to be, in which a recording has no job (ARC-53)."""
    queue = archive.onlooker.asks(ask("looks at the queue")).message
    assert_that([each for each in queue["jobs"] if each["vod_id"] == recording.id], empty(), "jobs of it")
    return str(queue["queue_status"]["status"])


def nothing_is_left(archive: Archive) -> None:
    """Insist on empty files and queues of a service that nobody else uses (ARC-205)."""
    queues = archive.stage.service.queues
    assert queues is not None, "tag the scenario @needs-queue"
    assert_that(files(archive).keys(BUCKET), empty(), "the files that are left")
    for queue in ("archive-jobs", DEAD_LETTERS):
        assert_that(queues.count(queue), equal_to(0), f"what is left in {queue}")
