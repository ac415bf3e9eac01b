"""What can be found out about the studio's page: what it shows, what it has kept, and how it asked.

Each is a function of a page and of the position in the ledger from which on it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hamcrest import (
    all_of,
    assert_that,
    contains_exactly,
    empty,
    equal_to,
    greater_than,
    greater_than_or_equal_to,
    has_entries,
    has_item,
    has_length,
    less_than_or_equal_to,
    none,
    not_none,
)

from earshot.ledger import Kind, Observation
from earshot.matchers.moments import lasting
from earshot.matchers.presence import nothing, something
from earshot.participant import ms_between
from earshot.studio.browser.actor import FASTER, Page
from earshot.studio.browser.fields import metrics_of
from earshot.studio.messages import PING
from earshot.studio.requests import BATCH
from earshot.studio.sound_files import decoded, read

Fact = Callable[[Page, int], object]
LATE_BY_AT_MOST_S = 50.0
"""On the page's clock, which is 100 times as fast: 500 ms on a busy machine."""
RESTS_S = (1, 2, 4)
BETWEEN_HEARTBEATS_S = 30
FFT, LUFS = "POST /api/audio/analyze/fft", "POST /api/audio/analyze/lufs"


# ---- a live session


def is_live(page: Page, _since: int) -> None:
    assert_that(page.state.error, nothing(), f"the error that {page.name}'s page shows")
    assert_that(page.state.badge, equal_to("LIVE"), f"what {page.name}'s page shows of itself")
    assert_that(page.state.session_id, equal_to(page.started.session_id), f"the session that {page.name}'s page knows")


def is_not_live(page: Page, _since: int) -> None:
    assert_that(page.state.badge, equal_to("IDLE"), f"what {page.name}'s page shows of itself")


def has_stopped(page: Page, since: int) -> None:
    is_not_live(page, since)
    shows_no_error(page, since)
    assert_that(page.state.session_id, none(), f"the session that {page.name}'s page knows")


def has_a_new_session(page: Page, _since: int) -> None:
    ids = [session.session_id for session in page.sessions]
    assert_that(set(ids), has_length(len(ids)), f"the different sessions that {page.name}'s page has had")
    assert_that(len(ids), greater_than(1), f"how many sessions {page.name}'s page has had")


def shows_no_error(page: Page, _since: int) -> None:
    assert_that(page.state.error, nothing(), f"the error that {page.name}'s page shows")


def shows(words: str) -> Fact:
    def holds(page: Page, _since: int) -> None:
        assert_that(page.state.error, equal_to(words), f"the error that {page.name}'s page shows")
        assert_that(page.state.notices, has_item(words), f"what {page.name}'s page has told")

    return holds


def shows_an_error(page: Page, _since: int) -> None:
    assert_that(page.state.error, something(), f"the error that {page.name}'s page shows")
    assert_that(page.state.notices, has_item(page.state.error), f"what {page.name}'s page has told")


def has_told_of_it_and_goes_on(page: Page, since: int) -> None:
    is_live(page, since)
    assert_that(page.state.notices, contains_exactly(something()), f"what {page.name}'s page has told")


def has_told_nothing(page: Page, _since: int) -> None:
    assert_that(page.state.notices, empty(), f"what {page.name}'s page has told")


def opened_no_microphone(page: Page, since: int) -> None:
    sent = [o for o in _observed(page, since) if o.kind is Kind.SENT]
    assert_that(page.microphones, equal_to(0), f"how many microphones {page.name}'s page has opened")
    assert_that(len(sent), equal_to(0), f"how much {page.name}'s page has sent")


# ---- what came back


def has_sound_and_figures(page: Page, _since: int) -> None:
    metrics: Any = has_entries(totalLatency=greater_than(0), chunksProcessed=len(page.session.pieces))
    assert_that(page.state.audio, something(), f"the sound that {page.name}'s page has")
    assert_that(page.state.metrics, all_of(not_none(), metrics), f"the figures that {page.name}'s page shows")


def shows_pieces(count: int) -> Fact:
    def holds(page: Page, _since: int) -> None:
        shown = (page.state.metrics or {}).get("chunksProcessed")
        assert_that(shown, equal_to(count), f"how many pieces {page.name}'s page shows as processed")

    return holds


def shows_quality(score: int) -> Fact:
    def holds(page: Page, _since: int) -> None:
        shown = (page.state.metrics or {}).get("qualityScore")
        assert_that(shown, equal_to(score), f"the quality that {page.name}'s page shows")

    return holds


# ---- files


def is_not_busy(page: Page, _since: int) -> None:
    assert_that(page.state.is_processing, equal_to(False), f"whether {page.name}'s page shows that it is processing")


