"""The lake of the site as pages see it: opened once, its state looked at every other second."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from bilan.evaluate.statistics.reading import reports_identity
from bilan.observe import Lake
from bilan.observe.lake_schema import LakeError

_LOOKED_EVERY = 2.0  # seconds
_lock = threading.Lock()
_opened: dict[Path, Lake] = {}
_looked: dict[Path, tuple[float, State]] = {}


@dataclass(frozen=True, slots=True)
class State:
    """What tells the data of the lake from those of any other moment, and the last day that has any."""

    lake: str
    version: int
    statistics: str
    last_day: date | None


def the_lake() -> Lake | None:
    """Return the lake, None where nothing was ever taken in."""
    with _lock:
        return _lake(Path(settings.BILAN_LAKE))


def state() -> State | None:
    """Return the state of the lake as it was at most two seconds ago, None where there is no lake."""
    place = Path(settings.BILAN_LAKE)
    with _lock:
        at, known = _looked.get(place, (0.0, None))
        if known is not None and time.monotonic() - at < _LOOKED_EVERY:
            return known
        lake = _lake(place)
        if lake is None:
            return None
        if known is None or (known.lake, known.version) != (lake.id, lake.version):
            known = State(lake.id, lake.version, reports_identity(lake), _last_day(lake))
        elif known.statistics != (now := reports_identity(lake)):
            known = State(known.lake, known.version, now, known.last_day)
        _looked[place] = time.monotonic(), known
        return known


def latest_day() -> date:
    """Return the day that a board is of when nobody names one: the last with observations, yesterday at the latest."""
    yesterday = timezone.localdate() - timedelta(days=1)
    known = state()
    return min(known.last_day, yesterday) if known is not None and known.last_day else yesterday


def _lake(place: Path) -> Lake | None:
    found = _opened.get(place)
    if found is None or not (place / "observations").is_dir():
        _opened.pop(place, None)
        try:
            found = _opened[place] = Lake(place, create=False)
        except LakeError:
            return None
    return found


def _last_day(lake: Lake) -> date | None:
    return max((file.last_day for file in lake.files()), default=None)
