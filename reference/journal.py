"""The log: one JSON object a line (BRO-8.4.1), in which no connection can be recognised.

A line has `time`, `level`, `component`, `operation`, `message`, `correlationId` (the session) and `metadata`.
Never logged: audio, tokens, user ids, full addresses. A connection id appears only as the start of its
SHA-256. Every error has a stack trace (REQ-23.8): of its exception, or else of the place that reports it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import logging.handlers
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_ROOT = "reference"


def fingerprint(secret_id: str) -> str:
    """Return a short text by which equal ids can be told, but from which the id cannot be found again."""
    return hashlib.sha256(secret_id.encode()).hexdigest()[:16]


class Journal:
    """Writes the lines of one component."""

    def __init__(self, component: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{component}")
        self._component = component

    def debug(self, operation: str, message: str, **context: object) -> None:
        """Write a line that matters only while something is being examined."""
        self.write(logging.DEBUG, operation, message, None, context)

    def info(self, operation: str, message: str, **context: object) -> None:
        """Write a line about something that happened as it should."""
        self.write(logging.INFO, operation, message, None, context)

    def warning(self, operation: str, message: str, **context: object) -> None:
        """Write a line about something that went wrong and was dealt with."""
        self.write(logging.WARNING, operation, message, None, context)

    def error(self, operation: str, message: str, *, failure: BaseException | None = None, **context: object) -> None:
        """Write a line about something that went wrong, with the stack trace of `failure` if that is known."""
        self.write(logging.ERROR, operation, message, failure, context)

    @property
    def debugging(self) -> bool:
        """Whether debug lines are wanted: building them may cost more than writing them."""
        return self._logger.isEnabledFor(logging.DEBUG)

    def write(
        self,
        level: int,
        operation: str,
        message: str,
        failure: BaseException | None,
        context: dict[str, object],
    ) -> None:
        if not self._logger.isEnabledFor(level):
            return
        session_id = context.pop("session_id", None)
        connection_id = context.pop("connection_id", None)
        if connection_id is not None:
            context["connection"] = fingerprint(str(connection_id))
        connection_ids = context.pop("connection_ids", None)
        if isinstance(connection_ids, list):
            context["connections"] = [fingerprint(one) for one in connection_ids]
        if failure is not None:
            context["stack"] = "".join(traceback.format_exception(failure))
        elif level >= logging.ERROR:
            context["stack"] = "".join(traceback.format_stack()[:-2])
        self._logger.log(
            level,
            message,
            extra={
                "component": self._component,
                "operation": operation,
                "correlation_id": session_id,
                "metadata": context,
            },
        )


def configure(level: str, path: Path | None, *, retention_hours: int) -> None:
    """Send the log to `path`, or to standard error when there is none.

    A file is turned over every hour, and files older than `retention_hours` are deleted.
    """
    handler: logging.Handler
    if path is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = logging.handlers.TimedRotatingFileHandler(
            path, when="H", backupCount=retention_hours, encoding="utf-8", errors="backslashreplace"
        )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_ROOT).setLevel(level)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "component": getattr(record, "component", record.name),
            "operation": getattr(record, "operation", record.funcName),
            "message": record.getMessage(),
        }
        correlation_id = getattr(record, "correlation_id", None)
        if correlation_id is not None:
            line["correlationId"] = correlation_id
        metadata = getattr(record, "metadata", None)
        if metadata:
            line["metadata"] = metadata
        if record.exc_info is not None:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
