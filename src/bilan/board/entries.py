"""What people enter about targets: a superior's figure, a baseline, milestones on the way, a district's own goal, a
judgement.

One row is one decision of one person on one day, with the reason. Nothing is overwritten: the latest decision on or
before the day that is asked for counts, and those before it can still be read.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from bilan.board.status import STATUSES, Status
from bilan.board.years import is_year
from bilan.errors import BilanError, os_reason
from bilan.periods import Period

if TYPE_CHECKING:
    from _csv import Reader

    from bilan.plan.model import CompiledPlan

What = Literal["reference", "baseline", "milestone", "goal", "figure", "judgement"]

COLUMNS = ("target", "what", "year", "value", "reason", "by", "on")
OPTIONAL = ("region",)
_CHINESE = {
    "目标": "target",
    "事项": "what",
    "年份": "year",
    "内容": "value",
    "理由": "reason",
    "填写人": "by",
    "日期": "on",
    "行政区": "region",
    "上级数": "reference",
    "基准值": "baseline",
    "分年度目标": "milestone",
    "分解目标": "goal",
    "现状值": "figure",
    "判定": "judgement",
    "已达到": "met",
    "正常推进": "on_course",
    "有风险": "at_risk",
    "未达到": "missed",
    "不能判定": "cannot_be_judged",
    "撤销": "withdrawn",
}
_WITHDRAWN = "withdrawn"
# A year beside them says which, and does not tell several apart.
_OF_NO_YEAR = ("reference", "baseline", "goal", "figure")
_OF_MONTHS = ("milestone", "figure")
_YEAR = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_MOST_BYTES = 10 << 20
_MOST_DIGITS = 15  # before the point and behind it: more than any figure, few enough to reckon with


class EntriesError(BilanError):
    """Entries cannot be read, or one of them says nothing that can be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision about the target ``target`` (its id) in ``region`` (an id), None for the target's own.

    ``value`` is the number of a reference, a baseline, a milestone or a goal (分解目标, what the superior asks of that
    region), in the unit of the indicator, of a change in that of the change; ``status`` that of a judgement; both None
    where a decision is withdrawn. ``year`` is that of a milestone, a baseline or a figure, or of a judgement that is
    for one year only, ``month`` that of a milestone or a figure by months. ``line`` is where it stands in its file.
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
    region: str | None = None
    month: int | None = None

    @property
    def period(self) -> Period | None:
        """The year or month beside the decision, None without one."""
        if self.year is None:
            return None
        return Period.parse(f"{self.year:04}-{self.month:02}" if self.month else f"{self.year:04}")

    @property
    def until(self) -> date:
        """The last day that a figure is of: the end of its year or month, or the day of the entry where that is sooner.

        >>> told = Entry("t1", "figure", 2026, Decimal(14), None, "清单", "重点办", date(2027, 2, 3))
        >>> str(told.until), str(replace(told, year=None).until)
        ('2026-12-31', '2027-02-03')
        """
        return self.on if self.period is None else min(self.on, self.period.last)


