"""The embedded target: moto and the reference backend as children of this run."""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from earshot.targets.children import Child
from earshot.targets.tables import Tables
from earshot.targets.target import sign_token

ROOT = Path(__file__).resolve().parents[2]


class EmbeddedTarget:
    """The reference backend, started for this run and ended with it."""

    name = "embedded reference"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="earshot-"))
        self._secret = secrets.token_urlsafe(32)
        self._children: list[Child] = []
        try:
            state = self._start("the state store (moto)", "reference.storage.emulator")
            endpoint = state.ready()["endpoint"]
            backend = self._start(
                "the reference backend",
                "reference",
                f"--aws-endpoint={endpoint}",
                f"--log-file={self._folder / 'reference.log'}",
                f"--table-prefix=earshot-{secrets.token_hex(3)}-",
            )
            ready = backend.ready()
        except BaseException:
            self.close()
            raise
        self.log: Path | None = self._folder / "reference.log"
        self._endpoints: dict[str, str] = ready["endpoints"]
        self.tables: Tables | None = Tables(endpoint=endpoint, region=ready["aws_region"], names=ready["tables"])

    def _start(self, name: str, module: str, *options: str) -> Child:
        child = Child(
            name,
            [sys.executable, "-m", module, "--stop-with-stdin", *options],
            log=self._folder / f"{module}.err",
            environment={"EARSHOT_TOKEN_SECRET": self._secret, "PYTHONPATH": str(ROOT)},
        )
        self._children.append(child)
        return child

    def url(self, system: str) -> str:
        """Return the WebSocket address of one of its systems."""
        return self._endpoints[system]

    def token(self, user_id: str, *, life_s: float = 3600, forged: bool = False) -> str:
        """Return a sign-in token; see Target."""
        return sign_token(secrets.token_urlsafe(32) if forged else self._secret, user_id, life_s)

    def close(self) -> None:
        """End the children, the one started last first, and remove their files."""
        while self._children:
            self._children.pop().stop()
        shutil.rmtree(self._folder, ignore_errors=True)
