"""What a setting is: its default, its range and where a value may come from. Each system declares its own.

A setting is given as command-line option (`--data-retention-hours 5`) or as environment variable of the same name
(`DATA_RETENTION_HOURS=5`); the option wins. Durations accept fractions, so that a test need not wait two minutes to
see an idle connection closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, cast

MEBIBYTE = 1_048_576

Declared = TypeVar("Declared")
"""A dataclass whose fields are settings, made by the functions below."""


class SettingError(ValueError):
    """A setting was given a value that it cannot have; the text is one sentence for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be said about one setting."""

    unit: str
    low: float
    high: float
    help: str
    off: str = ""
    """The word that turns the setting off, if it can be; its value is then None."""


def number(default: float | None, unit: str, low: float, high: float, help_text: str, off: str = "") -> Any:
    """Declare a setting that is a number; with `off` it may be None."""
    return field(default=default, metadata={"limit": Limit(unit, low, high, help_text, off)})


def whole_number(default: int | None, unit: str, low: int, high: int, help_text: str, off: str = "") -> Any:
    """Declare a setting that is a whole number; with `off` it may be None."""
    return number(default, unit, low, high, help_text, off)


@dataclass(frozen=True, slots=True)
class Words:
    """What may be said about a setting that is no number."""

    read: Callable[[str, str], object]
    """From its text, and what it was given as, to its value; raises SettingError."""
    help: str
    secret: bool = False
    """Whether nobody is to see it."""


def text(default: str, help_text: str, *, secret: bool = False) -> Any:
    """Declare a setting that is taken as it is given."""
    about = Words(lambda given, _: given, help_text, secret)
    return field(default=default, repr=not secret, metadata={"words": about})


def words(default: tuple[str, ...], read_list: Callable[[str, str], object], help_text: str) -> Any:
    """Declare a setting of several words."""
    return field(default=default, metadata={"words": Words(read_list, help_text)})


def separated(given: str, given_as: str) -> tuple[str, ...]:
    """Return the words of a comma separated list."""
    parts = tuple(part.strip() for part in given.split(","))
    if "" in parts:
        raise SettingError(f"{given_as} wants words, comma separated, but {given!r} has an empty one.")
    return parts


@dataclass(frozen=True, slots=True)
class SharedSettings:
    """What every system keeps to."""

    data_retention_hours: int = whole_number(12, "hours", 1, 8760, "log files older than this are deleted")


class Settings:
    """The settings of one run, of every kind that was declared."""

    def __init__(self, declared: Iterable[object]) -> None:
        self._by_kind = {type(one): one for one in declared}

    def of(self, kind: type[Declared]) -> Declared:
        return cast("Declared", self._by_kind[kind])

    def by_variable(self) -> dict[str, object]:
        """Return every setting under its environment variable, ready for JSON; of a secret only whether it is there."""
        return {
            one.name.upper(): _visible(one, getattr(declared, one.name))
            for declared in self._by_kind.values()
            for one in _fields(declared)
        }


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """One setting as `--help` shows it."""

    name: str
    option: str
    variable: str
    help: str


def describe(kinds: Iterable[type]) -> list[SettingDescription]:
    """Return every setting in the order in which it is declared."""
    return [
        SettingDescription(one.name, option_of(one.name), one.name.upper(), _help(one))
        for kind in kinds
        for one in _fields(kind)
    ]


def option_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def read(kinds: Iterable[type], options: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """Return the settings that `options` (by field name) and `environment` (by variable) ask for.

    Raise SettingError when a value has the wrong type or is out of range.
    """
    return Settings(_read(kind, options, environment) for kind in kinds)


def _read(kind: type[Declared], options: Mapping[str, str], environment: Mapping[str, str]) -> Declared:
    values: dict[str, object] = {}
    for one in _fields(kind):
        if one.name in options:
            values[one.name] = _parse(one, options[one.name], option_of(one.name))
        elif one.name.upper() in environment:
            values[one.name] = _parse(one, environment[one.name.upper()], one.name.upper())
    return kind(**values)


def _fields(declared: Any) -> tuple[Any, ...]:
    return fields(declared)


def _visible(one: Any, value: object) -> object:
    about = _words(one)
    return bool(value) if about is not None and about.secret else value


def _limit(one: Any) -> Limit | None:
    limit = one.metadata.get("limit")
    return limit if isinstance(limit, Limit) else None


def _words(one: Any) -> Words | None:
    listed = one.metadata.get("words")
    return listed if isinstance(listed, Words) else None


def _help(one: Any) -> str:
    limit, listed, default = _limit(one), _words(one), one.default
    if limit is not None:
        shown = limit.off if default is None else _shown(default)
        about = f"{limit.help}; {limit.unit}, {_shown(limit.low)} to {_shown(limit.high)}"
    else:
        assert listed is not None, f"{one.name} is a number or words"
        shown = (",".join(default) if isinstance(default, tuple) else default) or "none"
        about = listed.help
    return f"{about}, default {shown}; environment {one.name.upper()}"


def _shown(value: object) -> str:
    return f"{value:.10g}"


def _parse(one: Any, given: str, given_as: str) -> object:
    listed, limit = _words(one), _limit(one)
    if listed is not None:
        return listed.read(given, given_as)
    assert limit is not None, f"{one.name} is a number or words"
    if limit.off and given == limit.off:
        return None
    whole = "int" in str(one.type)
    try:
        value: float = int(given) if whole else float(given)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise SettingError(f"{given_as} wants {kind} of {limit.unit}, not {given!r}.") from None
    if not limit.low <= value <= limit.high:
        raise SettingError(
            f"{given_as} wants {_shown(limit.low)} to {_shown(limit.high)} {limit.unit}, but {given} was given."
        )
    return value
