"""`python -m earshot serve`: the embedded stack for curious people, with everything one needs to talk to it."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from earshot.targets.embedded import EmbeddedTarget
from earshot.targets.logs import LEVELS, Entry, Log
from earshot.targets.service import Service

SYSTEM = "broadcast"
CONVERSATION = "conversation"
TOKEN_LIFE_S = 12 * 3600.0
LOOK_EVERY_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--log-level", choices=LEVELS, default="INFO", help="least level of the log that is shown; default %(default)s"
    )


def run(arguments: argparse.Namespace) -> int:
    """Start the stack, say how to reach it, and show its log until Ctrl-C or SIGTERM."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    target = EmbeddedTarget()
    try:
        service = target.service({})
        print(welcome(service), flush=True)
        assert service.log is not None
        for entry in follow(Log(service.log), arguments.log_level, stopped):
            print(readable(entry), flush=True)
    finally:
        target.close()
    print("Stopped.")
    return 0


def welcome(service: Service) -> str:
    """Return addresses, a token for a speaker, and what to send first."""
    url = service.endpoint(SYSTEM, "speaker")
    token = service.tokens.issue("curious-speaker", life_s=TOKEN_LIFE_S)
    speaker = urlencode({"action": "createSession", "sourceLanguage": "en", "token": token})
    listener = urlencode({"action": "joinSession", "sessionId": "SESSION", "targetLanguage": "es"}, safe="")
    return f"""\
The embedded reference is running; Ctrl-C ends it. Any WebSocket client will do.

Broadcast            {url}

As a speaker, connect to (the sign-in lasts {TOKEN_LIFE_S / 3600:.0f} hours):
  {url}?{speaker}
The first message names the session. Then send, for example:
  {{"action": "heartbeat"}}      {{"action": "getSessionStatus"}}      {{"action": "pauseBroadcast"}}
or speech as binary messages: raw 16 kHz mono 16-bit samples, 100 ms (3200 bytes) each.

As a listener, nobody signs in; put the name of the session for SESSION:
  {url}?{listener}

Conversation         {service.http_url(CONVERSATION)}

Connect to {service.endpoint(CONVERSATION, "user")}, without signing in, and send for example:
  {{"type": "session", "session_id": "curious"}}
then speech as binary messages, a WAV file cut anywhere or raw samples as above, and to have it answered:
  {{"type": "segment_end"}}
How it is, and what was said:
  {service.http_url(CONVERSATION)}/health
  {service.http_url(CONVERSATION)}/api/conversations/curious

Control plane        {service.control.url if service.control else "none"}
Log                  {service.log}
"""


def follow(log: Log, level: str, stopped: threading.Event) -> Iterator[Entry]:
    """Yield the entries of at least this level as they are written, until `stopped` is set."""
    position = 0
    while not stopped.wait(LOOK_EVERY_S):
        position_now = log.position()
        if position_now > position:
            entries = log.entries(position)
            position += sum(len(entry.raw.encode()) + 1 for entry in entries)
            yield from (entry for entry in entries if LEVELS.index(entry.level) >= LEVELS.index(level))


def readable(entry: Entry) -> str:
    """Return one line of the log for people: local time, level unless ordinary, what happened, and to which session."""
    time = datetime.fromisoformat(entry.time).astimezone().strftime("%H:%M:%S.%f")[:-3]
    level = "" if entry.level == "INFO" else f"{entry.level} "
    details = "  ".join(f"{key}={value}" for key, value in entry.metadata.items() if key != "stack")
    return "  ".join(part for part in (time, f"{level}{entry.message}", entry.session_id or "", details) if part)
