"""What a setting is: its default, its range and where a value may come from. Each system declares its own.

A setting is given as command-line option (`--data-retention-hours 5`) or as environment variable of the same name
(`DATA_RETENTION_HOURS=5`); the option wins. Durations accept fractions, so that a test need not wait two minutes to
see an idle connection closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeVar, cast

MEBIBYTE = 1_048_576

Declared = TypeVar("Declared")
"""A dataclass whose fields are settings, made by the functions below."""


class SettingError(ValueError):
    """A setting was given a value that it cannot have; the text is one sentence for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Number:
    unit: str
    low: float
    high: float
    help: str
    off: str
    """The word that turns the setting off, if it can be; its value is then None."""
    whole: bool = False
    secret: ClassVar[bool] = False

    def read(self, given: str, given_as: str) -> float | None:
        """Return the value of a text, or raise SettingError."""
        if self.off and given == self.off:
            return None
        try:
            value: float = int(given) if self.whole else float(given)
        except ValueError:
            wanted = "a whole number" if self.whole else "a number"
            raise SettingError(f"{given_as} wants {wanted} of {self.unit}, not {given!r}.") from None
        if not self.low <= value <= self.high:
            raise SettingError(
                f"{given_as} wants {_short(self.low)} to {_short(self.high)} {self.unit}, but {given} was given."
            )
        return value

    def about(self, default: float | None) -> str:
        """Say what it is for, and how it is without anybody saying so."""
        shown = self.off if default is None else _short(default)
        return f"{self.help}; {self.unit}, {_short(self.low)} to {_short(self.high)}, default {shown}"


@dataclass(frozen=True, slots=True)
class Words:
    parse: Callable[[str, str], object]
    help: str
    secret: bool = False
    """Whether nobody is to see it."""

    def read(self, given: str, given_as: str) -> object:
        """Return the value of a text, or raise SettingError."""
        return self.parse(given, given_as)

    def about(self, default: str | tuple[str, ...]) -> str:
        """Say what it is for, and how it is without anybody saying so."""
        return f"{self.help}, default {(','.join(default) if isinstance(default, tuple) else default) or 'none'}"


Form = Number | Words


def number(default: float | None, unit: str, low: float, high: float, help_text: str, off: str = "") -> Any:
    """Declare a setting that is a number; with `off` it may be None."""
    return _setting(default, Number(unit, low, high, help_text, off))


def whole_number(default: int | None, unit: str, low: int, high: int, help_text: str, off: str = "") -> Any:
    """Declare a setting that is a whole number; with `off` it may be None."""
    return _setting(default, Number(unit, low, high, help_text, off, whole=True))


def text(default: str, help_text: str, *, secret: bool = False) -> Any:
    """Declare a setting that is taken as it is given."""
    return _setting(default, Words(lambda given, _: given, help_text, secret))


def words(default: tuple[str, ...], parse: Callable[[str, str], object], help_text: str) -> Any:
    """Declare a setting of several words; `parse` takes their text, and what it was given as."""
    return _setting(default, Words(parse, help_text))


def one_of(default: str, choices: tuple[str, ...], help_text: str) -> Any:
    """Declare a setting that is one of these words."""

    def parse(given: str, given_as: str) -> str:
        if given not in choices:
            raise SettingError(f"{given_as} wants {', '.join(choices[:-1])} or {choices[-1]}, but {given!r} was given.")
        return given

    return _setting(default, Words(parse, help_text))


def _setting(default: object, form: Form) -> Any:
    return field(default=default, repr=not form.secret, metadata={"form": form})


def separated(given: str, given_as: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in given.split(","))
    if "" in parts:
        raise SettingError(f"{given_as} wants words, comma separated, but {given!r} has an empty one.")
    return parts


@dataclass(frozen=True, slots=True)
class SharedSettings:
    data_retention_hours: int = whole_number(12, "hours", 1, 8760, "log files older than this are deleted")


@dataclass(frozen=True, slots=True)
class NoSettings:
    """Of what has nothing to set."""


class Settings:
    """The settings of one run, of every kind that was declared."""

    def __init__(self, declared: Iterable[object]) -> None:
        self._by_kind = {type(one): one for one in declared}

    def of(self, kind: type[Declared]) -> Declared:
        return cast("Declared", self._by_kind[kind])

    def by_variable(self) -> dict[str, object]:
        """Return every setting under its environment variable, ready for JSON; of a secret only whether it is there."""
        return {
            one.name.upper(): bool(value) if _form(one).secret else value
            for declared in self._by_kind.values()
            for one in _fields(declared)
            for value in [getattr(declared, one.name)]
        }


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """One setting as `--help` shows it."""

    name: str
    option: str
    help: str


def describe(kinds: Iterable[type]) -> list[SettingDescription]:
    """Return every setting in the order in which it is declared."""
    return [
        SettingDescription(
            one.name, option_of(one.name), f"{_form(one).about(one.default)}; environment {one.name.upper()}"
        )
        for declared in kinds
        for one in _fields(declared)
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
        variable = one.name.upper()
        if one.name in options:
            values[one.name] = _form(one).read(options[one.name], option_of(one.name))
        elif variable in environment:
            values[one.name] = _form(one).read(environment[variable], variable)
    return kind(**values)


def _fields(declared: Any) -> tuple[Any, ...]:
    return fields(declared)


def _form(one: Any) -> Form:
    form: Form = one.metadata["form"]
    return form


def _short(value: float) -> str:
    return f"{value:.10g}"
