"""One run: the target, the loop and the samples that all its scenarios share."""

from __future__ import annotations

import difflib
import gc
from collections.abc import Collection, Mapping
from pathlib import Path

from behave.model import Scenario

from earshot.agreement import levels
from earshot.audio.clips import SampleError, SampleLibrary
from earshot.book.promises import parse_features
from earshot.evidence.identity import titles
from earshot.evidence.verdicts import NOT_RUN
from earshot.failures import Unusable
from earshot.measure.floor import NullEcho
from earshot.measure.tuning import SETTINGS, Tuning
from earshot.running.obstacles import Obstacles
from earshot.runtime import Runtime
from earshot.secrecy import keep_secrets_of_surroundings
from earshot.side_by_side import shared_stack
from earshot.stage import Stage
from earshot.systems import NAMES, wings
from earshot.targets.definition import (
    OVERRIDES,
    Declared,
    Definition,
    ExpectedFailure,
    names_a_service,
    read,
    read_declared,
)
from earshot.targets.embedded import EXACTLY_AS_AGREED, ROOT, EmbeddedTarget
from earshot.targets.service import TAGS
from earshot.targets.target import Target
from earshot.wire.contract import Contract

ASYNCAPI = ".asyncapi.yaml"
FURTHER = tuple(name for wing in wings().values() for name in wing.tunable)
OPTIONS = ("target", "twin", "declares", "strict", "debug", *OVERRIDES, *SETTINGS, *FURTHER)
"""What may be given as -D name=value.

`target` is "embedded" (the default) or the path of a target file; `twin` makes the embedded reference another one, and
`declares` is a file that says what a sound twin does in its own way; `strict` makes the run red when a verdict stays
open; `debug` is a folder for each scenario message by message. The rest tries out other lengths and limits of scenarios
that judge time (measure/tuning.py).
"""


class Run:
    """What is opened once, before the first scenario, and closed after the last."""

    def __init__(self, options: Mapping[str, str]) -> None:
        _check(options)
        Tuning(options)
        self._options = options
        keep_secrets_of_surroundings()
        self.samples = _samples(ROOT / "audio_samples")
        definition = _definition(options)
        declared = definition.declared if definition else _declared(options)
        self.contracts = _contracts(ROOT / "contract", declared)
        """The agreement about each system, by its name."""
        self._expected_failures = _expected_failures(definition)
        self.runtime = Runtime()
        self._target: Target | None = None
        self._echo: NullEcho | None = None
        try:
            if definition:
                self._target = _remote(definition)
            else:
                self._target = EmbeddedTarget(
                    shared_stack(), twin=options.get("twin"), declared=declared or EXACTLY_AS_AGREED
                )
            self.obstacles = Obstacles(self._target)
        except BaseException:
            self.close()
            raise
        gc.collect()
        gc.freeze()  # what lives as long as the run need not be looked through again while latencies are taken

    @property
    def target(self) -> Target:
        assert self._target is not None
        return self._target

    def stage(self) -> Stage:
        return Stage(
            runtime=self.runtime,
            target=self.target,
            samples=self.samples,
            contracts=self.contracts,
            echo=self._null_echo,
            another=self.stage,
            tuning=Tuning(self._options, FURTHER),
        )

    def lacks(self, tags: Collection[str]) -> str | None:
        """Return why scenarios with these tags cannot run on this target, or no longer, or None if they can."""
        if self.obstacles.found is not None:
            return f"{NOT_RUN}: {self.obstacles.found}"
        for tag in sorted(tags):
            if tag in NAMES and tag not in self.target.systems:
                return f"not checked: {self.target.name} has no address for the {tag}"
            if tag in TAGS and tag not in self.target.capabilities:
                return f"not checked: {self.target.name} does not grant what @{tag} asks for"
            for level, promise in levels(tag).items() if tag in NAMES else ():
                if level in tags and level not in self.target.levels.get(tag, ()):
                    promised = promise[:1].lower() + promise[1:].rstrip(".")
                    return f"not checked: {self.target.name} does not declare @{level}, that {promised}"
        return None

    def expected_failure(self, scenario: Scenario) -> ExpectedFailure | None:
        """Return why a scenario is known to fail on this target, or was until some day; None if it should pass."""
        names = titles(scenario)
        return next((expected for expected in self._expected_failures if expected.scenario in names), None)

    def close(self) -> None:
        """Stop what was started; harmless the second time."""
        if self._target is not None:
            self._target.close()
            self._target = None
        if self._echo is not None:
            self._echo.close()
            self._echo = None
        self.runtime.close()

    def _null_echo(self) -> NullEcho:
        """Return what tells how long an exchange takes by itself, started when it is first asked for."""
        if self._echo is None:
            self._echo = NullEcho()
        return self._echo


def _remote(definition: Definition) -> Target:
    from earshot.targets.remote import RemoteTarget  # with an HTTP client, which takes a tenth of a second to load

    return RemoteTarget(definition)


def _expected_failures(definition: Definition | None) -> tuple[ExpectedFailure, ...]:
    """Return what the target is known not to keep; raises Unusable where that names no scenario that there is."""
    if definition is None or not definition.expected_failures:
        return ()
    known = {
        name
        for _, feature in parse_features(ROOT / "features")
        for each in feature.walk_scenarios()
        for name in titles(each)
    }
    for expected in definition.expected_failures:
        if expected.scenario not in known:
            near = difflib.get_close_matches(expected.scenario, known, n=1)
            hint = f"did you mean “{near[0]}”?" if near else "write its title as the feature file or the report has it"
            raise Unusable(f"expected_failures names “{expected.scenario}”, and there is no such scenario; {hint}")
    return definition.expected_failures


def _contracts(folder: Path, declared: Declared | None) -> dict[str, Contract]:
    """Return the agreements, as our own service has to keep them or, with what it `declared`, another one."""
    files = {file.name.removesuffix(ASYNCAPI): file for file in sorted(folder.glob(f"*{ASYNCAPI}"))}
    if declared is None:
        return {name: Contract.load(file) for name, file in files.items()}
    return {
        name: Contract.load(file, foreign=True, own_codes=declared.equivalent_codes, own=declared.own.get(name, {}))
        for name, file in files.items()
    }


def _check(options: Mapping[str, str]) -> None:
    for name in options:
        if name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, n=1)
            hint = f"did you mean {near[0]}?" if near else "use one of them."
            raise Unusable(f"-D {name}: expected one of {', '.join(OPTIONS)}, got {name!r}; {hint}")


def _definition(options: Mapping[str, str]) -> Definition | None:
    """Return what the options say of a service that runs elsewhere, or None for the embedded one."""
    if not names_a_service(options):
        if "declares" in options and "twin" not in options:
            raise Unusable("-D declares: expected together with -D twin=NAME, got it alone")
        return None
    if options.keys() & {"twin", "declares"}:
        raise Unusable("-D twin: only the embedded reference has twins; name no other service beside it")
    chosen = options.get("target")
    return read(Path(chosen) if chosen else None, options)


def _declared(options: Mapping[str, str]) -> Declared | None:
    """Return what the embedded reference does in its own way, as a sound twin; None if it is to do all as agreed."""
    return read_declared(Path(options["declares"])) if "declares" in options else None


def _samples(folder: Path) -> SampleLibrary:
    """Load every recording now, so that a broken one stops the run before it begins."""
    try:
        library = SampleLibrary(folder)
        library.all_recordings()
    except SampleError as broken:
        raise Unusable(str(broken)) from broken
    return library
