"""What comes back to an engineer, beside what was sent: sample by sample, by length, level and peak."""

from __future__ import annotations

import numpy as np
from hamcrest import assert_that, equal_to, greater_than, greater_than_or_equal_to, less_than_or_equal_to

from earshot.matchers.numbers import between
from earshot.studio.engineer import Engineer, Sending
from earshot.studio.matchers import level_db, same_sound
from earshot.studio.measuring import peak_db, tone_above_rest_db, tone_db

SAME_DB = 0.1
"""Differences in level below this are none."""


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
    what = f"by how many dB what came back to {engineer.name} is louder"
    assert_that(-_loss_db(engineer.sending), between(level - tolerance, level + tolerance), what)


def is_quieter(engineer: Engineer, *, level: float, tolerance: float) -> None:
    """Insist on a level so many dB below what was sent."""
    has_fallen(engineer, least=level - tolerance, most=level + tolerance)


def is_quieter_than_before(engineer: Engineer, *, least: float) -> None:
    """Insist on a level at least so many dB below what came back of the sound that was sent before."""
    what = f"by how many dB what came back to {engineer.name} is quieter than before"
    assert_that(-_moved_db(engineer), greater_than_or_equal_to(least), what)


def is_as_loud_as_first(engineer: Engineer, *, tolerance: float) -> None:
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


def is_louder_than_before(engineer: Engineer, *, level: float, tolerance: float) -> None:
    """Insist on a level so many dB above what came back of the sound that was sent before."""
    what = f"by how many dB what came back to {engineer.name} is louder than before"
    assert_that(_moved_db(engineer), between(level - tolerance, level + tolerance), what)


def has_fallen(engineer: Engineer, *, least: float, most: float) -> None:
    """Insist on a level that is lower than what was sent, by how much in dB."""
    what = f"by how many dB what came back to {engineer.name} is quieter"
    assert_that(_loss_db(engineer.sending), between(least, most), what)


def has_lost_no_less(engineer: Engineer) -> None:
    """Insist that no more was lost of what was sent before than of what was sent last."""
    before, last = _last_two(engineer)
    what = f"how many dB {engineer.name} lost"
    assert_that(_loss_db(last), greater_than_or_equal_to(_loss_db(before) - SAME_DB), what)


def has_level(engineer: Engineer, *, level: float, tolerance: float) -> None:
    """Insist on a level of the last second."""
    near = between(level - tolerance, level + tolerance)
    assert_that(level_db(engineer.sending.returned), near, f"the level in dB of what came back to {engineer.name}")


def has_peak(engineer: Engineer, *, peak: float, tolerance: float) -> None:
    """Insist on a level of the largest sample."""
    near = between(peak - tolerance, peak + tolerance)
    assert_that(peak_db(engineer.sending.returned), near, f"the largest sample that came back to {engineer.name}")


def is_above(engineer: Engineer, *, most: float) -> None:
    """Insist on samples above a level."""
    what = f"the largest sample that came back to {engineer.name}"
    assert_that(peak_db(engineer.sending.returned), greater_than(most), what)


def is_silence(engineer: Engineer) -> None:
    """Insist on nothing but zeros, and as many as were sent."""
    is_as_long(engineer)
    loud = int(np.count_nonzero(engineer.sending.returned))
    assert_that(loud, equal_to(0), f"how many samples that came back to {engineer.name} are not silent")


def is_tone(engineer: Engineer, *, hz: float, least: float) -> None:
    """Insist on a tone in the last second, and so many dB less of everything else."""
    returned = engineer.sending.returned
    what = f"by how many dB a {hz:g} Hz tone stands out in what came back to {engineer.name}"
    assert_that(tone_above_rest_db(returned, hz), greater_than_or_equal_to(least), what)


def has_gained(engineer: Engineer, *, hz: float, gain: float, tolerance: float) -> None:
    """Insist on how much a frequency has gained."""
    what = f"by how many dB {hz:g} Hz is louder in what came back to {engineer.name}"
    assert_that(_gain_db(engineer.sending, hz), between(gain - tolerance, gain + tolerance), what)


def has_gained_over(engineer: Engineer, *, hz: float, other_hz: float, least: float) -> None:
    """Insist on how much more a frequency has gained than another."""
    gained_db = _gain_db(engineer.sending, hz) - _gain_db(engineer.sending, other_hz)
    what = f"by how many dB {hz:g} Hz has gained over {other_hz:g} Hz in what came back to {engineer.name}"
    assert_that(gained_db, greater_than_or_equal_to(least), what)


def _gain_db(sending: Sending, hz: float) -> float:
    return tone_db(sending.returned, hz) - tone_db(sending.sent, hz)


def _loss_db(sending: Sending) -> float:
    return level_db(sending.sent) - level_db(sending.returned)


def _moved_db(engineer: Engineer) -> float:
    before, last = _last_two(engineer)
    return level_db(last.returned) - level_db(before.returned)


def _last_two(engineer: Engineer) -> tuple[Sending, Sending]:
    if len(engineer.sendings) < 2:
        raise AssertionError(f"{engineer.name} has sent nothing before that to compare with")
    before, last = engineer.sendings[-2:]
    return before, last
