"""Sends hostile frames to the reference and checks that nothing gave way.

    python bench/hostile_frames.py [--frames 100000] [--seed 1]

First an odd value in every member that a contract declares for a message, then messages at random: bent examples,
random JSON, text and bytes, sizes around every limit. Each goes to every kind of caller of both systems: strangers who
are in no session yet, and those who are in one; ways in go into the query of a handshake too. Tokens are odd as well,
though rightly signed. Each caller waits until its frames have been dealt with.

Says how many were refused, with which code. Exits 1 when an answer does not fit the contract, anybody was told of an
internal error, the service wrote down an error, did not answer or left something behind.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import secrets
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote_plus

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import jwt
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from earshot.hostile_frames import ODD_VALUES, Fields, HostileFrames, text_of
from earshot.targets.children import Child, program
from earshot.targets.control import Control
from earshot.wire.contract import Contract
from earshot.wire.leg import dial

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    "rate-limit-control-messages-per-second": 10**5,
    "rate-limit-status-queries-per-second": 10**5,
    "rate-limit-sessions-per-hour": 10**5,
    "rate-limit-listener-joins-per-min": 10**5,
    "rate-limit-connection-attempts-per-min": 10**5,
    "rate-limit-audio-chunks-per-second": 10**5,
}
"""Otherwise most frames would only meet a rate limit."""
ANSWER_WITHIN_S = 20.0
INTERNAL = "INTERNAL_ERROR"
CALLERS_OF_A_KIND = 3


class Troubles:
    """What came back, and what should not have."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.sent = 0

    def note(self, message: Mapping[str, Any], contract: Contract, roles: Iterable[str]) -> None:
        """Count a message, and hold it against the contract of whoever may get it."""
        code = message.get("code")
        self.answers[f"{message.get('type')} {code}" if code else str(message.get("type"))] += 1
        if code == INTERNAL:
            self.wrong["nobody is told of an internal error"] += 1
        violations = [contract.check_received(message, role) for role in roles]
        if None not in violations:
            self.wrong[f"every answer fits the contract: {violations[0]}"] += 1


