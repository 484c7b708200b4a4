"""What of stored packets was not taken into the lake: each sort of it once a day, with its first place and a count.

An outlet that sends an unknown factor sends it thousands of times a day. So what is refused is told by MN, command,
field and reason: ``STORE/refused/YYYY-MM-DD.jsonl`` (the day of arrival) has a line for each, which names the first
frame by day, writer and number. Nothing is lost by that, as the frames themselves stay in the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bilan.observe.hj212.loading.reading import source_ref
from bilan.observe.hj212.loading.rows import REASONS, Refusal
from bilan.observe.hj212.loading.state import make_folder, write_whole
from bilan.observe.hj212.store.reading import Stored

FOLDER = "refused"
MOST = 10_000  # sorts of a day that are told apart; beyond them only reasons are counted
_SHOWN = 80  # characters of a value


class Sort(NamedTuple):
    """What is counted together."""

    mn: str
    cn: str
    field: str
    reason: str


@dataclass(slots=True)
class Refused:
    """How often a sort was refused, and the first time: frame (``source_ref``, ``source_line``) and value."""

    mn: str
    cn: str
    field: str
    reason: str
    said: str
    value: str
    source_ref: str
    source_line: int
    count: int = 0


@dataclass(slots=True)
class _Day:
    """``upto``: by writer, the number of the last frame whose refusals are counted here."""

    path: Path
    upto: dict[int, int] = field(default_factory=dict)
    sorts: dict[Sort, Refused] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)
    changed: bool = False


class RefusedFiles:
    """Counts refusals of the store in ``folder``. A frame that is loaded again is not counted again."""

    def __init__(self, folder: Path) -> None:
        self._folder = make_folder(folder, FOLDER)
        self._days: dict[str, _Day] = {}

    def add(self, frame: Stored, mn: str, cn: str, refusal: Refusal) -> None:
        """Count ``refusal``; those of a frame come before those of the next one of its writer."""
        day = self._days.get(frame.day) or self._open(frame.day)
        if frame.seq <= day.before.get(frame.writer, 0):
            return
        sort = Sort(mn, cn, refusal.field, refusal.reason)
        if sort not in day.sorts and len(day.sorts) >= MOST:
            sort = Sort("", "", "", refusal.reason)
        if sort not in day.sorts:
            said, value = REASONS.get(sort.reason, sort.reason), refusal.value[:_SHOWN]
            day.sorts[sort] = Refused(*sort, said, value, source_ref(frame), frame.seq)
        day.sorts[sort].count += 1
        day.upto[frame.writer] = frame.seq
        day.changed = True

    def save(self) -> None:
        """Write the days that changed; days that did not since the last time are let go."""
        for name, day in list(self._days.items()):
            if not day.changed:
                del self._days[name]
                continue
            lines: list[dict[str, Any]] = [{"upto": day.upto}, *map(asdict, day.sorts.values())]
            write_whole(day.path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
            day.before, day.changed = dict(day.upto), False

    def forget(self) -> None:
        """Remove what was counted so far; for loading a store from the beginning."""
        self._days.clear()
        for path in self._folder.glob("*.jsonl"):
            path.unlink()

    def _open(self, name: str) -> _Day:
        day = _Day(self._folder / f"{name}.jsonl")
        if day.path.exists():
            first, *rest = map(json.loads, day.path.read_text(encoding="utf-8").splitlines())
            day.upto = {int(writer): seq for writer, seq in first["upto"].items()}
            day.before = dict(day.upto)
            found = (Refused(**line) for line in rest)
            day.sorts = {Sort(one.mn, one.cn, one.field, one.reason): one for one in found}
        self._days[name] = day
        return day


def read_refused_values(folder: Path, day: str | None = None) -> Iterator[Refused]:
    """Yield what was refused of the frames in the store ``folder``, of those that came on ``day`` or of all."""
    for path in sorted((Path(folder) / FOLDER).glob(f"{day or '*'}.jsonl")):
        with path.open(encoding="utf-8") as lines:
            next(lines, "")
            yield from (Refused(**json.loads(line)) for line in lines)
