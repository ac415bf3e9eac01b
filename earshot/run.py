"""One run: the target, the loop and the samples that all its scenarios share."""

from __future__ import annotations

import difflib
import gc
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from earshot.audio.clips import SampleError, SampleLibrary
from earshot.failures import Unusable
from earshot.runtime import Runtime
from earshot.stage import Stage
from earshot.targets.embedded import ROOT, EmbeddedTarget
from earshot.targets.remote import RemoteTarget
from earshot.targets.target import Target
from earshot.wire.contract import Contract

OPTIONS = {
    "target": "which service to test: embedded (the default)",
    "ws_url": "the WebSocket address of a service that runs elsewhere",
}

NEEDS: Mapping[str, Callable[[Target], bool]] = {
    "needs-table": lambda target: target.tables is not None,
}
"""What a tag asks of the target (sheet, section 10, rule 9)."""


class Run:
    """What is opened once, before the first scenario, and closed after the last."""

    def __init__(self, options: Mapping[str, str]) -> None:
        _check(options)
        self.samples = _samples(ROOT / "audio_samples")
        self.contract = Contract.load(ROOT / "contract" / "broadcast.asyncapi.yaml", foreign="ws_url" in options)
        self.runtime = Runtime()
        self._target: Target | None = None
        try:
            self._target = _target(options, self.runtime)
        except BaseException:
            self.close()
            raise
        gc.collect()
        gc.freeze()  # what lives as long as the run need not be looked through again while latencies are taken

    @property
    def target(self) -> Target:
        """The service under test."""
        assert self._target is not None
        return self._target

    def stage(self) -> Stage:
        """Return an empty stage for the next scenario."""
        return Stage(runtime=self.runtime, target=self.target, samples=self.samples, contract=self.contract)

    def lacks(self, tags: Iterable[str]) -> str | None:
        """Return why scenarios with these tags cannot run on this target, or None if they can."""
        for tag in sorted(tags):
            if tag in NEEDS and not NEEDS[tag](self.target):
                return f"not checked: {self.target.name} does not grant what @{tag} asks for"
        return None

    def close(self) -> None:
        """Stop what was started; harmless the second time."""
        if self._target is not None:
            self._target.close()
            self._target = None
        self.runtime.close()


def _check(options: Mapping[str, str]) -> None:
    for name in options:
        if name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, n=1)
            hint = f"did you mean {near[0]}?" if near else "use one of them."
            raise Unusable(f"-D {name}: expected one of {', '.join(OPTIONS)}, got {name!r}; {hint}")


def _target(options: Mapping[str, str], runtime: Runtime) -> Target:
    if "ws_url" in options:
        return RemoteTarget(options["ws_url"], runtime)
    chosen = options.get("target", "embedded")
    if chosen != "embedded":
        raise Unusable(f"-D target: expected embedded, got {chosen!r}; for a service elsewhere give -D ws_url=…")
    return EmbeddedTarget()


def _samples(folder: Path) -> SampleLibrary:
    """Load every recording now, so that a broken one stops the run before it begins."""
    try:
        library = SampleLibrary(folder)
        library.all_recordings()
    except SampleError as broken:
        raise Unusable(str(broken)) from broken
    return library