def has_the_whole_file(page: Page, since: int) -> None:
    """The whole file has come back, as long as it was, with its figures."""
    is_not_busy(page, since)
    shows_no_error(page, since)
    answer = _answers(page)[f"POST {BATCH}"]
    sent, back = _form(page.file, page), _form(_audio(page), page)
    assert_that(back, equal_to(sent), f"rate, channels and length of the WAV that {page.name}'s page has")
    assert_that(page.state.progress, equal_to([0, 100]), f"how far {page.name}'s page showed it to be, in per cent")
    assert_that(page.state.metrics, equal_to(metrics_of(answer["metrics"])), f"the figures of {page.name}'s page")
    score: Any = all_of(greater_than_or_equal_to(0), less_than_or_equal_to(100))
    assert_that((page.state.metrics or {})["qualityScore"], score, f"the quality that {page.name}'s page shows")


def has_the_sound(page: Page, since: int) -> None:
    shows_no_error(page, since)
    assert_that(len(_audio(page)), greater_than(0), f"how many bytes of sound {page.name}'s page has")


def has_what_was_measured(page: Page, _since: int) -> None:
    fft, lufs = (_answers(page)[kind].get("result", {}) for kind in (FFT, LUFS))
    assert_that(page.state.spectrum, not_none(), f"the spectrum that {page.name}'s page has")
    assert_that(page.state.loudness, not_none(), f"the loudness that {page.name}'s page has")
    assert page.state.spectrum is not None and page.state.loudness is not None
    found = page.state.spectrum["spectralFeatures"]["centroid"], page.state.loudness["integratedLoudness"]
    assert_that(
        found, equal_to((fft.get("spectral_centroid"), lufs.get("measured_lufs"))), f"what {page.name}'s page shows"
    )


def asked_in_order(page: Page, _since: int) -> None:
    assert_that(
        list(_answers(page)), equal_to([f"POST {BATCH}", FFT, LUFS]), f"what {page.name}'s page asked for, in order"
    )


# ---- asking again, and staying alive


def asked_once(page: Page, _since: int) -> None:
    assert_that(len(page.asked_at_s), equal_to(1), f"how often {page.name}'s page asked")


def asked_again_after_1_2_and_4(page: Page, _since: int) -> None:
    gaps_s = [later - earlier for earlier, later in pairwise(page.asked_at_s)]
    expected: list[Any] = [lasting(rest_s, rest_s + LATE_BY_AT_MOST_S) for rest_s in RESTS_S]
    assert_that(gaps_s, contains_exactly(*expected), f"how many seconds after each other {page.name}'s page asked")


def has_sent_heartbeats(count: int) -> Fact:
    def holds(page: Page, since: int) -> None:
        sent = [o for o in _observed(page, since) if o.kind is Kind.SENT and o.type == PING["type"]]
        assert_that(len(sent), equal_to(count), f"how many heartbeats {page.name}'s page has sent")
        opened = next(o for o in page.seen(0) if o.leg == page.leg.label and o.kind is Kind.OPENED)
        after_s = [ms_between(opened, o) / 1000 * FASTER for o in sent]
        due_s = [BETWEEN_HEARTBEATS_S * number for number in range(1, count + 1)]
        expected: list[Any] = [lasting(each, each + LATE_BY_AT_MOST_S) for each in due_s]
        assert_that(after_s, contains_exactly(*expected), f"seconds after which {page.name}'s page sent heartbeats")

    return holds


# ---- drawings


def says(finding: str) -> Fact:
    def holds(page: Page, _since: int) -> None:
        assert_that(page.findings, contains_exactly(finding), f"what {page.name}'s page says of the drawing")

    return holds


def says_nothing(page: Page, _since: int) -> None:
    assert_that(page.findings, empty(), f"what {page.name}'s page says of the drawing")


def calls_it(complexity: str) -> Fact:
    return lambda page, _since: assert_that(page.complexity, equal_to(complexity), f"what {page.name}'s page calls it")


def draws(is_drawn: bool) -> Fact:
    return lambda page, _since: assert_that(page.link_is_drawn, equal_to(is_drawn), "whether the link is drawn")


# ---- looking


def _answers(page: Page) -> dict[str, dict[str, Any]]:
    """Return what the page was answered, by what it asked for, in that order."""
    return {answer.http.operation: dict(answer.message) for answer in page.answers if answer.http is not None}


def _observed(page: Page, since: int) -> list[Observation]:
    return [o for o in page.seen(since) if o.who == page.name]


def _audio(page: Page) -> bytes:
    return decoded(page.state.audio or "", f"{page.name}'s page")


def _form(content: bytes, page: Page) -> tuple[int, int, int]:
    """Return rate, channels and frames of a WAV file; AssertionError where it is none."""
    file = read(content, f"{page.name}'s page")
    return file.rate_hz, file.channels, len(file.samples)
