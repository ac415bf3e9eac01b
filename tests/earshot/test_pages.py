"""What all pages that we make share."""

from __future__ import annotations

import re

import pytest

from earshot.pages import EMBEDS, POLICY, STYLES, capitalised, counted, document, table, terms, text


def test_a_document_stands_alone_and_its_title_is_any_text() -> None:
    html = document("Ana & <b>", ["<p>x</p>", "", "<p>y</p>"], style="p{color:red}")
    assert "<title>Ana &amp; &lt;b&gt;</title>" in html
    assert f'content="{POLICY}"' in html and "data:" not in html
    assert "p{color:red}</style></head><body>\n<p>x</p>\n<p>y</p>\n</body></html>" in html
    assert f'content="{POLICY}{EMBEDS}"' in document("Sound", [], policy=POLICY + EMBEDS)


def test_text_is_safe_between_tags_and_inside_attributes() -> None:
    assert text("<\"&'>") == "&lt;&quot;&amp;&#x27;&gt;"


def test_headings_say_what_stands_below_them() -> None:
    assert table(("What", "#Took"), ["<tr><td>a</td></tr>"], look="examples", before="<caption>c</caption>") == (
        '<table class="examples"><caption>c</caption><thead><tr><th>What</th><th class="num">Took</th></tr></thead>'
        "<tbody><tr><td>a</td></tr></tbody></table>"
    )


def test_terms_stand_beside_what_is_said_of_them() -> None:
    assert terms([("a", "1")], "facts") == '<dl class="facts"><div><dt>a</dt><dd>1</dd></div></dl>'


@pytest.mark.parametrize(("count", "words"), [(1, "1 box"), (0, "0 boxes"), (1234, "1,234 boxes")])
def test_counts_have_their_plural(count: int, words: str) -> None:
    assert counted(count, "box", "boxes") == words


def test_only_the_first_letter_becomes_a_capital() -> None:
    assert [capitalised(words) for words in ("", "an MP3", "WebSocket")] == ["", "An MP3", "WebSocket"]


def test_every_stylesheet_is_of_one_module() -> None:
    modules = [file.read_text("utf-8") for file in STYLES.parent.rglob("*.py")]
    used = [name for module in modules for name in re.findall(r'stylesheet\("(\w+)"', module)]
    assert sorted(used) == sorted(file.stem for file in STYLES.parent.rglob("*.css"))
