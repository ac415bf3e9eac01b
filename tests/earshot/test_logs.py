"""Reading a service's log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earshot.targets.logs import Log, fingerprint


def line(level: str, message: str, **more: object) -> str:
    members = {"time": "t", "level": level, "component": "gateway", "operation": "receive", "message": message}
    return json.dumps({**members, **more}) + "\n"


@pytest.fixture
def log(tmp_path: Path) -> Log:
    path = tmp_path / "service.log"
    path.write_text(
        line("DEBUG", "one", correlationId="a", metadata={"connection": fingerprint("c1=")})
        + line("ERROR", "two", correlationId="b", metadata={"stack": "Traceback", "connections": [fingerprint("c2=")]})
        + line("INFO", "three")
    )
    return Log(path)


def said(log: Log, **wanted: str) -> list[str]:
    return [entry.message for entry in log.entries(**wanted)]


def test_entries_are_told_apart_by_all_that_is_asked(log: Log) -> None:
    assert said(log) == ["one", "two", "three"]
    assert said(log, level="INFO") == ["two", "three"]
    assert said(log, session_id="a") == said(log, connection_id="c1=") == ["one"]
    assert said(log, connection_id="c2=", session_id="b", component="gateway", operation="receive") == ["two"]
    assert said(log, connection_id="c1=", session_id="b") == []
    assert log.entries(level="ERROR")[0].stack == "Traceback"


def test_only_what_came_after_a_position_is_read_and_no_line_by_half(log: Log) -> None:
    later = Log.from_now(log._path)
    with log._path.open("a") as file:
        file.write(line("INFO", "four") + '{"time": "still being')
    assert said(later) == ["four"]
    assert later.text() == line("INFO", "four") + '{"time": "still being'


@pytest.mark.parametrize(
    "text",
    [
        b"not JSON",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        line("INFO", "x").encode("utf-16"),
        line("INFO", "x", load=float("nan")).encode(),
        line("INFO", "x", time=7).encode(),
        line("INFO", "x", metadata=["a"]).encode(),
    ],
)
def test_a_line_that_is_none_of_the_sheet_s_breaks_a_promise(log: Log, text: bytes) -> None:
    with log._path.open("ab") as file:
        file.write(text.removesuffix(b"\n") + b"\n")
    with pytest.raises(AssertionError, match="expected a log line"):
        log.entries()
