"""What is told of sound twins."""

from __future__ import annotations

import pytest

from earshot.failures import Unusable
from earshot.running.caught import Twin
from earshot.running.sound import Shown, as_markdown, describe, together

SHOWN = Shown("other-words", "Other words.", "conversation", 200, 3, {"Asking: A hello": "expected\n  Hello"}, 2.0)
SHUFFLED = Twin("shuffled", "gateway", (), "Another order.", {"exact_words": True})
CODES = Twin("codes", "conversation", (), "Codes.", {"exact_words": True, "equivalent_codes": {"NO_AUDIO": ["E"]}})
WORDS = Twin("words", "conversation", (), "Words.", {"own": {"conversation": {"placeholder_key": "sk"}}})


def test_what_is_red_is_told_in_one_line_each() -> None:
    assert describe(SHOWN) == (
        "other-words, conversation: 200 passed, 3 skipped, 1 red\n    Asking: A hello: expected Hello"
    )


def test_the_page_has_a_row_for_each_twin_and_lists_what_is_red() -> None:
    page = as_markdown([SHOWN, Shown("late", "Late.", "broadcast", 7, 0, {}, 1.0)])
    assert (
        "| `late` | Late. | broadcast | 7 | 0 | 0 |\n| `other-words` | Other words. | conversation | 200 | 3 | 1 |"
        in page
    )
    assert "* `other-words`, Asking: A hello: expected Hello" in page


def test_twins_together_declare_what_each_of_them_does() -> None:
    one = together([SHUFFLED, CODES, WORDS])
    assert (one.name, one.system) == ("shuffled,codes,words", "conversation")
    assert one.declares == {
        "exact_words": False,
        "equivalent_codes": {"NO_AUDIO": ["E"]},
        "own": {"conversation": {"placeholder_key": "sk"}},
    }
    assert together([SHUFFLED, CODES]).declares["exact_words"]
    assert together([SHUFFLED]).system == "gateway"


def test_twins_of_two_systems_cannot_be_one() -> None:
    with pytest.raises(Unusable, match="broadcast and conversation meet no features together"):
        together([CODES, Twin("late", "broadcast", (), "Late.")])
