"""What comes back to an engineer, beside what was sent: sample by sample, by length, level and peak."""

from __future__ import annotations

from hamcrest import assert_that, equal_to, greater_than, greater_than_or_equal_to, less_than_or_equal_to

from earshot.matchers.numbers import between
from earshot.studio.engineer import Engineer, Sending
from earshot.studio.matchers import level_db, peak_db, same_sound


def is_as_long(engineer: Engineer) -> None:
    """Insist on as many samples as were sent."""
    sending = engineer.sending
    assert_that(len(sending.returned), greater_than(0), f"how many samples came back to {engineer.name}")
    assert_that(len(sending.returned), equal_to(len(sending.sent)), f"how many samples came back to {engineer.name}")


def is_same(engineer: Engineer) -> None:
    """Insist on the very samples that were sent."""
    sending = engineer.sending
    assert_that(sending.returned, same_sound(sending.sent), f"what came back to {engineer.name}")


def is_nothing(engineer: Engineer) -> None:
    """Insist that the pieces that were sent last were processed, and that no audio came back."""
    processed = [piece.was_processed and piece.audio is None for piece in engineer.sending.pieces]
    assert_that(processed, equal_to([True] * max(1, len(processed))), f"whether {engineer.name} heard nothing")


def is_louder(engineer: Engineer, *, level: float, tolerance: float) -> None:
    """Insist on a level so many dB above what was sent."""
    moved_db = level_db(engineer.sending.returned) - level_db(engineer.sending.sent)
    what = f"by how many dB what came back to {engineer.name} is louder"
    assert_that(moved_db, between(level - tolerance, level + tolerance), what)


def is_quieter(engineer: Engineer, *, level: float, tolerance: float) -> None:
    """Insist on a level so many dB below what was sent."""
    is_louder(engineer, level=-level, tolerance=tolerance)


def is_quieter_than_before(engineer: Engineer, *, least: float) -> None:
    """Insist on a level at least so many dB below what came back of the sound that was sent before."""
    what = f"by how many dB what came back to {engineer.name} is quieter than before"
    assert_that(-_moved_db(engineer), greater_than_or_equal_to(least), what)


def is_as_loud_as_before(engineer: Engineer, *, tolerance: float) -> None:
    """Insist on the level of what came back at first."""
    first, last = engineer.sendings[0], engineer.sending
    moved_db = level_db(last.returned) - level_db(first.returned)
    what = f"by how many dB what came back to {engineer.name} is louder than at first"
    assert_that(moved_db, between(-tolerance, tolerance), what)


def is_below(engineer: Engineer, *, most: float) -> None:
    """Insist that sound came back, and no sample of it above this level."""
    returned = engineer.sending.returned
    assert_that(len(returned), greater_than(0), f"how many samples came back to {engineer.name}")
    assert_that(peak_db(returned), less_than_or_equal_to(most), f"the largest sample that came back to {engineer.name}")


def _moved_db(engineer: Engineer) -> float:
    before, last = _last_two(engineer)
    return level_db(last.returned) - level_db(before.returned)


def _last_two(engineer: Engineer) -> tuple[Sending, Sending]:
    if len(engineer.sendings) < 2:
        raise AssertionError(f"{engineer.name} has sent nothing before that to compare with")
    before, last = engineer.sendings[-2:]
    return before, last
