"""A conversation as a page: who said what, how it was understood, who answered and how long that took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from earshot.conversation.turns import ANSWER
from earshot.conversation.user import Exchange, Spoken, took_ms
from earshot.evidence import players
from earshot.evidence.page import abridged, counted, page, text
from earshot.evidence.players import player
from earshot.ledger import Observation
from earshot.pages import stylesheet

MOST_TURNS = 40
NAMES = {"llama": "Llama", "openai": "OpenAI", "huggingface": "Hugging Face"}
SILENT = {
    "none": "No answer: nothing was understood",
    "guardrails": "No answer: turned away by the content rules",
    "unknown": "No answer: no assistant was available",
    "error": "No answer: the assistant failed",
}
STYLE = players.STYLE + stylesheet("dialogue", Path(__file__).parent)


def dialogue_page(exchanges: Sequence[Exchange], *, title: str = "The conversation") -> str:
    """Return a page with every turn, in the order of their ends; each connection under its person and session."""
    answered = sum(_is_answered(each) for each in exchanges)
    facts = f'<p class="facts">{counted(len(exchanges), "turn")}, {answered} answered.</p>'
    body = "".join(_conversation(who, session_id, turns) for (who, session_id), turns in _by_session(exchanges).items())
    return page(title, f'{facts}<div class="dialogue">{body}</div>', style=STYLE)


def _by_session(exchanges: Sequence[Exchange]) -> Mapping[tuple[str, str], list[Exchange]]:
    found: dict[tuple[str, str], list[Exchange]] = {}
    for each in exchanges:
        found.setdefault((each.leg, each.session_id), []).append(each)
    return found


def _conversation(who: str, session_id: str, turns: Sequence[Exchange]) -> str:
    session = f"session {session_id}" if session_id else "no session named"
    parts = [f"<h2>{text(who)}<small>{text(session)}</small></h2>"]
    for left_out, each in abridged(turns, MOST_TURNS, lambda each: not _is_answered(each)):
        if left_out:
            parts.append(f'<p class="left-out">{counted(len(left_out), "answered turn")} left out here</p>')
        parts.append("".join(_turn(each)))
    return "".join(parts)


def _turn(exchange: Exchange) -> Iterator[str]:
    result = exchange.turn.result if exchange.turn else None
    yield '<section class="turn">'
    yield f'<div class="said">{"".join(_said(exchange, result))}</div>'
    if exchange.turn is None:
        yield '<div class="reply no"><header><b>The turn was not ended</b></header></div>'
    elif result is None:
        yield '<div class="reply no"><header><b>Nothing came of it</b></header></div>'
    else:
        yield _reply(result, took_ms(exchange.turn))
    yield "</section>"


def _said(exchange: Exchange, result: Observation | None) -> Iterator[str]:
    if not exchange.spoken:
        yield f'<div class="quiet">{text(exchange.who)} ended the turn without having said anything</div>'
    heard = _understood(result)
    together = len(exchange.spoken) > 1
    for spoken in exchange.spoken:
        yield _sound(exchange.who, spoken, None if together else heard)
    if together and heard is not None:
        yield f'<p class="facts">Understood together as “{text(heard)}”.</p>'


def _sound(who: str, spoken: Spoken, heard: str | None) -> str:
    if spoken.clip is None:
        return player(f"{who} sent {spoken.words}", spoken.samples, expected_text="", actual_text=None)
    if spoken.script is not None:
        sub_line = f"“{spoken.words}”, to a recogniser that follows a script"
        return player(f"{who} said", spoken.samples, expected_text=spoken.script, actual_text=heard, sub_line=sub_line)
    return player(f"{who} said", spoken.samples, expected_text=spoken.words, actual_text=heard)


def _understood(result: Observation | None) -> str | None:
    """Return what was understood; None where nothing tells of it."""
    if result is None or result.type != ANSWER:
        return None
    return str(result.message.get("transcription") or "")


def _reply(result: Observation, after_ms: float) -> str:
    message = result.message
    after = f"after {after_ms / 1000:.2f} s"
    if result.type != ANSWER:
        who, words, good = "Error", message.get("message"), False
    elif message.get("error") is not None:
        who, words, good = SILENT.get(str(message.get("backend_used")), "No answer"), message["error"], False
    else:
        backend = str(message.get("backend_used"))
        who, words, good = f"{NAMES.get(backend, backend)} answered", message.get("response"), True
    return (
        f'<div class="reply{"" if good else " no"}"><header><b>{text(who)}</b><span>{after}</span></header>'
        f"<p>{text(words)}</p></div>"
    )


def _is_answered(exchange: Exchange) -> bool:
    result = exchange.turn.result if exchange.turn else None
    return result is not None and result.type == ANSWER and result.message.get("error") is None
