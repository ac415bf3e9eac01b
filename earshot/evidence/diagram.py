"""Who did what when: a message sequence diagram that needs no engineer to be read.

Three stages: the ledger becomes lines (one sentence each, runs of the same folded), lines become rows on a
time axis, rows become SVG. The same sentences are also a plain list, which narrow screens show first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from earshot.evidence.page import abridged, counted, page, seconds, text
from earshot.evidence.plain_words import acknowledgement, carries_sound, role, sentence, speaks
from earshot.evidence.wirelog import audio_size_bytes, noteworthy, plain_text
from earshot.ledger import Kind, Ledger, Observation
from earshot.pages import stylesheet
from earshot.wording import CHUNK

# ---- Story: one line per sentence, runs of the same folded

FOLD_WITHIN_MS = 1_000
"""What comes again within this time, with nothing else going the same way between, is one band."""
TOGETHER_WITHIN_MS = 100
"""The same message to several people within this time shares a row."""
MOST_LIFELINES = 6
MOST_ROWS = 90
_BYTES_PER_S = 32_000


@dataclass(slots=True)
class _Line:
    leg: str
    kind: Kind
    type: str
    words: str
    at_ms: float
    until_ms: float
    serious: bool
    count: int = 1
    audio_bytes: int = 0
    late_ms: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def sign(self) -> str:
        """A symbol and a space before what must not depend on colour alone."""
        if self.kind is Kind.CLOSED:
            return "\u25a0 "
        return "\u25b2 " if self.kind is Kind.VIOLATION else "\u2717 " if self.serious else ""

    @property
    def label(self) -> str:
        """What happened, without the name of the person."""
        sound = f", {_sound(self.audio_bytes)}" if self.audio_bytes else ""
        if self.words == CHUNK:
            return f"{counted(self.count, CHUNK)}{sound}"
        if self.type == "audio" and self.count > 1:
            return f"{self.words}, {self.count} pieces{sound}"
        return f"{self.count} \u00d7 {self.words}" if self.count > 1 else f"{self.words}{sound}"

    @property
    def aside(self) -> str:
        """What the service said to the chunks of a band."""
        return ", ".join(
            f"{sign} {count} {words}"
            for answer, count in self.answers.items()
            for sign, _, words in [answer.partition(" ")]
        )

    @property
    def sentence(self) -> str:
        """The whole of it, for the list and the hover text."""
        if self.kind in (Kind.NOTE, Kind.VIOLATION):
            return self.sign + self.label
        aside = f"; {self.aside}" if self.aside else ""
        verb = " sends" if self.words == CHUNK else ":" if self.count > 1 else ""
        return f"{self.sign}{self.leg}{verb} {self.label}{aside}"

    @property
    def tip(self) -> str:
        end = f" to {seconds(self.until_ms)}" if self.until_ms > self.at_ms else ""
        late = f", at most {self.late_ms:.1f} ms after it was due" if self.late_ms else ""
        kind = f" [{self.type}]" if self.type else ""
        return f"{seconds(self.at_ms)}{end}: {self.sentence}{late}{kind}"


def _sound(size_bytes: int) -> str:
    duration_s = size_bytes / _BYTES_PER_S
    return f"{duration_s:.1f}\u00a0s" if duration_s >= 0.1 else counted(size_bytes, "byte")


def _audio_bytes(observation: Observation) -> int:
    if observation.kind not in (Kind.SENT, Kind.RECEIVED) or observation.http is not None:
        return 0
    if carries_sound(observation):
        encoded = observation.message.get("audioData", observation.message.get("data"))
        return audio_size_bytes(encoded) if isinstance(encoded, str) else 0
    return len(observation.payload) if plain_text(observation.payload) is None else 0


def _story(ledger: Ledger, observations: Iterable[Observation], shown_as: Mapping[str, str]) -> list[_Line]:
    """Return the sentences in order of their beginning; `shown_as` gives the lifeline of a leg."""
    lines: list[_Line] = []
    open_runs: dict[tuple[str, Kind], _Line] = {}
    """The latest line of each leg and kind, to which the same may still be added."""
    unanswered: dict[tuple[str, ...], list[_Line]] = {}
    """Where each chunk that is not acknowledged yet was drawn, by leg and by what the answer will echo."""
    for observation in observations:
        leg = shown_as.get(observation.leg, observation.leg)
        at_ms = ledger.elapsed_ms(observation)
        echo = (leg, *(str(observation.message.get(name)) for name in ("sequenceNumber", "chunkId")))
        system = ledger.system_of(observation.leg)
        if unanswered.get(echo) and (answer := acknowledgement(observation, system)):
            unanswered[echo].pop(0).answers[answer] += 1
            continue
        words = sentence(observation, system)
        run = open_runs.get((leg, observation.kind))
        if run is not None and run.words == words and at_ms - run.until_ms <= FOLD_WITHIN_MS:
            run.count += 1
            run.until_ms = at_ms
        else:
            run = _Line(leg, observation.kind, observation.type, words, at_ms, at_ms, serious=noteworthy(observation))
            open_runs[leg, observation.kind] = run
            lines.append(run)
        run.audio_bytes += _audio_bytes(observation)
        if observation.due_ns is not None:
            run.late_ms = max(run.late_ms, (observation.at_ns - observation.due_ns) / 1e6)
        if words == CHUNK:
            unanswered.setdefault(echo, []).append(run)
    return lines


def _rows(lines: Iterable[_Line]) -> list[list[_Line]]:
    """Put lines into rows: what several people are told together stands side by side."""
    rows: list[list[_Line]] = []
    for line in lines:
        if rows and line.kind in (Kind.RECEIVED, Kind.CLOSED):
            row = rows[-1]
            first = row[0]
            if (
                (first.kind, first.type) == (line.kind, line.type)
                and line.at_ms - first.at_ms <= TOGETHER_WITHIN_MS
                and all(other.leg != line.leg for other in row)
            ):
                row.append(line)
                continue
        rows.append([line])
    return rows


# ---- Cast: who gets a lifeline, and where


@dataclass(slots=True)
class _Lifeline:
    name: str
    role: str
    left: bool
    """Whether it stands left of the service, as who speaks does."""
    x: float = 0.0
    label_x: float = 0.0
    begin_ms: float = 0.0
    end_ms: float | None = None


def _cast(ledger: Ledger, observations: Sequence[Observation]) -> tuple[list[_Lifeline], dict[str, str]]:
    """Return the lifelines from left to right, and the lifeline's name of each leg that has to share one."""
    begins: dict[str, float] = {}
    ends: dict[str, float] = {}
    people: dict[str, int] = {}
    person: dict[str, str] = {}
    roles: dict[str, str] = {}
    speaking: set[str] = set()
    serious: set[str] = set()
    for observation in observations:
        leg = observation.leg
        if noteworthy(observation):
            serious.add(leg)
        if observation.kind in (Kind.NOTE, Kind.VIOLATION):
            continue  # the harness remarks on someone; that does not put them on stage
        begins.setdefault(leg, ledger.elapsed_ms(observation))
        person[leg] = observation.who
        people.setdefault(observation.who, len(people))
        if observation.kind in (Kind.CLOSED, Kind.REFUSED):
            ends[leg] = ledger.elapsed_ms(observation)
        if observation.kind is Kind.REFUSED:
            roles[leg] = "turned away"
        elif is_now := role(observation, ledger.system_of(leg)):
            roles[leg] = is_now
        if speaks(observation, ledger.system_of(leg)):
            speaking.add(observation.who)
    order = list(begins)
    if not speaking and order:
        speaking.add(person[order[0]])
    seen = {leg: position for position, leg in enumerate(order)}
    first = sorted(order, key=lambda leg: (leg not in serious, person[leg] not in speaking, seen[leg]))
    alone = set(first if len(first) <= MOST_LIFELINES else first[: MOST_LIFELINES - 1])
    rest = [leg for leg in order if leg not in alone]
    lifelines = [
        _Lifeline(leg, roles.get(leg, ""), person[leg] in speaking, begin_ms=begins[leg], end_ms=ends.get(leg))
        for leg in sorted(alone, key=lambda leg: (people[person[leg]], seen[leg]))
    ]
    lifelines.sort(key=lambda lifeline: not lifeline.left)
    if not rest:
        return lifelines, {}
    name = f"{len(rest)} more"
    still_open = any(leg not in ends for leg in rest)
    lifelines.append(
        _Lifeline(
            name,
            "connections",
            left=False,
            begin_ms=min(begins[leg] for leg in rest),
            end_ms=None if still_open else max(ends[leg] for leg in rest),
        )
    )
    return lifelines, dict.fromkeys(rest, name)


