"""Chunks that come in another order than they were sent."""

from __future__ import annotations

import pytest

from reference.broadcast.reorder import Disorder, Reorder

CHUNK_BYTES = 3_200


class Line:
    """A reorderer and what has gone through it."""

    def __init__(self, limit_bytes: int = 64_000) -> None:
        self.out: list[str] = []
        self.disorders: list[Disorder] = []
        self.reorder: Reorder[str] = Reorder(limit_bytes)

    def send(self, *numbers: int | None) -> None:
        for number in numbers:
            self._note(self.reorder.take(number, f"c{number}", CHUNK_BYTES))

    def skip(self, number: int) -> None:
        self._note(self.reorder.skip(number))

    def _note(self, arrival: object) -> None:
        self.out += arrival.ready
        if arrival.disorder is not None:
            self.disorders.append(arrival.disorder)


@pytest.mark.parametrize("base", [0, 1, 41], ids=["from 0", "from 1", "from anywhere"])
def test_the_first_number_is_the_base_and_a_gap_is_waited_for(base: int) -> None:
    line = Line()
    line.send(base, base + 2, base + 1, base + 3)
    assert line.out == [f"c{base + number}" for number in (0, 1, 2, 3)]
    assert line.disorders == [Disorder.GAP]


def test_without_numbers_chunks_go_on_as_they_come() -> None:
    line = Line()
    line.send(None, None, None)
    assert line.out == ["cNone"] * 3
    assert line.disorders == []


def test_more_than_the_limit_is_not_held_for_a_missing_chunk_which_then_is_late() -> None:
    line = Line()
    line.send(1, *range(3, 23))  # 20 chunks, exactly two seconds
    assert line.out == ["c1"]
    line.send(23)
    assert line.out == ["c1", *(f"c{number}" for number in range(3, 24))]
    line.send(2)
    assert line.out[-1] == "c2"
    line.send(24)
    assert line.out[-1] == "c24"
    assert line.disorders == [Disorder.GAP, Disorder.GIVEN_UP, Disorder.LATE]


def test_several_gaps_are_filled_in_any_order() -> None:
    line = Line()
    line.send(1, 5, 3, 4)
    assert line.out == ["c1"]
    line.send(2)
    assert line.out == ["c1", "c2", "c3", "c4", "c5"]
    assert not line.reorder.waiting


def test_a_number_that_brings_no_audio_is_no_gap() -> None:
    line = Line()
    line.send(1)
    line.skip(2)
    line.send(3, 5)
    line.skip(4)
    assert line.out == ["c1", "c3", "c5"]
    assert line.disorders == [Disorder.GAP]


def test_numbers_skipped_before_the_first_audio_do_not_make_a_base() -> None:
    line = Line()
    line.skip(7)
    line.send(3, 4)
    assert line.out == ["c3", "c4"]
    assert line.disorders == []


def test_a_repeated_number_goes_on_too() -> None:
    line = Line()
    line.send(1, 1, 3, 3, 2)
    assert line.out == ["c1", "c1", "c2", "c3", "c3"]


def test_an_unnumbered_chunk_does_not_overtake_what_is_held() -> None:
    line = Line()
    line.send(1, 3, None, 4)
    assert line.out == ["c1", "c3", "cNone", "c4"]


def test_skipped_numbers_count_so_that_a_gap_never_holds_without_end() -> None:
    line = Line()
    line.send(1, 3)
    for number in range(4, 40):
        line.skip(number)
    assert line.out == ["c1", "c3"]
