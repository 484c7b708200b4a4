"""From the rows of a file to the wide table of whole numbers that the evaluation reads.

Headings are recognised by key, code, name or alias of an item, with or without a unit in brackets; ``NAME_raw`` is the
unrounded value beside a displayed ``NAME``. Published results are never read.

See Also: :mod:`bilan.evaluate.water.reading`, which opens the file; :mod:`bilan.evaluate.water.classes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from bilan.evaluate.water.cells import Cell, cell_reader, read_day
from bilan.evaluate.water.items import Item, Profile, WaterError, body_words, evaluated, items, plain, unit_factor
from bilan.policy.standards import standard_tables

if TYPE_CHECKING:
    import pyarrow as pa

Values = Literal["raw", "shown"]
Row = list[str]
Read = Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the value of an item stands in a row: the displayed and the unrounded one, and the factor to our unit."""

    shown: int | None
    raw: int | None
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a file are; ``notes`` say in words what was assumed, ``class_notes`` what of the classes."""

    header: tuple[str, ...]
    sources: Mapping[str, Source]
    roles: Mapping[str, int]
    identifying: tuple[int, ...]
    profile: Profile
    values: Values
    on: date
    notes: tuple[str, ...]
    class_notes: tuple[str, ...]
    kinds: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    kind_keys: tuple[int, ...] = ()

    def identity(self, row: Row) -> Row:
        """The cells of ``row`` that say what it is about, in their order."""
        return [row[index] if index < len(row) else "" for index in self.identifying]

    @property
    def identity_names(self) -> list[str]:
        """The headings of :meth:`identity`."""
        return [self.header[index] for index in self.identifying]


def layout(
    header: Sequence[str],
    *,
    columns: Mapping[str, str] | None = None,
    profile: Profile | None = None,
    values: Values | None = None,
    on: date | None = None,
) -> Layout:
    """Return what the columns named in ``header`` are.

    ``columns`` names columns by our words: an item's key or code, or a role (``kind``, ``date``, ``section``,
    ``river``, ``city``, ``point``, ``water_body``, ``volume``). Without ``profile`` it is ``manual`` as soon as an item
    is there that automatic stations do not have. Without ``values`` the unrounded values are used where there are any.
    ``on`` is the day whose standard judges rows without a date.

    >>> found = layout(["断面", "溶解氧(mg/L)", "w21011", "水质类别"], on=date(2024, 1, 1))
    >>> sorted(found.sources), found.identity_names, found.profile
    (['do', 'tp'], ['断面'], 'auto')

    Raises :class:`WaterError` for a heading that is named but not there, for two of one item, for a unit that cannot be
    converted and for a file without any item.
    """
    named = _named(header, columns or {})
    shown, raw = _item_columns(header, named)
    roles = _roles(header, named, {*shown, *raw})
    both = list(dict.fromkeys([*shown.values(), *raw.values()]))
    sources = {key: _source(header, key, shown, raw) for key in both}
    if not sources:
        raise WaterError(f"没有一列是水质项目（列名：{'、'.join(header[:12])}），可用 --columns 写明，如 tp=总磷含量")
    chosen = values or ("raw" if raw else "shown")
    if chosen == "raw" and not raw:
        raise WaterError("表中没有未修约值的列（列名以 _raw 结尾），--values 应为 shown")
    way = profile or ("manual" if set(both) & (set(evaluated("manual")) - set(evaluated("auto"))) else "auto")
    today = on or date.today()
    results = {index for index, name in enumerate(header) if plain(name) in _names("result")}
    kept = [i for i, name in enumerate(header) if name and i not in shown and i not in raw and i not in results]
    return Layout(
        header=tuple(header),
        sources={key: sources[key] for key in items() if key in sources},
        roles=roles,
        identifying=tuple(kept),
        profile=way,
        values=chosen,
        on=today,
        notes=tuple(_notes(chosen, values, roles, today)),
        class_notes=tuple(_class_notes(way, profile, both)),
    )


def portion(
    found: Layout,
    rows: Sequence[Row],
    first: int = 0,
    *,
    keep: Iterable[str] = (),
    only: Iterable[str] | None = None,
    judged: Iterable[str] | None = None,
) -> pa.Table:
    """Return ``rows`` as the wide table of :func:`bilan.evaluate.water.classes.classified`.

    Columns: ``row`` (number of the row, from ``first``), ``remark``, ``withheld``, ``body``, ``day``, one int64 column
    per item (of those in ``only``) in steps of ``10**-10``, and the text of the roles in ``keep``. ``withheld`` tells
    of the items in ``judged``, by default those that the profile evaluates.

    >>> found = layout(["section", "tp", "do"], on=date(2024, 1, 1))
    >>> portion(found, [["甲", "0.05L", "--"]]).select(["tp", "do", "withheld"]).to_pylist()
    [{'tp': 250000000, 'do': None, 'withheld': '溶解氧（--）'}]
    """
    import pyarrow as pa

    wanted = found.sources.keys() if only is None else set(only)
    readers = {key: _reader(found, key) for key in found.sources if key in wanted}
    counting = frozenset(evaluated(found.profile) if judged is None else judged)
    width = len(found.header)
    withheld: list[str | None] = []
    numbers: dict[str, list[int | None]] = {key: [] for key in readers}
    for row in rows:
        marks = []
        padded = row if len(row) >= width else row + [""] * (width - len(row))
        for key, read in readers.items():
            cell = read(padded)
            numbers[key].append(cell.steps)
            if cell.mark and key in counting:
                marks.append(cell.mark)
        withheld.append("、".join(marks) or None)
    data = {
        "row": pa.array(range(first, first + len(rows)), pa.int64()),
        "remark": pa.array([_remark(row, width) for row in rows], pa.string()),
        "withheld": pa.array(withheld, pa.string()),
        "body": pa.array(_bodies(found, rows), pa.string()),
        "day": pa.array([_day(found, row) for row in rows], pa.date32()),
    }
    data |= {key: pa.array(column, pa.int64()) for key, column in numbers.items()}
    data |= {role: pa.array([_cell(row, found.roles[role]) for row in rows], pa.string()) for role in keep}
    return pa.table(data)


def unknown_kinds(found: Layout, rows: Iterable[Row]) -> set[str]:
    """The words of the column ``kind`` that say neither river nor lake."""
    if "kind" not in found.roles:
        return set()
    texts = {_cell(row, found.roles["kind"]) for row in rows}
    return {text for text in texts if text and plain(text) not in body_words()}


def needed(found: Layout, role: str) -> int:
    """The column of ``role``; :class:`WaterError` says how to name it when there is none."""
    if role not in found.roles:
        raise WaterError(f"表中认不出 {role} 一列，请用 --columns {role}=列名 写明")
    return found.roles[role]


def _named(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """The columns a person named: index by item key or role."""
    by_name = {name: item.key for item in items().values() for name in item.names}
    roles = {row["role"] for row in standard_tables("water.columns")[-1].rows}
    found = {}
    for ours, theirs in columns.items():
        word, raw = (ours[:-4], "_raw") if ours.endswith("_raw") else (ours, "")
        key = word if word in roles else by_name.get(plain(word))
        if key is None:
            raise WaterError(
                f"--columns：不认识 {ours!r}，应为项目（如 tp、w21011、总磷）或 {'、'.join(sorted(roles - {'result'}))}"
            )
        if theirs not in header:
            raise WaterError(f"--columns {ours}={theirs}：表中没有列 {theirs!r}")
        found[key + raw] = header.index(theirs)
    return found


def _item_columns(header: Sequence[str], named: Mapping[str, int]) -> tuple[dict[int, str], dict[int, str]]:
    """The item of every column of displayed and of unrounded values."""
    known = items()
    by_name = {name: item.key for item in known.values() for name in item.names}
    claimed = {index: key for key, index in named.items()}
    shown: dict[int, str] = {}
    raw: dict[int, str] = {}
    for index, name in enumerate(header):
        text = plain(name)
        unrounded = text.endswith("_raw")
        key = claimed.get(index) or by_name.get(_bare(text.removesuffix("_raw"), by_name)[0])
        if key and key.endswith("_raw"):
            key, unrounded = key.removesuffix("_raw"), True
        if key is None or key not in known:
            continue
        there = raw if unrounded else shown
        if index not in claimed and (key + "_raw" if unrounded else key) in named:
            continue  # a person has named another column
        if key in there.values():
            other = header[next(i for i, k in there.items() if k == key)]
            raise WaterError(f"列 {other!r} 与 {name!r} 都是{known[key].name}，请用 --columns {key}=列名 选定一列")
        there[index] = key
    return shown, raw


_WITH_UNIT = (
    re.compile(r"(.+\))\(([^()]+)\)"),  # 铬(六价)(mg/l)
    re.compile(r"(.+?)\(([^()]+)\)"),
    re.compile(r"(.+?)[,:/]?((?:mg|µg|μg|ug|ng)/l|mg/m3)"),
    re.compile(r"(.+?)[,:/](.+)"),
)


def _bare(text: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The heading without the unit that may follow it, and that unit."""
    if text not in names:
        for pattern in _WITH_UNIT:
            match = pattern.fullmatch(text)
            if match and match[1] in names:
                return match[1], match[2]
    return text, ""