class Caller(ABC):
    """Somebody who sends what is given to them, one frame after the other, on as many connections as that takes."""

    system: ClassVar[str]
    roles: ClassVar[tuple[str, ...]]
    at_once: ClassVar[int] = 1
    """Frames before it is waited until they have been dealt with: one, where most frames change what comes next."""

    def __init__(self, url: str, contract: Contract, troubles: Troubles) -> None:
        self._url = url
        self._contract = contract
        self._troubles = troubles
        self._socket: ClientConnection | None = None
        self._numbers = itertools.count(1)

    @abstractmethod
    async def comes(self) -> ClientConnection:
        """Return a connection on which hostile frames can be sent."""

    @abstractmethod
    def marker(self, number: int) -> tuple[Fields, Fields]:
        """Return a message, and the members of its answer: when that comes, all before has been dealt with."""

    def made_good(self, message: Fields) -> Fields:
        return message

    def is_done(self, message: Mapping[str, Any]) -> bool:  # noqa: ARG002  most stay what they are
        """Whether this caller must come anew after this message to be what it was."""
        return False

    async def send(self, frames: Sequence[str | bytes]) -> None:
        """Send frames and return when they have been dealt with."""
        if self._socket is None:
            self._socket = await self.comes()
        marker, answer = self.marker(next(self._numbers))
        try:
            for frame in frames:
                await self._socket.send(frame)
            await self._socket.send(json.dumps(marker))
            if await self._hears(self._socket, answer):
                await self.goes()
        except ConnectionClosed as closed:
            if closed.rcvd is None or closed.rcvd.code == 1011:
                self._troubles.wrong[f"nobody is cut off: {closed}"] += 1
            self._socket = None
            if len(frames) > 1:  # nobody has seen those after the one that ended it
                for frame in frames:
                    await self.send([frame])
                return
        self._troubles.sent += len(frames)

    async def goes(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def _hears(self, socket: ClientConnection, answer: Fields) -> bool:
        """Note all that comes until the marker's answer does; return whether this caller must come anew."""
        is_done = False
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while True:
                message = json.loads(await socket.recv(), parse_constant=self._complain_of)
                if _holds(message, answer):
                    return is_done
                self._troubles.note(message, self._contract, self.roles)
                is_done = is_done or self.is_done(message)

    def _complain_of(self, constant: str) -> str:
        self._troubles.wrong[f"every answer is JSON: {constant}"] += 1
        return constant


class BroadcastCaller(Caller):
    system = "broadcast"
    roles = ("speaker", "listener")
    secret = ""
    session_id = ""
    """Of a broadcast that goes on all the time."""

    def marker(self, number: int) -> tuple[Fields, Fields]:
        name = f"marker-{number}"
        return {"action": name}, {"code": "INVALID_ACTION", "details": {"action": name}}

    def made_good(self, message: Fields) -> Fields:
        """Return a way in with what is asked for: for a new user, or to the broadcast that goes on."""
        good = dict(message)
        if "token" in good:
            good["token"] = token(self.secret, sub=f"user-{secrets.token_hex(6)}")
        if "sessionId" in good:
            good["sessionId"] = self.session_id
        return good

    async def _enters(self, message: Fields) -> ClientConnection:
        socket = await dial(ClientConnection, self._url, {}, within_s=ANSWER_WITHIN_S)
        await socket.send(json.dumps(self.made_good(message)))
        answer = json.loads(await socket.recv())
        if "code" in answer:
            raise AssertionError(f"a {type(self).__name__} with a good {message['action']} was told {answer}")
        return socket


class Stranger(BroadcastCaller):
    """Is in no session; whoever gets in begins again."""

    async def comes(self) -> ClientConnection:
        return await dial(ClientConnection, self._url, {}, within_s=ANSWER_WITHIN_S)

    def is_done(self, message: Mapping[str, Any]) -> bool:
        return message.get("type") in ("sessionCreated", "sessionJoined", "connectionRefreshComplete")


class SpeakerInSession(BroadcastCaller):
    roles = ("speaker",)
    at_once = 25

    async def comes(self) -> ClientConnection:
        return await self._enters({"action": "createSession", "sourceLanguage": "en", "token": ""})


class ListenerInSession(BroadcastCaller):
    roles = ("listener",)
    at_once = 25

    async def comes(self) -> ClientConnection:
        return await self._enters({"action": "joinSession", "sessionId": "", "targetLanguage": "es"})


class AtTheDoor(BroadcastCaller):
    """Puts what is given to them into the query of a handshake."""

    async def comes(self) -> ClientConnection:
        raise NotImplementedError

    async def send(self, frames: Sequence[str | bytes]) -> None:
        for frame in frames:
            await self._asks(frame)
        self._troubles.sent += len(frames)

    async def _asks(self, frame: str | bytes) -> None:
        query = frame if isinstance(frame, str) else quote_plus(frame)
        try:
            socket = await dial(ClientConnection, f"{self._url}?{query}", {}, within_s=ANSWER_WITHIN_S)
        except InvalidStatus as refused:
            self._troubles.note(json.loads(refused.response.body or b"{}"), self._contract, self.roles)
            return
        await socket.close()
        self._troubles.answers["let in"] += 1


class User(Caller):
    """Somebody with a conversation; `names_session` first, or not."""

    system = "conversation"
    roles = ("user",)
    at_once = 25
    names_session = True

    async def comes(self) -> ClientConnection:
        socket = await dial(ClientConnection, self._url, {}, within_s=ANSWER_WITHIN_S)
        if self.names_session:
            await socket.send('{"type": "session", "session_id": "somebody"}')
        return socket

    def marker(self, number: int) -> tuple[Fields, Fields]:
        name = f"marker-{number}"
        return {"type": "session", "session_id": name}, {"type": "session_ack", "session_id": name}


class UserWithoutName(User):
    """Comes anew for each frame, since the marker names the session."""

    at_once = 1
    names_session = False

    async def send(self, frames: Sequence[str | bytes]) -> None:
        await super().send(frames)
        await self.goes()


KINDS: tuple[type[Caller], ...] = (
    Stranger,
    AtTheDoor,
    SpeakerInSession,
    ListenerInSession,
    User,
    UserWithoutName,
)


def token(secret: str, **claims: object) -> str:
    """Return a token that is rightly signed, whatever it says."""
    now = int(time.time())
    good = {
        "sub": "ana",
        "iat": now,
        "exp": now + 3600,
        "iss": "earshot",
        "aud": "earshot-broadcast",
        "token_use": "id",
    }
    parts = ('{"alg": "HS256"}', text_of(good | claims))
    body = b".".join(_base64(part.encode()) for part in parts)
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return b".".join([body, _base64(algorithm.sign(body, secret.encode()))]).decode()


def frames_for(caller: Caller, seed: int) -> Iterator[str | bytes]:
    """Yield frames without an end: those with an odd value in each member first."""
    hostile = HostileFrames(seed, caller._contract, caller.made_good)
    messages = hostile.messages()
    if isinstance(caller, Stranger | AtTheDoor):
        messages += [
            {"action": "createSession", "sourceLanguage": "en", "token": token(caller.secret, **{claim: value})}
            for claim in ("sub", "exp", "iat", "nbf", "iss", "aud", "token_use", "jti")
            for value in ODD_VALUES
        ]
    if isinstance(caller, AtTheDoor):
        yield from map(query_of, messages)
        while isinstance(caller, AtTheDoor):
            frame = hostile.frame()
            yield query_of(json.loads(frame)) if isinstance(frame, str) and _is_object(frame) else quote_plus(frame)
    yield from map(text_of, messages)
    while True:
        yield hostile.frame()


def query_of(message: Mapping[str, Any]) -> str:
    texts = {name: value if isinstance(value, str) else text_of(value) for name, value in message.items()}
    return "&".join(f"{_quoted(name)}={_quoted(text_of(value)[1:-1])}" for name, value in texts.items())


def main() -> int:
    """Run it; see the top of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        secret, log = secrets.token_urlsafe(32), Path(folder, "service.log")
        child = Child("the reference", _started(secret, log), log=Path(folder, "words"))
        try:
            troubles = asyncio.run(
                attack(child.ready(within_s=ANSWER_WITHIN_S * 6), secret, options.frames, options.seed)
            )
        finally:
            child.stop()
        lines = log.read_text().splitlines()
    for answer, times in troubles.answers.most_common():
        print(f"{times:8d}  {answer}")
    troubles.wrong.update(f"the service writes down no error: {json.loads(line)['message']}" for line in lines)
    for wrong, times in troubles.wrong.items():
        print(f"NOT SO, {times} times: {wrong}")
    for line in lines[:3]:
        print(json.loads(line).get("metadata", {}).get("stack", line))
    return 1 if troubles.wrong else 0


def _started(secret: str, log: Path) -> Any:
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    options = [
        "--stop-with-stdin",
        "--control-port=0",
        "--recogniser=scripted",
        "--log-level=ERROR",
        f"--log-file={log}",
    ]
    environment = {"EARSHOT_TOKEN_SECRET": secret, "PYTHONPATH": str(ROOT)}
    return program([sys.executable, "-m", "reference", *options, *settings], environment)


async def attack(ready: Mapping[str, Any], secret: str, frames: int, seed: int) -> Troubles:
    """Send so many frames altogether, and look at what is left."""
    troubles, began = Troubles(), time.monotonic()
    contracts = {kind.system: Contract.load(ROOT / f"contract/{kind.system}.asyncapi.yaml") for kind in KINDS}
    addresses = {name: address_of(endpoints) for name, endpoints in ready["endpoints"].items()}
    BroadcastCaller.secret = secret
    going_on = SpeakerInSession(addresses["broadcast"], contracts["broadcast"], troubles)
    socket = await dial(ClientConnection, going_on._url, {}, within_s=ANSWER_WITHIN_S)
    good = {"action": "createSession", "sourceLanguage": "en", "token": token(secret, sub="the-speaker")}
    await socket.send(json.dumps(good))
    BroadcastCaller.session_id = json.loads(await socket.recv())["sessionId"]
    callers = [kind(addresses[kind.system], contracts[kind.system], troubles) for kind in KINDS * CALLERS_OF_A_KIND]
    share = -(-frames // len(callers))
    attacking = [
        asyncio.create_task(_sends(caller, itertools.islice(frames_for(caller, seed + number), share)))
        for number, caller in enumerate(callers)
    ]
    reading = asyncio.create_task(_drains(socket))
    for done in asyncio.as_completed(attacking):
        try:
            await done
        except Exception as failure:
            troubles.wrong[f"the service answers: {type(failure).__name__} {failure}"] += 1
    print(f"{troubles.sent} frames in {time.monotonic() - began:.0f} s, seed {seed}; what came back:")
    reading.cancel()
    await socket.close()
    await _nothing_is_left(Control(ready["control_url"], ready["control_token"]), troubles)
    return troubles


async def _sends(caller: Caller, frames: Iterable[str | bytes]) -> None:
    left = iter(frames)
    while some := list(itertools.islice(left, caller.at_once)):
        await caller.send(some)
    await caller.goes()


async def _drains(socket: ClientConnection) -> None:
    async for _ in socket:
        continue


async def _nothing_is_left(control: Control, troubles: Troubles) -> None:
    names = ("sessions", "members", "sockets", "conversations", "segments", "buffered_bytes", "audio_files")
    left: dict[str, int] = {}
    for _ in range(100):
        census = vars(await asyncio.to_thread(control.census))
        left = {name: census[name] for name in names if census[name]}
        if not left:
            return
        await asyncio.sleep(0.1)
    troubles.wrong[f"nothing is left behind: {left}"] += 1


def address_of(endpoints: Mapping[str, str]) -> str:
    return endpoints.get("ws") or endpoints["http"].replace("http", "ws", 1) + "/ws/audio"


def _holds(message: Mapping[str, Any], members: Mapping[str, Any]) -> bool:
    return all(message.get(name) == value for name, value in members.items())


def _is_object(frame: str) -> bool:
    try:
        return isinstance(json.loads(frame), dict)
    except (ValueError, RecursionError):
        return False


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


if __name__ == "__main__":
    sys.exit(main())
