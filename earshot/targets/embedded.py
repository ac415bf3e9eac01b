"""The embedded target: moto, and instances of the reference backend, as children of this run."""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from earshot.targets.aws import Aws
from earshot.targets.children import Child
from earshot.targets.control import Control
from earshot.targets.metrics import Metrics
from earshot.targets.service import TAGS, Service
from earshot.targets.tables import Tables
from earshot.targets.tokens import SignedTokens

ROOT = Path(__file__).resolve().parents[2]
SPARE_INSTANCES = 3
"""Instances with changed settings that are kept running for further scenarios; the longest unused one is ended."""


class EmbeddedTarget:
    """The reference backend, started for this run and ended with it; one more instance for each set of settings."""

    name = "embedded reference"
    capabilities = frozenset(TAGS)

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="earshot-"))
        self._tokens = SignedTokens(secrets.token_urlsafe(32))
        self._instances: OrderedDict[tuple[tuple[str, str], ...], tuple[Child, Service]] = OrderedDict()
        self._started = 0
        self._state: Child | None = None
        try:
            self._state = self._child("the state store (moto)", "reference.storage.emulator", {})
            self._endpoint: str = self._state.ready()["endpoint"]
            self._usual = self._start({})
        except BaseException:
            self.close()
            raise

    def service(self, settings: Mapping[str, str]) -> Service:
        """Return the instance with these settings, started if need be."""
        if not settings:
            return self._usual[1]
        key = tuple(sorted(settings.items()))
        if key not in self._instances:
            while len(self._instances) >= SPARE_INSTANCES:
                _, (child, _) = self._instances.popitem(last=False)
                child.stop()
            self._instances[key] = self._start(settings)
        self._instances.move_to_end(key)
        return self._instances[key][1]

    def close(self) -> None:
        """End the children, the store last, and remove their files."""
        children = [child for child, _ in self._instances.values()]
        if hasattr(self, "_usual"):
            children.append(self._usual[0])
        if self._state is not None:
            children.append(self._state)
        for child in children:
            child.stop()
        self._instances.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, settings: Mapping[str, str]) -> tuple[Child, Service]:
        self._started += 1
        log = self._folder / f"reference-{self._started}.log"
        child = self._child(
            "the reference backend",
            "reference",
            settings,
            f"--aws-endpoint={self._endpoint}",
            f"--log-file={log}",
            "--log-level=DEBUG",
            "--control-port=0",
            f"--table-prefix=earshot-{secrets.token_hex(3)}-",
        )
        ready = child.ready()
        aws = Aws(region=ready["aws_region"], endpoint=self._endpoint)
        service = Service(
            name=self.name,
            endpoints=ready["endpoints"],
            tokens=self._tokens,
            tables=Tables(aws, ready["tables"]),
            log=log,
            control=Control(ready["control_url"]),
            metrics=Metrics(aws),
        )
        return child, service

    def _child(self, name: str, module: str, settings: Mapping[str, str], *options: str) -> Child:
        return Child(
            name,
            [sys.executable, "-m", module, "--stop-with-stdin", *options],
            log=self._folder / f"{module}-{self._started}.err",
            environment={"EARSHOT_TOKEN_SECRET": self._tokens.secret, "PYTHONPATH": str(ROOT), **settings},
        )