def _source(header: Sequence[str], key: str, shown: Mapping[int, str], raw: Mapping[int, str]) -> Source:
    item = items()[key]
    at = [next((index for index, k in there.items() if k == key), None) for there in (shown, raw)]
    name = next(header[index] for index in at if index is not None)
    return Source(at[0], at[1], _factor(name, item))


def _factor(name: str, item: Item) -> Fraction:
    text = plain(name).removesuffix("_raw")
    unit = _bare(text, dict.fromkeys(item.names, ""))[1]
    if not unit or re.fullmatch(r"以.{1,4}计", unit):
        return Fraction(1)
    factor = unit_factor(unit, item.unit)
    if factor is None:
        raise WaterError(f"列 {name!r}：单位 {unit} 不能换算为 {item.unit}")
    return factor


def _names(role: str) -> frozenset[str]:
    (table,) = standard_tables("water.columns")
    return frozenset(plain(n) for row in table.rows if row["role"] == role for n in row["names"].split("|"))


def _roles(header: Sequence[str], named: Mapping[str, int], taken: set[int]) -> dict[str, int]:
    """The column of every role: as named, else the first of its usual headings that is there."""
    texts = {plain(name): index for index, name in enumerate(header) if index not in taken}
    (table,) = standard_tables("water.columns")
    found = {}
    for row in table.rows:
        usual = [plain(name) for name in row["names"].split("|")]
        index = named.get(row["role"], next((texts[name] for name in usual if name in texts), None))
        if index is not None and row["role"] != "result":
            found[row["role"]] = index
    return found


