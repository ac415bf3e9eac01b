"""The loop thread: what is handed to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from earshot.runtime import Runtime


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with closing(Runtime()) as runtime:
        yield runtime


def test_what_is_done_on_the_loop_is_done_when_the_call_returns(runtime: Runtime) -> None:
    done: list[str] = []
    runtime.loop.call_soon_threadsafe(time.sleep, 0.05)  # the loop is busy
    runtime.do(lambda: done.append("it"))
    assert done == ["it"]


def test_what_goes_wrong_there_is_told_here(runtime: Runtime) -> None:
    with pytest.raises(ZeroDivisionError):
        runtime.do(lambda: 1 / 0)