class Entries:
    """Decisions in the order in which they were taken; ``homes`` are the ids of the targets' own regions.

    What is decided for the own region by its name and what is decided without a region are one history.

    >>> sent = Entry("t1", "reference", None, Decimal("13.5"), None, "省下达〔2026〕8号", "规划科", date(2026, 5, 8))
    >>> entries = Entries([sent])
    >>> entries.latest("t1", "reference", date(2026, 5, 8)).value, entries.latest("t1", "reference", date(2026, 5, 7))
    (Decimal('13.5'), None)
    """

    def __init__(self, entries: Iterable[Entry] = (), homes: Mapping[str, str] | None = None) -> None:
        self._taken = sorted(entries, key=lambda entry: entry.on)  # stable: of one day the later line counts
        self._homes = homes or {}
        self._about: dict[tuple[str, What, str | None], list[Entry]] = defaultdict(list)
        self._regions: dict[tuple[str, What], dict[str, None]] = defaultdict(dict)
        for entry in self._taken:
            self._about[self._key(entry.target, entry.what, entry.region)].append(entry)
            if entry.region is not None:
                self._regions[entry.target, entry.what][entry.region] = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._taken)

    def known(self, day: date) -> Entries:
        """Return the decisions that had been taken by the end of ``day``."""
        return Entries((entry for entry in self._taken if entry.on <= day), self._homes)

    def of_plan(self, plan: CompiledPlan) -> Entries:
        """Return the same decisions about the targets of ``plan``, whose own regions are then known."""
        return Entries(self._taken, _homes(plan))

    @cached_property
    def digest(self) -> str:
        """What the decisions say, as a SHA-256 in hex; where they stand in their file does not count."""
        digest = hashlib.sha256()
        for e in self._taken:
            said = (e.target, e.what, e.region, e.year, e.month, str(e.value), e.status, e.reason, e.by, str(e.on))
            digest.update(repr(said).encode())
        return digest.hexdigest()

    def latest(
        self, target: str, what: What, as_of: date, year: int | None = None, region: str | None = None
    ) -> Entry | None:
        """Return the decision that counts on ``as_of``, None where there is none or it was withdrawn."""
        found = self.history(target, what, as_of, year, region)
        return found[-1] if found and not _is_withdrawn(found[-1]) else None

    def history(
        self, target: str, what: What, as_of: date, year: int | None = None, region: str | None = None
    ) -> list[Entry]:
        """Return every decision up to ``as_of``, the oldest first, withdrawals too."""
        return [
            entry
            for entry in self._about.get(self._key(target, what, region), ())
            if entry.on <= as_of and (entry.year == year or what in _OF_NO_YEAR)
        ]

    def of_year(self, target: str, what: What, as_of: date, year: int, region: str | None = None) -> Entry | None:
        """Return the decision of ``year`` that counts; without a year beside it one is of the year before its day."""
        for entry in reversed(self.history(target, what, as_of, region=region)):
            if _is_withdrawn(entry) and entry.year in (None, year):
                return None
            if (entry.on.year - 1 if entry.year is None else entry.year) == year:
                return entry
        return None

    def figures(self, target: str, as_of: date, region: str | None = None) -> list[Entry]:
        """Return the figures that count on ``as_of``, the one that reaches furthest at the end.

        Of a year or month the latest counts. A withdrawal takes back those of its year or month, without one all that
        were entered before it.
        """
        found: list[Entry] = []
        for entry in self.history(target, "figure", as_of, region=region):
            again = (one for one in found if one.period != entry.period)
            if not _is_withdrawn(entry):
                found = [*(found if entry.period is None else again), entry]
            else:
                found = [] if entry.period is None else list(again)
        return sorted((one for one in found if not is_of_later(one)), key=lambda one: one.until)

    def milestones(self, target: str, as_of: date, region: str | None = None) -> dict[Period, Decimal]:
        """Return the levels that were decided, by their year or month, the earliest first."""
        told: dict[Period, Decimal | None] = {}
        for entry in self._about.get(self._key(target, "milestone", region), ()):
            if entry.on <= as_of and entry.period is not None:
                told[entry.period] = entry.value
        in_order = sorted(told.items(), key=lambda one: one[0].last)
        return {period: value for period, value in in_order if value is not None}

    def regions(self, target: str, what: What = "goal", as_of: date = date.max) -> tuple[str, ...]:
        """Return the ids of the regions for which ``what`` is decided on ``as_of``, in order: a goal of their own."""
        found = self._regions.get((target, what), {})
        return tuple(sorted(one for one in found if self._counts(target, what, as_of, one)))

    def _counts(self, target: str, what: What, as_of: date, region: str) -> bool:
        """Whether a decision counts; of milestones and judgements, for any year."""
        about = self._about[self._key(target, what, region)]
        taken = {(e.year, e.month): e for e in about if e.on <= as_of}
        return any(not _is_withdrawn(entry) for entry in taken.values())

    def _key(self, target: str, what: What, region: str | None) -> tuple[str, What, str | None]:
        """Under what a decision is kept; a goal of its own is one of a part, never of the whole."""
        return target, what, None if region == self._homes.get(target, "") and what != "goal" else region