def _notes(chosen: Values, values: Values | None, roles: Mapping[str, int], today: date) -> Iterable[str]:
    if values is None and chosen == "raw":
        yield "用未修约值（_raw 列）评价（--values raw）"
    if "date" not in roles:
        yield f"表中没有日期，按 {today} 有效的标准评价"


def _class_notes(way: Profile, profile: Profile | None, keys: Sequence[str]) -> Iterable[str]:
    missing = [items()[key].name for key in evaluated(way) if key not in keys]
    if profile is None:
        why = "有自动监测没有的项目" if way == "manual" else "只有自动监测的项目"
        yield f"表中{why}，按{'手工监测 21 项' if way == 'manual' else '自动监测五项'}评价（--profile {way}）"
    if missing:
        yield f"表中没有{'、'.join(missing)}，按其余项目评价"


def _reader(found: Layout, key: str) -> Read:
    """A function from a row to the cell of an item; equal texts are read once."""
    source = found.sources[key]
    read = cell_reader(items()[key], found.profile, source.factor)
    shown, raw = source.shown, source.raw
    if raw is None or (found.values == "shown" and shown is not None):
        index = shown if shown is not None else raw
        assert index is not None
        return lambda row: read(row[index])
    if shown is None:
        return lambda row: read(row[raw])

    def both(row: Row) -> Cell:
        cell = read(row[shown])
        if cell.steps is None:
            return cell
        exact = read(row[raw])
        return cell if exact.steps is None else exact

    return both


def _bodies(found: Layout, rows: Sequence[Row]) -> list[str | None]:
    spelt = body_words()
    index = found.roles.get("kind")
    bodies = []
    for row in rows:
        text = "" if index is None else _cell(row, index)
        if not text and found.kinds:
            text = found.kinds.get(tuple(_cell(row, i) for i in found.kind_keys), "")
        bodies.append(spelt.get(plain(text)) if text else None)
    return bodies


def _day(found: Layout, row: Row) -> date | None:
    if "date" not in found.roles:
        return found.on
    clock = found.roles.get("obs_time")
    return read_day(_cell(row, found.roles["date"]), _cell(row, clock) if clock is not None else "")


def _cell(row: Row, index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _remark(row: Row, width: int) -> str | None:
    return None if len(row) == width else f"这一行有 {len(row)} 格，应为 {width} 格"
