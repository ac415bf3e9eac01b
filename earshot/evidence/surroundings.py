"""What a run says of itself, once: its target, versions, machine and settings, and what of the contract it has seen."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

from behave.runner import Context

from earshot.agreement import NAMES, levels, openapi
from earshot.evidence.formatter import results_folder
from earshot.evidence.results import PROPERTIES, SEEN
from earshot.secrecy import HIDDEN, is_secret, masked
from earshot.side_by_side import is_first, workers
from earshot.targets.service import TAGS
from earshot.targets.target import Target
from earshot.wire.contract import Contract
from earshot.wire.openapi import HttpContract, http_contract

PACKAGES = (
    "behave",
    "allure-behave",
    "websockets",
    "httpx2",
    "uvloop",
    "jsonschema-rs",
    "numpy",
    "boto3",
    "moto",
    "pocketsphinx",
)
_ESCAPED_IN_NAMES = re.compile(r"[\\ :=#!\n]")
_ESCAPED_IN_VALUES = re.compile(r"[\\\n]")


def accompany(context: Context, target: Target, contracts: Mapping[str, Contract]) -> None:
    """Write down where this run happens and, when it is over, which messages of the contract it has seen.

    Of several workers one writes the first and each the second. Nothing is written where nobody asked for results.
    """
    folder = results_folder(context)
    if folder is None:
        return
    for system, contract in _agreements(contracts):
        context.add_cleanup(keep_seen, folder, system, contract)
    about = folder / PROPERTIES
    if is_first() and not about.exists():  # the workers of a run may come in several waves
        about.write_text(properties(facts(target, contracts, context.config.userdata)), "utf-8")
        if ci := executor(os.environ):
            (folder / "executor.json").write_text(json.dumps(ci), "utf-8")


def facts(target: Target, contracts: Mapping[str, Contract], options: Mapping[str, str]) -> dict[str, str]:
    """Return what a reader may want to know of a run, under the names they are shown by; no secrets."""
    granted = sorted(tag.removeprefix("needs-") for tag in target.capabilities)
    lacking = sorted(tag.removeprefix("needs-") for tag in TAGS if tag not in target.capabilities)
    declared = {name: target.levels.get(name, frozenset()) for name in NAMES if name in target.systems and levels(name)}
    undeclared = {name: levels(name).keys() - held_to for name, held_to in declared.items()}
    given = {name: HIDDEN if is_secret(name) else masked(value) for name, value in sorted(options.items())}
    machine = f"{os.cpu_count()} processors ({platform.machine()}), {_memory()}{platform.system()} {platform.release()}"
    return {
        "Target": target.name,
        "Target grants": ", ".join(granted) or "its sockets",
        **({"Target does not grant": ", ".join(lacking)} if lacking else {}),
        **_by_system("Target declares", declared),
        **_by_system("Target does not declare", undeclared),
        "Contract": ", ".join(contract.title for _, contract in _agreements(contracts)),
        "Settings": ", ".join(f"{name}={value}" for name, value in given.items()) or "none",
        "At once": f"{workers()} scenarios" if workers() > 1 else "one scenario",
        "Machine": machine,
        "Python": f"{platform.python_version()} ({sys.implementation.name})",
        "Packages": ", ".join(_versions(PACKAGES)),
    }


def _by_system(name: str, levels_of: Mapping[str, Set[str]]) -> dict[str, str]:
    said = [f"{', '.join(sorted(some))} ({system})" for system, some in levels_of.items() if some]
    return {name: "; ".join(said)} if said else {}


def _agreements(contracts: Mapping[str, Contract]) -> Iterator[tuple[str, Contract | HttpContract]]:
    yield from contracts.items()
    yield from ((system, http_contract(system)) for system in NAMES if openapi(system) is not None)


def properties(values: Mapping[str, str]) -> str:
    """Return Java properties, as Allure reads them."""
    return "".join(
        f"{_ESCAPED_IN_NAMES.sub(_escape, name)}={_ESCAPED_IN_VALUES.sub(_escape, value)}\n"
        for name, value in values.items()
    )


def read_properties(file: Path) -> dict[str, str]:
    """Return the values of such a file; nothing if there is none."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    pairs = (line.replace("\\ ", "\0").partition("=") for line in lines)
    return {name.replace("\0", " "): value.replace("\0", " ").replace("\\\\", "\\") for name, _, value in pairs}


def executor(environment: Mapping[str, str]) -> dict[str, Any] | None:
    """Return who ran this, as Allure wants it, when that was a build server; None otherwise."""
    get = environment.get
    if get("GITHUB_ACTIONS"):
        run = f"{get('GITHUB_SERVER_URL')}/{get('GITHUB_REPOSITORY')}/actions/runs/{get('GITHUB_RUN_ID')}"
        return _build("GitHub Actions", "github", get("GITHUB_WORKFLOW"), get("GITHUB_RUN_NUMBER"), run)
    if get("GITLAB_CI"):
        return _build("GitLab CI", "gitlab", get("CI_JOB_NAME"), get("CI_PIPELINE_IID"), get("CI_PIPELINE_URL"))
    if get("JENKINS_URL"):
        return _build("Jenkins", "jenkins", get("JOB_NAME"), get("BUILD_NUMBER"), get("BUILD_URL"))
    if get("CI"):
        return {"name": "a build server", "type": "ci"}
    return None


def keep_seen(folder: Path, system: str, contract: Contract | HttpContract) -> None:
    """Write down which messages or answers of a system's contract this process has seen."""
    file = folder / SEEN.replace("*", uuid4().hex)
    file.write_text(json.dumps({"system": system, **contract.coverage()}), "utf-8")


def _build(name: str, kind: str, job: str | None, number: str | None, url: str | None) -> dict[str, Any]:
    order = {"buildOrder": int(number)} if number and number.isdigit() else {}
    return {"name": name, "type": kind, "buildName": f"{job} #{number}", "buildUrl": url, **order}


def _versions(packages: Iterable[str]) -> Iterable[str]:
    for package in packages:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:  # such as uvloop, which some platforms do not have
            continue


def _memory() -> str:
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):  # not a POSIX system
        return ""
    return f"{size / 2**30:.0f} GB, "


def _escape(found: re.Match[str]) -> str:
    return "\\n" if found.group() == "\n" else f"\\{found.group()}"
