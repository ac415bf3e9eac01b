"""Running some scenarios again and again, in one behave process, to see whether they always end alike."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from earshot.evidence.results import ScenarioResult, all_results
from earshot.failures import Unusable
from earshot.running.worker import ALLURE, EVERYTHING, FORKING, work
from earshot.scratch import named_for
from earshot.side_by_side import environment_of

ANSWERS_WITHIN_S = 900.0


def repeated(places: Sequence[str], times: int, options: Sequence[str], stack: Path) -> list[list[ScenarioResult]]:
    """Run the scenarios at these places (file:line) so many times; return the results of each repetition.

    `options` are behave's, and `stack` says where the store is; results go where nobody else looks.
    """
    repetitions: list[list[ScenarioResult]] = []
    with tempfile.TemporaryDirectory(prefix=named_for("repeated")) as name:
        folder = Path(name)
        results = folder / "results"
        formats = ["-f", ALLURE, "-o", str(results), "-f", "null"]
        told = environment_of(0, 1, folder=folder, stack=stack)
        ours, its = FORKING.Pipe()
        process: BaseProcess = FORKING.Process(
            target=work, args=(its, [*formats, "--tags", EVERYTHING, *options], told, folder / "behave.log")
        )
        process.start()
        its.close()
        known = 0
        try:
            for turn in range(times + 1):
                if not ours.poll(ANSWERS_WITHIN_S):
                    raise Unusable(f"{', '.join(places)} did not end in {ANSWERS_WITHIN_S:g} s")
                ours.recv()  # it has nothing to do
                found = all_results(results)
                if turn:
                    repetitions.append(found[known:])
                known = len(found)
                ours.send(list(places) if turn < times else None)
        except EOFError:
            last = (folder / "behave.log").read_text("utf-8", errors="replace").strip().splitlines()[-1:]
            raise Unusable(f"behave ended in the middle of {', '.join(places)}: {''.join(last) or 'no word'}") from None
        finally:
            process.join(ANSWERS_WITHIN_S)
            process.kill()
        return repetitions