# ---- Drawing

_GUTTER = 74
_MARGIN = 62
_TARGET_WIDTH = 880
_NARROWEST_GAP, _WIDEST_GAP = 150, 270
_HEAD = 48
_TEXT = 13
_BOLD = 0.9
"""How much less bold text fits into the same room."""
_LANE = 6
_LINE_HEIGHT = 16
_QUIET_MS = 1_500
"""From here on a stretch in which nothing new happens is cut."""
_UNITS_PER_MS = 0.024
_NAMES_EVERY = 640

STYLE = stylesheet("diagram")

_LEGEND = (
    ("out", "\u2192 blue", "someone asks or sends"),
    ("in", "\u2192 green", "someone is told or hears"),
    ("", "thick", "many of the same"),
    ("no", "\u2717", "refused or failed"),
    ("", "\u25a0", "disconnected"),
    ("bad", "\u25b2", "broken agreement"),
    ("", "zigzag", "time left out"),
)


def sequence_diagram(ledger: Ledger, *, service_name: str = "the service", title: str = "Who did what, when") -> str:
    """Return a page with the message sequence diagram of a scenario: people, service, time axis, plain words.

    One lifeline per connection (at most 6; further ones share the last), runs of the same message folded into
    a band with their count, long quiet cut. Of more than 90 rows the middle is left out, except for refusals,
    errors, closes and broken agreements; the page says how much.
    """
    # Kept and happened may differ: what is received is stamped in the transport and kept a little later.
    observations = sorted(ledger, key=lambda observation: observation.at_ns)
    if not observations:
        return page(title, '<p class="facts">Nothing was observed.</p>')
    lifelines, shown_as = _cast(ledger, observations)
    lines = _story(ledger, observations, shown_as)
    rows = abridged(_rows(lines), MOST_ROWS, _stays)
    drawing = _Drawing(lifelines, service_name)
    for left_out, row in rows:
        drawing.add(left_out, row)
    drawing.finish(max(line.until_ms for line in lines))
    legend = "".join(f'<span><b class="{look}">{sign}</b> {words}</span>' for look, sign, words in _LEGEND)
    return page(
        title,
        f'<p class="facts">{_facts(ledger, observations, lifelines)}</p>'
        f'<div class="story"><div class="wide">{drawing.svg()}<p class="legend">{legend}</p></div>'
        f'<div class="words"><ol>{"".join(drawing.words)}</ol></div></div>',
        style=STYLE,
    )


