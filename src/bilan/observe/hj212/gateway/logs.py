"""Logs that machines read: one JSON object a line, on stderr."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from bilan.errors import BilanError

_LEVELS = ("debug", "info", "warning", "error")
_OURS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as JSON: time (UTC), level, logger, event, and whatever came in ``extra``.

    >>> record = logging.makeLogRecord({"name": "gateway", "levelname": "INFO", "msg": "online", "mn": "X1"})
    >>> json.loads(JsonLines().format(record))["mn"]
    'X1'
    """

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name.rpartition(".")[2],
            "event": record.getMessage(),
        }
        told |= {name: value for name, value in record.__dict__.items() if name not in _OURS}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class LevelError(BilanError):
    """There is no such level of logging."""


def log_to_stderr(level: str) -> None:
    """Let everything from ``level`` (debug, info, warning, error) on be written to stderr as JSON lines."""
    if level.lower() not in _LEVELS:
        raise LevelError(f"日志级别：应为 {'、'.join(_LEVELS)} 之一，是 {level!r}")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
