"""The archive as a page: what administrators see without a program (ARC-142)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}"
)


def page(title: str, summary: Mapping[str, Any], tasks: Iterable[Mapping[str, Any]]) -> str:
    """Return the page: every number is one that the summary has."""
    columns = ("id", "task_type", "status", "progress", "status_message")
    rows = ("".join(f"<td>{escape(str(task[name]))}</td>" for name in columns) for task in tasks)
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in columns)
    parts = (
        ("system-status", "System status", _list({"overall_status": summary["overall_status"]})),
        ("queue", "Queue", _list(summary["queue"])),
        ("workers", "Workers", _list(summary["workers"])),
        ("tasks", "Tasks", f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"),
    )
    sections = "".join(f'<section id="{name}"><h2>{words}</h2>{inner}</section>' for name, words, inner in parts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1><p>{escape(summary['timestamp'])}</p>{sections}</body></html>"
    )


def _list(values: Mapping[str, Any]) -> str:
    rows = (
        f'<tr><th>{escape(name.replace("_", " "))}</th><td data-name="{escape(name)}">{escape(str(value))}</td></tr>'
        for name, value in values.items()
    )
    return f"<table>{''.join(rows)}</table>"