def _stays(row: list[_Line]) -> bool:
    return any(line.serious or line.kind is Kind.CLOSED for line in row)


def _facts(ledger: Ledger, observations: Sequence[Observation], lifelines: Sequence[_Lifeline]) -> str:
    messages = sum(o.kind in (Kind.SENT, Kind.RECEIVED) for o in observations)
    last_ms = max(ledger.elapsed_ms(o) for o in observations)
    names = ", ".join(lifeline.name for lifeline in lifelines) or "nobody"
    violations = sum(o.kind is Kind.VIOLATION for o in observations)
    refusals = sum(noteworthy(o) for o in observations) - violations
    facts = f"{text(names)} \u00b7 {counted(messages, 'message')} in {last_ms / 1000:.1f} s"
    if refusals:
        words = counted(refusals, "refusal or failure", "refusals or failures")
        facts += f' \u00b7 <span class="no">\u2717 {words}</span>'
    if violations:
        facts += f' \u00b7 <span class="bad">\u25b2 {counted(violations, "broken agreement")}</span>'
    return facts


class _Drawing:
    """The picture while it grows downwards, and the same in words."""

    def __init__(self, lifelines: Sequence[_Lifeline], service_name: str) -> None:
        self.words: list[str] = []
        self._lifelines = lifelines
        self._service_name = service_name
        self._by_name = {lifeline.name: lifeline for lifeline in lifelines}
        wanted = (_TARGET_WIDTH - _GUTTER - 2 * _MARGIN) / max(1, len(lifelines))
        self._gap = min(_WIDEST_GAP, max(_NARROWEST_GAP, wanted))
        self._service_x = self._place()
        self._width = _GUTTER + 2 * _MARGIN + self._gap * max(1, len(lifelines))
        self._y = float(_HEAD + 8)
        self._at_ms = 0.0
        self._busy_until_ms = 0.0
        self._names_y = 0.0
        self._anchors: list[tuple[float, float]] = [(0.0, self._y)]
        self._back: list[str] = []
        self._front: list[str] = []
        self._bars: list[tuple[_Line, float]] = []

    def _place(self) -> float:
        """Give every lifeline its place and its labels the gap beside it; return where the service stands."""
        x = float(_GUTTER + _MARGIN)
        service_x: float | None = None
        for lifeline in self._lifelines:
            if not lifeline.left and service_x is None:
                service_x, x = x, x + self._gap
            lifeline.x = x
            lifeline.label_x = x + (self._gap if lifeline.left else -self._gap) / 2
            x += self._gap
        return x if service_x is None else service_x

    # -- growing

    def add(self, left_out: Sequence[Sequence[_Line]], row: Sequence[_Line]) -> None:
        """Append a row, and before it what was left out."""
        if left_out:
            hidden = [line for lines in left_out for line in lines]
            count = sum(line.count + sum(line.answers.values()) for line in hidden)
            until_ms = max(line.until_ms for line in hidden)
            self._busy_until_ms = max(self._busy_until_ms, until_ms)
            words = (
                f"{counted(count, 'message')} from {seconds(hidden[0].at_ms)} to {seconds(until_ms)} "
                "are not drawn here; see the wire log."
            )
            self._advance(hidden[0].at_ms)
            self._sentence(hidden[0].at_ms, words, "")
            self._box(words, "", f"{counted(count, 'message')} not drawn")
            self._at_ms = until_ms
        self._advance(row[0].at_ms)
        for line in row:
            look = "violation" if line.kind is Kind.VIOLATION else "no" if line.serious else ""
            self._sentence(line.at_ms, line.sentence, look)
        if row[0].kind in (Kind.NOTE, Kind.VIOLATION):
            line = row[0]
            self._time(self._y + 15, line.at_ms)
            self._box(line.sign + line.label, "violation" if line.kind is Kind.VIOLATION else "", line.tip)
        else:
            self._messages(row)
        self._busy_until_ms = max(self._busy_until_ms, *(line.until_ms for line in row))

    def finish(self, until_ms: float) -> None:
        """Let the axis run to the end of the last band."""
        self._advance(until_ms)
        self._y += 8
        self._anchors.append((until_ms, self._y))

    def _advance(self, to_ms: float) -> None:
        """Move down in time: first through what still goes on in bands, then through quiet."""
        busy_ms = min(to_ms, self._busy_until_ms)
        if busy_ms > self._at_ms:
            self._pass(busy_ms, "in which nothing else happens")
        if to_ms > self._at_ms:
            self._pass(to_ms, "in which nothing happens")
        self._repeat_names()

    def _pass(self, to_ms: float, what: str) -> None:
        passed_ms = to_ms - self._at_ms
        if passed_ms > _QUIET_MS:
            words = f"{passed_ms / 1000:.1f} s {what}"
            self._cut(words)
            self.words.append(f'<li class="pause"><time></time><span>{words}</span></li>')
        else:
            self._y += passed_ms * _UNITS_PER_MS
        self._at_ms = to_ms
        self._anchors.append((to_ms, self._y))

    def _repeat_names(self) -> None:
        if self._y - self._names_y < _NAMES_EVERY:
            return
        if self._names_y:
            self._y += 22
            for name, x in self._columns():
                self._front.append(_text("again", x, self._y - 8, _fitted(name, 110)))
        self._names_y = self._y

    def _sentence(self, at_ms: float, words: str, look: str) -> None:
        self.words.append(f'<li class="{look}"><time>{seconds(at_ms)}</time><span>{text(words)}</span></li>')

    def _time(self, y: float, at_ms: float) -> None:
        self._front.append(_text("at", _GUTTER - 10, y, seconds(at_ms)))

    # -- shapes

    def _messages(self, row: Sequence[_Line]) -> None:
        room = self._gap - 16
        labels = [
            (
                line,
                _wrapped(line.sign + line.label, room * _BOLD, 6)
                if line.serious
                else _wrapped(line.sign + line.label, room, 3),
            )
            for line in row
        ]
        height = max(len(parts) for _, parts in labels) * _LINE_HEIGHT
        base = self._y + height + 7
        self._time(base + 4, row[0].at_ms)
        below = 0.0
        lanes: Counter[bool] = Counter()
        # Nearest first: each further arrow runs a little lower, so that nobody seems to pass a message on.
        for line, parts in sorted(labels, key=lambda one: abs(self._by_name[one[0].leg].x - self._service_x)):
            lifeline = self._by_name[line.leg]
            y = base + (_LANE * lanes[lifeline.left] if line.kind is Kind.RECEIVED else 0)
            lanes[lifeline.left] += 1
            look = "no" if line.serious else "out" if line.kind is Kind.SENT else "in"
            shapes = [f"<title>{text(line.tip)}</title>", *self._arrow(line, lifeline, look, y)]
            top = base - 7 - (len(parts) - 1) * _LINE_HEIGHT
            style = "label no-text" if line.serious else "label"
            shapes += [_text(style, lifeline.label_x, top + k * _LINE_HEIGHT, part) for k, part in enumerate(parts)]
            below = max(below, y - base)
            if line.aside:
                under = _wrapped(line.aside, room, 3, _TEXT - 1)
                shapes += [
                    _text("label aside", lifeline.label_x, y + 17 + k * 15, part) for k, part in enumerate(under)
                ]
                below = max(below, y - base + 8 + 15 * len(under))
            self._front.append(f"<g>{''.join(shapes)}</g>")
            if line.until_ms > line.at_ms:
                self._bars.append((line, y))
        self._anchors.append((row[0].at_ms, base))
        self._y = base + 10 + below

    def _arrow(self, line: _Line, lifeline: _Lifeline, look: str, y: float) -> list[str]:
        person, service = lifeline.x, self._service_x
        if line.kind is Kind.CLOSED:
            fill = "no-fill" if line.serious else "end-fill"
            return [f'<rect class="{fill}" x="{person - 5:.0f}" y="{y - 5:.0f}" width="10" height="10"/>']
        begin, end = (person, service) if line.kind is Kind.SENT else (service, person)
        step = 1 if end > begin else -1
        dash = " dash" if line.kind in (Kind.OPENED, Kind.REFUSED) else ""
        shapes = [f'<path class="{look}{dash}" d="M{begin:.0f} {y:.0f}H{end - 6 * step:.0f}"/>']
        if line.count > 1:
            shapes.append(f'<path class="{look} band" d="M{begin:.0f} {y:.0f}H{end - 9 * step:.0f}"/>')
        if line.kind is Kind.REFUSED:
            x = end - 10 * step
            shapes.append(f'<path class="no" d="M{x - 5:.0f} {y - 5:.0f}l10 10m0 -10l-10 10"/>')
        else:
            size = 8 if line.count > 1 else 5
            shapes.append(f'<path class="{look}-fill" d="M{end:.0f} {y:.0f}l{-9 * step} {-size}v{2 * size}z"/>')
        return shapes

    def _box(self, words: str, look: str, tip: str) -> None:
        """Draw a sentence across all lifelines."""
        x = _GUTTER + 6
        width = self._width - x - 4
        parts = _wrapped(words, (width - 26) * (_BOLD if look else 1), 10)
        height = len(parts) * _LINE_HEIGHT + 8
        lines = "".join(
            _text(f"{look}-text", x + 14, self._y + 16 + k * _LINE_HEIGHT, part) for k, part in enumerate(parts)
        )
        self._front.append(
            f'<g><title>{text(tip)}</title><rect class="{look or "note"}-box" x="{x}" y="{self._y:.0f}" '
            f'width="{width:.0f}" height="{height}"/><rect class="{look + "-" if look else ""}edge" x="{x}" '
            f'y="{self._y:.0f}" width="4" height="{height}"/>{lines}</g>'
        )
        self._y += height + 8

    def _cut(self, words: str) -> None:
        """Draw a break of the time axis."""
        top, bottom = self._y + 8, self._y + 34
        count = int((self._width - _GUTTER) // 12)
        edges = [f"M{_GUTTER} {y:.0f}" + "l6 -4l6 4" * count for y in (top, bottom)]
        width = self._width - _GUTTER
        self._front.append(
            f'<rect class="cut" x="{_GUTTER}" y="{top - 2:.0f}" width="{width:.0f}" height="24"/>'
            f'<path class="zig" d="{"".join(edges)}"/>' + _text("pause", _GUTTER + width / 2, top + 15, words)
        )
        self._y = bottom + 6

    # -- putting it together

    def _columns(self) -> list[tuple[str, float]]:
        return [(self._service_name, self._service_x), *((life.name, life.x) for life in self._lifelines)]

    def _y_of(self, at_ms: float) -> float:
        before = self._anchors[0]
        for after in self._anchors:
            if after[0] >= at_ms:
                share = (at_ms - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
                return before[1] + share * (after[1] - before[1])
            before = after
        return before[1]

    def _head(self, name: str, role: str, x: float, box: str) -> str:
        half = min(self._gap, 130) / 2 - 6
        return (
            f'<g><title>{text(name)}</title><rect class="{box}" x="{x - half:.0f}" y="2" '
            f'width="{2 * half:.0f}" height="{_HEAD - 10}" rx="5"/>'
            + _text("name", x, 18 if role else 26, _fitted(name, 2 * half - 8))
            + (_text("role", x, 33, _fitted(role, 2 * half - 4, 11.5)) if role else "")
            + "</g>"
        )

    def svg(self) -> str:
        top, bottom = _HEAD - 8, self._y
        parts = [
            f'<path class="on" d="M{self._service_x:.0f} {top}V{bottom:.0f}"/>',
            self._head(self._service_name, "", self._service_x, "service"),
        ]
        for lifeline in self._lifelines:
            begin = self._y_of(lifeline.begin_ms)
            end = bottom if lifeline.end_ms is None else self._y_of(lifeline.end_ms)
            parts.append(
                f'<path class="off" d="M{lifeline.x:.0f} {top}V{bottom:.0f}"/>'
                f'<path class="on" d="M{lifeline.x:.0f} {begin:.0f}V{end:.0f}"/>'
                + self._head(lifeline.name, lifeline.role, lifeline.x, "box")
            )
        for line, y in self._bars:
            look = "no" if line.serious else "out" if line.kind is Kind.SENT else "in"
            height = max(4.0, self._y_of(line.until_ms) - y)
            x = self._by_name[line.leg].x
            parts.append(f'<rect class="bar {look}-fill" x="{x - 3:.0f}" y="{y:.0f}" width="6" height="{height:.0f}"/>')
        width, height = round(self._width), round(bottom + 4)
        return (
            f'<svg class="sequence" viewBox="0 0 {width} {height}" style="max-width:{width}px;'
            f'min-width:{round(0.77 * width)}px" role="img" aria-label="Message sequence diagram">'
            f"{''.join(parts)}{''.join(self._front)}</svg>"
        )


@lru_cache(maxsize=4096)
def _width(letter: str) -> float:
    """Return the width of a letter as a share of the font size, on the safe side."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "iljtfrI.,:;' |!()[]":
        return 0.4
    if letter in "mwMW%@\u2717\u25a0\u25b2":
        return 0.95
    return 0.72 if letter.isupper() else 0.61


def _length(words: str, size: float) -> float:
    return sum(map(_width, words)) * size


def _text(look: str, x: float, y: float, words: str) -> str:
    return f'<text class="{look}" x="{x:.0f}" y="{y:.0f}">{text(words)}</text>'


def _fitted(words: str, room: float, size: float = _TEXT) -> str:
    """Return the beginning of the words that fits."""
    return _wrapped(words, room, 1, size)[0]


def _wrapped(words: str, room: float, most: int, size: float = _TEXT) -> list[str]:
    """Break words into at most `most` lines that fit; what is too long ends in an ellipsis."""
    lines = [""]
    for piece in _pieces(words):
        if _length(lines[-1] + piece.rstrip(), size) <= room:
            lines[-1] += piece
        elif lines[-1]:
            lines.append(piece)
        else:
            lines[-1] = piece
    lines = [line.strip() for line in lines]
    fitting = lines[:most]
    if len(lines) > most:
        fitting[-1] += "\u2026"
    return [_shorter(line, room, size) for line in fitting]


def _pieces(words: str) -> list[str]:
    """Where a line may break: after a space, and after any wide (Chinese, Japanese, Korean) letter."""
    wide = "\u3000-\u9fff\uac00-\ud7af\uff00-\uffef"
    return re.findall(rf"[{wide}]|[^ {wide}]* *", words)


def _shorter(line: str, room: float, size: float) -> str:
    if _length(line, size) <= room:
        return line
    kept = line.rstrip("\u2026")
    while kept and _length(kept + "\u2026", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "\u2026"
