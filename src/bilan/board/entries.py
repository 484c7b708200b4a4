"""What people enter about targets: a superior's figure, a baseline, milestones of the years between, a judgement.

One row is one decision of one person on one day, with the reason. Nothing is overwritten: the latest decision on or
before the day that is asked for counts, and those before it can still be read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, cast, get_args

from bilan.board.status import STATUSES, Status
from bilan.errors import BilanError, os_reason

What = Literal["reference", "baseline", "milestone", "judgement"]

COLUMNS = ("target", "what", "year", "value", "reason", "by", "on")
_CHINESE = {
    "目标": "target",
    "事项": "what",
    "年份": "year",
    "内容": "value",
    "理由": "reason",
    "填写人": "by",
    "日期": "on",
    "上级数": "reference",
    "基准值": "baseline",
    "分年度目标": "milestone",
    "判定": "judgement",
    "已达到": "met",
    "正常推进": "on_course",
    "有风险": "at_risk",
    "未达到": "missed",
    "不能判定": "cannot_be_judged",
    "撤销": "withdrawn",
}
_WITHDRAWN = "withdrawn"
_OF_NO_YEAR = ("reference", "baseline")  # a year beside them says which, and does not tell several apart
_MOST_BYTES = 10 << 20


class EntriesError(BilanError):
    """Entries cannot be read, or one of them says nothing that can be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision about the target ``target`` (its id).

    ``value`` is the number of a reference, a baseline or a milestone, in the unit of the indicator; ``status`` that of
    a judgement; both None where a decision is withdrawn. ``year`` is that of a milestone or a baseline, or of a
    judgement that is for one year only. ``line`` is where it stands in its file.
    """

    target: str
    what: What
    year: int | None
    value: Decimal | None
    status: Status | None
    reason: str
    by: str
    on: date
    line: int = 0


class Entries:
    """Decisions in the order in which they were taken.

    >>> sent = Entry("t1", "reference", None, Decimal("13.5"), None, "省下达〔2026〕8号", "规划科", date(2026, 5, 8))
    >>> entries = Entries([sent])
    >>> entries.latest("t1", "reference", date(2026, 5, 8)).value, entries.latest("t1", "reference", date(2026, 5, 7))
    (Decimal('13.5'), None)
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._taken = sorted(entries, key=lambda entry: entry.on)  # stable: of one day the later line counts

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._taken)

    def latest(self, target: str, what: What, as_of: date, year: int | None = None) -> Entry | None:
        """Return the decision that counts on ``as_of``, None where there is none or it was withdrawn."""
        found = self.history(target, what, as_of, year)
        return found[-1] if found and not _is_withdrawn(found[-1]) else None

    def history(self, target: str, what: What, as_of: date, year: int | None = None) -> list[Entry]:
        """Return every decision up to ``as_of``, the oldest first, withdrawals too."""
        return [
            entry
            for entry in self._taken
            if (entry.target, entry.what) == (target, what)
            and entry.on <= as_of
            and (entry.year == year or what in _OF_NO_YEAR)
        ]

    def milestones(self, target: str, as_of: date) -> dict[int, Decimal]:
        """Return the levels of the years that were decided, by year."""
        told = {e.year: e for e in self._taken if e.target == target and e.what == "milestone" and e.on <= as_of}
        return {year: e.value for year, e in sorted(told.items()) if year is not None and e.value is not None}


def read_entries(path: Path) -> Entries:
    """Return the decisions in a CSV file with the columns :data:`COLUMNS`, in English or Chinese.

    Raises :class:`EntriesError`, which names the line and the column, for the first row that is not a decision.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise EntriesError(f"{path}：超过 {_MOST_BYTES >> 20} MB，不像是填报表")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EntriesError(f"{path}：{os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise EntriesError(f"{path}：第 {error.start} 字节不是 UTF-8") from error
    reader = csv.reader(text.splitlines())
    heads = [_plain(head) for head in next(reader, [])]
    if missing := [name for name in COLUMNS if name not in heads]:
        raise EntriesError(f"{path}：第 1 行缺少列 {'、'.join(missing)}")
    found = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict(zip(heads, cells, strict=False))
            found.append(_entry(row, f"{path}：第 {reader.line_num} 行", reader.line_num))
    return Entries(found)


def _entry(row: dict[str, str], place: str, line: int) -> Entry:
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("target", "reason", "by"):
        if not told[name]:
            raise EntriesError(f"{place} {name} 列：不能为空")
    what = _word(told["what"], get_args(What), f"{place} what 列")
    withdrawn = _plain(told["value"]) == _WITHDRAWN
    judged = what == "judgement"
    return Entry(
        target=told["target"],
        what=cast(What, what),
        year=_year(told["year"], place, needed=what == "milestone"),
        value=None if withdrawn or judged else _number(told["value"], place),
        status=cast(Status, _word(told["value"], STATUSES, f"{place} value 列")) if judged and not withdrawn else None,
        reason=told["reason"],
        by=told["by"],
        on=_day(told["on"], place),
        line=line,
    )


def _is_withdrawn(entry: Entry) -> bool:
    return entry.value is None and entry.status is None


def _plain(word: str) -> str:
    return _CHINESE.get(word.strip(), word.strip())


def _word(text: str, allowed: Sequence[str], place: str) -> str:
    word = _plain(text)
    if word not in allowed:
        raise EntriesError(f"{place}：{text[:40]!r} 应为 {'、'.join(allowed)}")
    return word


def _year(text: str, place: str, *, needed: bool) -> int | None:
    if not text and not needed:
        return None
    if len(text) == 4 and text.isascii() and text.isdigit():
        return int(text)
    raise EntriesError(f"{place} year 列：{text[:40]!r} 应为四位年份")


def _number(text: str, place: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise EntriesError(f"{place} value 列：{text[:40]!r} 应为数，或 {_WITHDRAWN}")
    return number


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EntriesError(f"{place} on 列：{text[:40]!r} 应为 2026-05-08 这样的日期") from None
