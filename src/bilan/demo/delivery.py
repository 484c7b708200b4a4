"""A file as it was handed over, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file, the format in which ``bilan ingest`` reads it, with which mapping, and when it came."""

    path: Path
    format: Literal["table", "statistics"]
    received_at: datetime
    mapping: Path | None = None


def morning_after(day: date) -> datetime:
    """Return the moment at which what a day brought is there: the next morning, before work begins.

    >>> morning_after(date(2026, 9, 30)).isoformat()
    '2026-10-01T06:00:00+08:00'
    """
    return datetime(day.year, day.month, day.day, 6, tzinfo=BEIJING) + timedelta(days=1)
