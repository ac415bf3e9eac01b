"""Allure's page, made ours: no request to an outside host, our words, its data compressed, and links to our pages."""

from __future__ import annotations

import base64
import gzip
import re
from string import Template

from earshot.book.overview import OVERVIEW_PAGE
from earshot.book.renderer import RENDERER
from earshot.evidence.identity import REQUIREMENT_ID, TRACE_PAGE
from earshot.failures import Unusable

# Allure 3 writes a tag manager into every report, and has no option against it.
TAG_MANAGER = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*'
    r"<script>(?:(?!</script>).)*?gtag\('config'.*?</script>\s*",
    re.DOTALL,
)
OUTSIDE = re.compile(
    r"""<(?:script|link|img|iframe|source|audio|video|object|embed)\b[^>]*?\b(?:src|href|data)=["']?(?:https?:)?//[^>]*>"""
    r"|googletagmanager|gtag\(",
    re.IGNORECASE,
)
# A second lock on the same door: even what an attachment brings along loads nothing from elsewhere.
POLICY = "default-src data: blob: 'unsafe-inline' 'unsafe-eval'"

# Allure's words, in the English of its interface, and ours: for what is neither passed nor failed, and above the
# sentence that says why a scenario did not pass, which need not be an error.
SCRIPT = re.compile(r"(?<=data:text/javascript;base64,)[\w+/=]+")
WORDS = {
    b'"skipped":"skipped","unknown":"unknown"': b'"skipped":"skipped","unknown":"inconclusive"',
    b'"error":"Error","success":"Success"': b'"error":"What happened","success":"Success"',
}

# Allure keeps its data in the page as d("name","base64"), which report/head_of_body.html knows how to expand.
DATA = re.compile(r'\bd\("([^"]+)","([\w+/=]+)"\)')
WORTH_COMPRESSING = 1000


def made_ours(page: str) -> str:
    """Return Allure's page as we hand it out; raises Unusable if it would make a browser ask an outside host."""
    page = compressed(in_our_words(without_outside_requests(page)))
    return page.replace("<body>", f"<body>{_ours('head')}", 1).replace("</body>", f"{_ours('end')}</body>")


def without_outside_requests(page: str) -> str:
    """Return the page without the tag manager, and with a policy that lets nothing load from outside.

    Raises Unusable if anything is left that would make a browser ask an outside host.
    """
    head = f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = TAG_MANAGER.sub("", page).replace("<head>", head, 1)
    left = OUTSIDE.search(page)
    if left or head not in page:
        raise Unusable(
            "the report was expected to make no request to an outside host, but Allure wrote "
            f"{left.group()[:120] if left else 'a page without <head>'!r}; "
            "adapt earshot/book/allure_page.py to this version of Allure"
        )
    return page


def in_our_words(page: str) -> str:
    """Return the page with our words for what Allure calls unknown, and an error."""

    def reworded(script: re.Match[str]) -> str:
        source = base64.b64decode(script.group())
        for theirs, ours in WORDS.items():
            source = source.replace(theirs, ours)
        return base64.b64encode(source).decode()

    return SCRIPT.sub(reworded, page)


def compressed(page: str) -> str:
    """Return the page with its data compressed; what expands it has to be put in."""

    def packed(data: re.Match[str]) -> str:
        if len(data[2]) < WORTH_COMPRESSING:
            return data[0]
        small = gzip.compress(base64.b64decode(data[2]), mtime=0)
        return f'z("{data[1]}","{base64.b64encode(small).decode()}")'

    return DATA.sub(packed, page)


def _ours(place: str) -> str:
    """Return what we add to the head or the end of Allure's page."""
    added = Template((RENDERER / f"{place}_of_body.html").read_text("utf-8"))
    return added.substitute(overview=OVERVIEW_PAGE, trace=TRACE_PAGE, requirement=REQUIREMENT_ID.pattern)