def read_entries(path: Path, plan: CompiledPlan | None = None) -> Entries:
    """Return the decisions in a CSV file with the columns :data:`COLUMNS`, in English or Chinese.

    The column ``region`` (行政区) may be missing or empty for the target's own region; else it holds a name or an id.
    With a ``plan`` a name is that of a region within the plan's, though others far away have the same name, and a
    region that has nothing to do with the plan is refused. A milestone's year may be a month, 2026-06.

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
    try:
        return Entries(_entries(reader, path, plan), {} if plan is None else _homes(plan))
    except csv.Error as error:
        raise EntriesError(f"{path}：第 {reader.line_num} 行：不是 CSV：{error}") from error


def _entries(reader: Reader, path: Path, plan: CompiledPlan | None) -> Iterator[Entry]:
    heads = [_plain(head) for head in next(reader, [])]
    if missing := [name for name in COLUMNS if name not in heads]:
        raise EntriesError(f"{path}：第 1 行缺少列 {'、'.join(missing)}")
    homes = {} if plan is None else {target.id: target.region for target in plan.targets}
    own = None if plan is None else plan.plan.region
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict(zip(heads, cells, strict=False))
            entry = _entry(row, f"{path}：第 {reader.line_num} 行", reader.line_num)
            around = [home for home in (own, homes.get(entry.target)) if home]
            region = _region(entry.region or "", around, f"{path}：第 {reader.line_num} 行 region 列")
            yield replace(entry, region=region)


def _entry(row: dict[str, str], place: str, line: int) -> Entry:
    """The decision on a line; its region is still as it is written there."""
    told = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
    for name in ("target", "reason", "by"):
        if not told[name]:
            raise EntriesError(f"{place} {name} 列：不能为空")
    what = _word(told["what"], get_args(What), f"{place} what 列")
    withdrawn = _plain(told["value"]) == _WITHDRAWN
    judged = what == "judgement"
    if what == "goal" and not told["region"]:
        raise EntriesError(f"{place} region 列：分解目标须写明行政区")
    year, month = _year(told["year"], place, needed=what == "milestone")
    if month is not None and what not in _OF_MONTHS:
        raise EntriesError(f"{place} year 列：只有分年度目标和现状值可以按月填写")
    return Entry(
        target=told["target"],
        what=cast(What, what),
        year=year,
        value=None if withdrawn or judged else _number(told["value"], place),
        status=cast(Status, _word(told["value"], STATUSES, f"{place} value 列")) if judged and not withdrawn else None,
        reason=told["reason"],
        by=told["by"],
        on=_day(told["on"], place),
        line=line,
        region=told["region"] or None,
        month=month,
    )


def is_of_later(entry: Entry) -> bool:
    """Return whether a figure is of a time that had not begun when it was entered, so that nobody can know it."""
    return entry.period is not None and entry.period.first > entry.on


def _homes(plan: CompiledPlan) -> dict[str, str]:
    """The id of each target's own region, where one is known."""
    return {target.id: home for target in plan.targets if (home := target.region or plan.plan.region)}


def _is_withdrawn(entry: Entry) -> bool:
    return entry.value is None and entry.status is None


def _plain(word: str) -> str:
    return _CHINESE.get(word.strip(), word.strip())


def _word(text: str, allowed: Sequence[str], place: str) -> str:
    word = _plain(text)
    if word not in allowed:
        raise EntriesError(f"{place}：{text[:40]!r} 应为 {'、'.join(allowed)}")
    return word


def _year(text: str, place: str, *, needed: bool) -> tuple[int | None, int | None]:
    """The year and, where it is written, the month."""
    if not text and not needed:
        return None, None
    try:
        period = Period.parse(text) if _YEAR.fullmatch(text) else None
    except ValueError:
        period = None
    if period is None or not is_year(period.first.year):
        raise EntriesError(f"{place} year 列：{text[:40]!r} 应为四位年份" + ("或 2026-06 这样的月份" if needed else ""))
    return period.first.year, period.first.month if "-" in text else None


def _region(text: str, around: Sequence[str], place: str) -> str | None:
    """The id of the region ``text``, which must be one of ``around`` (ids), or lie in or around one of them."""
    if not text:
        return None
    from bilan.evaluate.places import RegionError, lies_in, region, region_of  # heavy, and most files have no regions

    try:
        found = region(text, within=next(iter(around), None))
        home = region_of(around[0]) if around else found
    except RegionError as error:
        raise EntriesError(f"{place}：{error}") from error
    if around and not any(lies_in(found.id, one) or lies_in(one, found.id) for one in around):
        raise EntriesError(f"{place}：{text[:40]!r}（编号 {found.id}）应在计划的行政区{home.name}之内")
    return found.id


def _number(text: str, place: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise EntriesError(f"{place} value 列：{text[:40]!r} 应为数，或 {_WITHDRAWN}")
    if number.adjusted() >= _MOST_DIGITS or int(number.as_tuple().exponent) < -_MOST_DIGITS:
        raise EntriesError(f"{place} value 列：{text[:40]!r} 应为小数点前后各不超过 {_MOST_DIGITS} 位的数")
    return number


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EntriesError(f"{place} on 列：{text[:40]!r} 应为 2026-05-08 这样的日期") from None
