"""Every twin can be applied, changes what it names and nothing else, and breaks promises that exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from reference.twins.twin import Twin, known, put, register

ROOT = Path(__file__).parents[2]

APPLY_EACH = """
import inspect, json, pkgutil, sys, importlib
import reference, reference.app, reference.__main__
from reference.twins import twin as mechanism

put = mechanism.put
named = []

def noted(owner, name, piece):
    named.append(f"{path(owner)}.{name}")
    put(owner, name, piece)

def path(owner):
    return owner.__name__ if inspect.ismodule(owner) else f"{owner.__module__}.{owner.__qualname__}"

mechanism.put = noted
twins = mechanism.known()
for module in pkgutil.walk_packages(reference.__path__, "reference."):
    if ".twins" not in module.name:
        importlib.import_module(module.name)

owners = {}
for name, module in list(sys.modules.items()):
    if name.startswith("reference") and ".twins" not in name:
        owners[name] = module
        for one in vars(module).values():
            if inspect.isclass(one) and one.__module__ == name:
                owners[path(one)] = one
pieces = {f"{at}.{name}": (owner, name, piece) for at, owner in owners.items() for name, piece in vars(owner).items()}

for twin in twins.values():
    named.clear()
    error = None
    try:
        twin.apply()
    except Exception as failure:
        error = repr(failure)
    changed = [at for at, (owner, name, piece) in pieces.items() if vars(owner).get(name) is not piece]
    print(json.dumps({"name": twin.name, "error": error, "named": sorted(set(named)), "changed": sorted(changed)}))
    for at in changed:
        owner, name, piece = pieces[at]
        setattr(owner, name, piece)
"""
"""Applies one twin after the other to a whole service, each to a good one: what a twin changed is put right again."""


@pytest.fixture(scope="module")
def applied() -> dict[str, dict[str, object]]:
    run = subprocess.run([sys.executable, "-c", APPLY_EACH], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {outcome["name"]: outcome for outcome in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize("name", sorted(known()))
def test_a_twin_changes_what_it_names_and_nothing_else(name: str, applied: dict[str, dict[str, object]]) -> None:
    outcome = applied[name]

    assert outcome["error"] is None
    assert outcome["changed"], "it must change something"
    assert outcome["changed"] == outcome["named"]


@pytest.mark.parametrize("system", ["broadcast", "conversation", "studio"])
def test_twins_replace_only_what_other_modules_may_know(system: str) -> None:
    seams = {seam for one in known().values() if one.system == system for seam, _ in one.pieces}

    assert [seam for seam in seams if seam.name.startswith("_") and seam.name != "__init__"] == []


@pytest.mark.parametrize("one", known().values(), ids=known())
def test_a_twin_is_named_after_the_broken_promise_and_told_in_a_sentence(one: Twin) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", one.name)
    assert re.fullmatch(r"[A-Z0-9][^\n]*\.", one.sentence), "one sentence, as the reports show it"


def test_twins_break_promises_that_exist() -> None:
    for path in (ROOT / "contract").glob("*.requirements.yaml"):
        document = yaml.safe_load(path.read_text("utf-8"))
        promised = {promise["id"] for group in document["groups"] for promise in group["requirements"]}
        broken = {id_ for one in known().values() for id_ in one.breaks if one.system == document["system"]}
        assert broken, f"nothing of {document['title']} is broken"
        assert broken - promised == set()


@pytest.mark.parametrize("one", [one for one in known().values() if one.is_sound], ids=lambda one: one.name)
def test_a_sound_twin_says_what_leaves_it_open_and_what_it_declares(one: Twin) -> None:
    promised = {
        promise["id"]
        for path in (ROOT / "contract").glob("*.requirements.yaml")
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
        for promise in group["requirements"]
    }
    cited = re.findall(r"(?:REQ|BRO|CONV|STU)-[0-9]+(?:[.][0-9]+)*", one.sentence)
    resolved = re.findall(r"section [0-9]+|9-[A-Z][0-9]+", one.sentence)
    assert cited or resolved, "it must say by which lines of the sheets it is sound"
    assert {id_ for id_ in cited if not any(known_id.startswith(id_) for known_id in promised)} == set()
    assert one.declares.keys() <= {"exact_words", "equivalent_codes", "own"}


@pytest.mark.parametrize("number", range(1, 29))
def test_every_requirement_of_the_broadcast_has_a_twin(number: int) -> None:
    assert any(id_.startswith(f"REQ-{number}.") for one in known().values() for id_ in one.breaks)


def test_two_twins_cannot_have_one_name() -> None:
    name = next(iter(known()))

    with pytest.raises(ValueError, match=name):
        register(name, "reference.broadcast.twins.audio", ("REQ-1.1",), "Something is wrong.")


def test_a_twin_of_something_that_is_gone_says_so() -> None:
    with pytest.raises(AttributeError, match="breaks nothing any more"):
        put(put, "no_such_piece", None)
