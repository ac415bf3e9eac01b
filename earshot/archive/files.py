"""What lies in the files of the archive, and what somebody did to them behind its back."""

from __future__ import annotations

from hamcrest import assert_that, equal_to, not_none

from earshot.archive.recording import Recording
from earshot.archive.system import Archive
from earshot.targets.files import Files

BUCKET = "archive-files"
STRAY = "media/belongs-to-nothing"


def files(archive: Archive) -> Files:
    granted = archive.stage.service.files
    assert_that(granted, not_none(), "the files of the archive, which only a scenario tagged @needs-files may see")
    assert granted is not None
    return granted


def lose_captions(archive: Archive, recording: Recording) -> None:
    for key in files(archive).keys(BUCKET, "captions/"):
        if recording.transcription_id in key:
            files(archive).delete(BUCKET, key)


def leave_one(archive: Archive) -> None:
    files(archive).put(BUCKET, STRAY, b"nobody's")


def that_one_is_gone(archive: Archive) -> None:
    assert_that(STRAY in files(archive).keys(BUCKET), equal_to(False), "whether the file is still there")
