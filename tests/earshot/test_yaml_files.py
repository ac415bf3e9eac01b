"""What is read of a YAML file, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from earshot.yaml_files import read_yaml

LEVELS = range(1, 30)
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in LEVELS)
MERGED = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in LEVELS)
DEEP = f"- &a 1\n- *a\n- {'[' * 2000}{']' * 2000}"


def read(text: str, folder: Path) -> object:
    file = folder / "some.yaml"
    file.write_text(text, "utf-8")
    return read_yaml(file)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("", None),
        ("a: 1", {"a": 1}),
        ("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}", {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}}),
        ("a: '**bold**'", {"a": "**bold**"}),
    ],
)
def test_a_file_holds_what_it_says(text: str, held: object, tmp_path: Path) -> None:
    assert read(text, tmp_path) == held


@pytest.mark.parametrize("text", [BOMB, MERGED, "&a [*a]", DEEP], ids=["bomb", "merged", "itself", "deep"])
def test_a_file_that_stands_for_more_than_it_can_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(yaml.YAMLError, match=r"more than|nested"):
        read(text, tmp_path)


@pytest.mark.parametrize("text", ["a: [", "!!python/object/apply:os.system [ls]", "a: 1\n---\nb: 2"])
def test_a_file_that_is_no_plain_document_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(yaml.YAMLError):
        read(text, tmp_path)
