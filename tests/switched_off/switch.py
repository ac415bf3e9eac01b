"""Switches off one check of Earshot in this process: a piece of a function is replaced while a `with` block runs."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """A piece of a function that insists on something, and what it is to be instead."""

    where: str
    """Module and function, such as `earshot.patience:comes_to`."""
    piece: str
    """Occurs once in the function; empty for all that it does."""
    instead: str = "True"
    noticed_by: str = ""
    """The beginning of the node ids of the tests that should turn red."""

    @property
    def name(self) -> str:
        return f"{self.where}: {self.piece or 'all'} → {self.instead or 'nothing'}"


@contextmanager
def switched_off(check: Check) -> Iterator[None]:
    """Do without the check; whoever has imported the function already does so, too."""
    found = _found(check.where)
    function = _function(found)
    kept = function.__code__
    forget = getattr(found, "cache_clear", lambda: None)
    function.__code__ = _changed(kept, check)
    forget()
    try:
        yield
    finally:
        function.__code__ = kept
        forget()


def _found(where: str) -> Any:
    module, _, path = where.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = vars(found)[name]
    return found


def _function(found: Any) -> FunctionType:
    for wrapper in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, wrapper, None) or found
    assert isinstance(found, FunctionType)
    return found


def _changed(code: CodeType, check: Check) -> CodeType:
    file, path = Path(code.co_filename), check.where.partition(":")[2]
    lines = file.read_text("utf-8").splitlines(keepends=True)
    begin, end, first = _place(ast.parse("".join(lines)), path)
    if check.piece:
        text = "".join(lines[begin:end])
        if text.count(check.piece) != 1:
            raise ValueError(f"{check.where} has {check.piece!r} {text.count(check.piece)} times; list it as it is now")
        text = text.replace(check.piece, check.instead)
    else:
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        text = "".join(lines[begin:first]) + f"{indent}{check.instead}\n"
    source = "".join([*lines[:begin], text, *lines[end:]])
    return _code(compile(source, str(file), "exec", dont_inherit=True), path)


def _place(tree: ast.Module, path: str) -> tuple[int, int, int]:
    """Return the lines, from 0, in which a function begins, has ended, and begins to do something."""
    found: Any = tree
    for name in path.split("."):
        found = next(node for node in found.body if getattr(node, "name", "") == name)
    return found.lineno - 1, found.end_lineno, found.body[0].lineno - 1


def _code(code: CodeType, path: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == path:
                return constant
            if path.startswith(f"{constant.co_qualname}."):
                return _code(constant, path)
    raise ValueError(f"there is no {path} in {code.co_filename}")
