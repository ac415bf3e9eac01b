"""What becomes of a run is told where somebody wants to be told: Slack always, PagerDuty of required suites.

Each only if its address is configured. Both are told side by side; neither can change a verdict, nor hold a run up.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from earshot.failures import Unusable
from earshot.secrecy import keep_secret, presentable
from earshot.wire.http import post

SLACK, PAGERDUTY, KEY = "EARSHOT_SLACK_URL", "EARSHOT_PAGERDUTY_URL", "EARSHOT_PAGERDUTY_KEY"
WITHIN_S = 4.0
"""For both together, so that they cost less than 5 s (RUN-13)."""
REFUSED = 300
ALARMS = "alarms.json"
"""Lies with the history: what PagerDuty was told of and not yet told to be over."""


def tell(summary: Mapping[str, Any], history: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Tell of a finished run, and return a sentence for each channel that could not be told."""
    jobs: dict[str, Callable[[], None]] = {}
    for name in (SLACK, PAGERDUTY, KEY):
        if environment.get(name):
            keep_secret(environment[name])
    if address := environment.get(SLACK):
        jobs["Slack"] = lambda: _sent(address, {"text": presentable(in_words(summary))})
    if pager := environment.get(PAGERDUTY):
        jobs["PagerDuty"] = lambda: _page(pager, environment.get(KEY, ""), summary, history / ALARMS)
    said: dict[str, str] = {}

    def attempt(channel: str, job: Callable[[], None]) -> None:
        try:
            job()
            said[channel] = ""
        except Exception as failure:
            words = str(failure) if isinstance(failure, Unusable) else type(failure).__name__
            said[channel] = f"{channel} was not told: {words}"

    until = time.monotonic() + WITHIN_S
    threads = [threading.Thread(target=attempt, args=job, daemon=True) for job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    told = [said.get(channel, f"{channel} was not told: it did not answer in time") for channel in jobs]
    return [words for words in told if words]


def in_words(summary: Mapping[str, Any]) -> str:
    """Return verdict, counts, missed gates and what has become slower."""
    counts = summary["statistics"]
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in ("passed", "failed", "error", "skipped"))
    missed = [gate["name"] for gate in summary["gates"] if gate["verdict"] == "missed"]
    slower = [f"{each['endpoint']}: {words}" for each in summary["comparisons"] for words in each["told"]]
    lines = [f"Run {summary['overall_status']}: {counts['total']} scenarios ({kinds})"]
    return "\n".join([*lines, *(f"Gate missed: {name}" for name in missed), *(f"Worse: {each}" for each in slower)])


def _page(address: str, key: str, summary: Mapping[str, Any], kept: Path) -> None:
    """Trigger an alarm for each required suite that went wrong, and resolve those of suites that now passed."""
    alarms: list[str] = json.loads(kept.read_text("utf-8")) if kept.exists() else []
    for suite in summary["suite_results"]:
        alarm = f"earshot-{suite['suite_name']}"
        event = {"routing_key": key, "dedup_key": alarm}
        words = f"suite {suite['suite_name']}: {suite['status']}"
        if suite["required"] and suite["status"] in ("failed", "error"):
            told = {"summary": presentable(words), "severity": "critical", "source": "earshot"}
            _sent(address, {**event, "event_action": "trigger", "payload": told})
            alarms = sorted({*alarms, alarm})
        elif alarm in alarms and suite["status"] == "passed":
            _sent(address, {**event, "event_action": "resolve"})
            alarms.remove(alarm)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(alarms), "utf-8")


def _sent(address: str, body: Mapping[str, Any]) -> None:
    status, _ = post(address, body, within_s=WITHIN_S)
    if status >= REFUSED:
        raise Unusable(f"it refused with status {status}")
