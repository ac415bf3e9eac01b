"""What counts as a change, and that none is lost."""

from __future__ import annotations

import itertools
from pathlib import Path

from earshot.running.again import await_change, saved


def test_files_are_compared_and_what_python_writes_is_none(tmp_path: Path) -> None:
    for name in ("a.feature", "steps/b.py", "steps/__pycache__/b.pyc", ".git/index"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    before = saved([tmp_path])
    assert {path.name for path in before} == {"a.feature", "b.py"}
    (tmp_path / "steps/b.py").write_text("longer")
    (tmp_path / "a.feature").unlink()
    (tmp_path / "c.feature").touch()
    changed = await_change(before, lambda: saved([tmp_path]), rest=lambda _: None)
    assert [path.name for path in changed] == ["a.feature", "c.feature", "b.py"]


def test_a_change_during_the_run_counts_and_one_is_awaited_until_all_is_saved() -> None:
    file, looks = Path("x"), itertools.chain([{}, {Path("x"): (1, 10)}], itertools.repeat({Path("x"): (2, 99)}))
    rests = list[float]()
    assert await_change({}, lambda: next(looks), rest=rests.append) == [file]  # type: ignore[arg-type]
    assert len(rests) == 3
    rests.clear()
    assert await_change({file: (1, 1)}, lambda: {file: (2, 2)}, rest=rests.append) == [file]
    assert len(rests) == 1
