"""The embedded target: moto, and instances of the reference backend, as children of this run."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from earshot.agreement import NAMES, levels
from earshot.failures import Unusable
from earshot.scratch import named_for
from earshot.targets.accounts import accounts_of
from earshot.targets.aws import Aws
from earshot.targets.children import Child, Start, program
from earshot.targets.control import Control
from earshot.targets.definition import Declared
from earshot.targets.endpoints import endpoints_of
from earshot.targets.files import Files
from earshot.targets.fork_server import ForkServer
from earshot.targets.metrics import Metrics
from earshot.targets.offers import OFFERABLE
from earshot.targets.queues import Queues
from earshot.targets.reach import nobody_at
from earshot.targets.service import TAGS, Service
from earshot.targets.tables import Tables
from earshot.targets.tokens import SignedTokens

ROOT = Path(__file__).resolve().parents[2]
EXACTLY_AS_AGREED = Declared(exact_words=True)
"""What the reference does in its own way, but for sound twins."""
ANSWERS_WITHIN_S = 15.0
"""How long people wait for an answer of the reference that takes thought; others have as long as the sheets say."""
SPARE_INSTANCES = 3
"""Instances with changed settings that are kept running for further scenarios; the longest unused one is ended."""


class EmbeddedTarget:
    """The reference backend, started for this run and ended with it; one more instance for each set of settings."""

    name = "embedded reference"

    def __init__(
        self, shared: Path | None = None, *, twin: str | None = None, declared: Declared = EXACTLY_AS_AGREED
    ) -> None:
        """Start moto and the usual instance, or join those that another process of this run wrote to `shared`.

        With `twin`, every instance is that variant of the reference, and does what is `declared` in its own way.
        """
        self._twin = twin
        self._declared = declared
        self._folder = Path(tempfile.mkdtemp(prefix=named_for("target")))
        stack = json.loads(shared.read_text()) if shared else {}
        self._tokens = SignedTokens(stack.get("secret") or secrets.token_urlsafe(32))
        self._instances: OrderedDict[tuple[tuple[str, str], ...], tuple[Child, Service]] = OrderedDict()
        self._started = 0
        self._children: list[Child] = []
        self._fork_server: ForkServer | None = None
        try:
            if stack:
                self._endpoint: str = stack["endpoint"]
                self._fork_server = ForkServer(Path(stack["fork_server"]))
                self._usual = self._service(stack["ready"] if stack["twin"] == twin else self._start_usual())
                return
            socket_file = self._folder / "fork-server"
            state = self._module("the state store (moto)", "reference.storage.emulator", "--stop-with-stdin")
            fork_server = self._module("the reference backend", "reference.fork_server", f"--socket={socket_file}")
            self._endpoint = state.ready()["endpoint"]
            fork_server.ready()
            self._fork_server = ForkServer(socket_file)
            ready = self._start_usual()
            self._usual = self._service(ready)
            self._stack = {
                "secret": self._tokens.secret,
                "endpoint": self._endpoint,
                "fork_server": str(socket_file),
                "ready": ready,
                "twin": twin,
            }
        except BaseException:
            self.close()
            raise

    @property
    def _is_as_agreed(self) -> bool:
        return self._declared is EXACTLY_AS_AGREED

    @property
    def capabilities(self) -> frozenset[str]:
        """All there are; of a sound twin, what it declares, and nothing that only the reference promises."""
        if self._is_as_agreed:
            return frozenset(TAGS)
        return self._usual.capabilities | {"needs-settings", "needs-own-service"}

    @property
    def levels(self) -> Mapping[str, frozenset[str]]:
        """All there are, unless a sound twin declares otherwise."""
        declared = self._declared.levels
        return {system: frozenset(levels(system)) for system in NAMES} if declared is None else declared

    @property
    def systems(self) -> frozenset[str]:
        return self._usual.systems

    def service(self, settings: Mapping[str, str]) -> Service:
        """Return the instance with these settings, started if need be."""
        return self.service_alone(settings) if settings else self._usual

    def service_alone(self, settings: Mapping[str, str]) -> Service:
        """Return an instance with these settings that only this process uses, started if need be."""
        key = tuple(sorted(settings.items()))
        if key not in self._instances:
            while len(self._instances) >= SPARE_INSTANCES:
                _, (child, _) = self._instances.popitem(last=False)
                child.stop()
            self._add(key, settings, f"earshot-{secrets.token_hex(3)}")
        self._instances.move_to_end(key)
        return self._instances[key][1]

    def gone(self) -> Unusable | None:
        """Return which part of it no longer answers: TargetUnreachable for the service, Unusable for the store."""
        if store := nobody_at("the state store (moto) of the embedded reference", [self._endpoint]):
            return Unusable(str(store))
        return nobody_at(self.name, self._usual.addresses())

    def share(self, file: Path) -> None:
        """Write down how other processes of this run join; readable by nobody else, because it holds the secret."""
        file.touch(mode=0o600)
        file.write_text(json.dumps(self._stack))

    def close(self) -> None:
        """End the children, the store last, and remove their files."""
        for child, _ in self._instances.values():
            child.stop()
        self._instances.clear()
        if self._fork_server is not None:
            self._fork_server.close()
        while self._children:
            self._children.pop().stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _add(self, key: tuple[tuple[str, str], ...], settings: Mapping[str, str], place: str) -> Service:
        """Start an instance with its state at this place, and keep it; return it."""

        def restart() -> Service:
            self._shut_down(key)
            return self._add(key, settings, place)

        child, ready = self._start(settings, place)
        service = replace(
            self._service(ready),
            control=Control(ready["control_url"], ready["control_token"]),
            shut_down=lambda: self._shut_down(key),
            restart=restart,
        )
        self._instances[key] = child, service
        return service

    def _shut_down(self, key: tuple[tuple[str, str], ...]) -> None:
        child, _ = self._instances.pop(key)
        child.terminate()

    def _start_usual(self) -> dict[str, Any]:
        child, ready = self._start({}, f"earshot-{secrets.token_hex(3)}")
        self._children.append(child)
        return ready

    def _start(self, settings: Mapping[str, str], place: str) -> tuple[Child, dict[str, Any]]:
        """Start an instance whose state is at this place of the store."""
        self._started += 1
        arguments = [
            "--stop-with-stdin",
            f"--aws-endpoint={self._endpoint}",
            f"--log-file={self._folder / f'reference-{self._started}.log'}",
            "--log-level=DEBUG",
            "--control-port=0",
            f"--aws-region={place}",
            f"--table-prefix={place}-",
            *([f"--twin={self._twin}"] if self._twin else []),
        ]
        assert self._fork_server is not None
        start = self._fork_server.instance(arguments, {"EARSHOT_TOKEN_SECRET": self._tokens.secret, **settings})
        child = self._child("the reference backend", start)
        try:
            return child, child.ready()
        except BaseException:
            child.stop()
            raise

    def _service(self, ready: Mapping[str, Any]) -> Service:
        aws = Aws(region=ready["aws_region"], endpoint=self._endpoint)
        return Service(
            name=self.name,
            endpoints=endpoints_of(ready["endpoints"], "what the reference said when it was ready"),
            tokens=self._tokens,
            tables=Tables(aws, ready["tables"]),
            queues=Queues(aws, ready["queues"]),
            files=Files(aws, ready["buckets"]),
            log=Path(ready["log"]),
            control=Control(ready["control_url"], ready["control_token"], is_shared=True),
            metrics=Metrics(aws, alarm_prefix=ready["alarm_prefix"]),
            answers_within_s=ANSWERS_WITHIN_S if self._is_as_agreed else Service.answers_within_s,
            exact_words=self._declared.exact_words,
            offers=frozenset(OFFERABLE),
            accounts=accounts_of(ready.get("accounts", {})),
        )

    def _module(self, name: str, module: str, *options: str) -> Child:
        child = self._child(name, program([sys.executable, "-m", module, *options], {"PYTHONPATH": str(ROOT)}))
        self._children.append(child)
        return child

    def _child(self, name: str, start: Start) -> Child:
        return Child(name, start, log=self._folder / f"{name.replace(' ', '-')}-{self._started}.err")
