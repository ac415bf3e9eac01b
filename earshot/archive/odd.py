"""Registrations, changes and look-ups as nobody would write them: none of them may make the archive fail."""

from __future__ import annotations

from hypothesis import strategies as st

from earshot.archive.requests import ask
from earshot.archive.system import Archive
from earshot.asking import Request
from earshot.odd import ANYTHING, TEXT

_PATHS = st.sampled_from(["/a/b.mp4", "/a/../b.mp4", "b.wav", "/a/b.mp4\0", "/%2e%2e%2f/b.mp4", "C:\\b.avi", "/議.mkv"])
_VALUES = TEXT | ANYTHING
_MEMBERS = dict.fromkeys(("title", "description", "duration", "file_size", "status", "vod_state"), _VALUES)
_MEMBERS |= dict.fromkeys(("percent_complete", "transcription_id", "version", "id", "created_at"), _VALUES)
_MEMBERS |= {"file_path": _PATHS | _VALUES}


def odd_requests(archive: Archive) -> st.SearchStrategy[Request]:
    """Return odd registrations, changes to a recording of this scenario, look-ups and lists."""
    (known,) = archive.recordings.values()
    bodies = st.fixed_dictionaries({}, optional=_MEMBERS) | ANYTHING
    numbers = st.integers(-3, 3) | st.sampled_from([10**30, "all", "1.5", ""])
    return st.one_of(
        bodies.map(lambda body: ask("registers a recording", body)),
        bodies.map(lambda body: ask("changes a recording", body, id=known.id)),
        TEXT.filter(bool).map(lambda odd: ask("looks at a recording", id=odd)),
        st.fixed_dictionaries({}, optional=dict.fromkeys(("limit", "offset", "status"), numbers)).map(
            lambda query: ask("lists the recordings", query=query)
        ),
    )
