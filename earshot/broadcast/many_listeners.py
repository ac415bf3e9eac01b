"""Many people who do the same thing at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from earshot.broadcast.listener import Listener


def join_at_once(listeners: Sequence[Listener], session_id: str, language: str) -> None:
    """Let all of them join a session at the same moment; return when every one is welcomed.

    Each asks on a thread of its own; AssertionError as soon as one is known to be refused.
    """
    with ThreadPoolExecutor(len(listeners)) as pool:
        for welcomed in [pool.submit(listener.joins, session_id, language) for listener in listeners]:
            welcomed.result()


def join_in_turn(listeners: Sequence[Listener], session_id: str, language: str) -> None:
    """Let one after the other join a session."""
    for listener in listeners:
        listener.joins(session_id, language)


def leave_at_once(listeners: Sequence[Listener]) -> None:
    """Let all of them leave at the same moment; return when every connection is closed."""
    with ThreadPoolExecutor(len(listeners)) as pool:
        for gone in [pool.submit(listener.leaves) for listener in listeners]:
            gone.result()
