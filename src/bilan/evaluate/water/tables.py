"""From the rows of a file to the wide table of whole numbers that the evaluation reads.

Headings are recognised by key, code, name or alias of an item, with or without a unit in brackets; ``NAME_raw`` is the
unrounded value beside a displayed ``NAME``. Published results are never read.

See Also: :mod:`bilan.evaluate.water.reading`, which opens the file; :mod:`bilan.evaluate.water.headings`;
:mod:`bilan.evaluate.water.classes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from bilan.evaluate.water.cells import Cell, cell_reader, is_mark, is_midnight, read_day
from bilan.evaluate.water.headings import RAW, assumed_unit, heading, lost_items, matches, names, unit_in, usual_names
from bilan.evaluate.water.items import Profile, WaterError, body_words, evaluated, items, plain, unit_factor
from bilan.policy.standards import standard_tables

if TYPE_CHECKING:
    import pyarrow as pa

Values = Literal["raw", "shown"]
_NO_ROLES = frozenset({"place", "kept", "result"})  # ways to write headings, any number of columns of a table
Row = list[str]
Read = Callable[[Row, str | None], Cell]


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

    def without(self, names: Iterable[str]) -> Layout:
        """This layout, columns called like one of ``names`` (the results to be written) no longer identifying."""
        clash = [self.header[index] for index in self.identifying if self.header[index] in set(names)]
        if not clash:
            return self
        kept = tuple(index for index in self.identifying if self.header[index] not in clash)
        return replace(
            self, identifying=kept, notes=(*self.notes, f"列 {'、'.join(clash)} 与结果的列同名，没有抄到结果里")
        )

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
    used: Iterable[str] | None = None,
) -> Layout:
    """Return what the columns named in ``header`` are.

    ``columns`` names columns by our words: an item's key or code, or a role (``kind``, ``date``, ``section``,
    ``river``, ``city``, ``point``, ``water_body``, ``volume``). Without ``profile`` it is ``manual`` as soon as an item
    is there that automatic stations do not have. Without ``values`` the unrounded values are used where there are any.
    ``on`` is the day whose standard judges rows without a date. ``used`` are the items that matter, by default those
    that any profile evaluates: a unit that cannot be converted is an error for them, and a note for the others, which
    are then left out.

    >>> found = layout(["断面", "溶解氧(mg/L)", "w21011", "水质类别"], on=date(2024, 1, 1))
    >>> sorted(found.sources), found.identity_names, found.profile
    (['do', 'tp'], ['断面'], 'auto')

    Raises :class:`WaterError` for a heading that is named but not there, for two of one item, for a unit that cannot be
    converted and for a file without any item.
    """
    named = _named(header, columns or {})
    shown, raw = _item_columns(header, named)
    roles = _roles(header, named, {*shown, *raw})
    matter = frozenset((*evaluated(profile or "manual"), "water_temp") if used is None else used)
    units = {key: _unit(header, key, shown, raw) for key in dict.fromkeys([*shown.values(), *raw.values()])}
    sources = {
        key: _source(key, unit, header, shown, raw)
        for key, unit in units.items()
        if _readable(header, key, unit, matter)
    }
    strange = [key for key in units if key not in sources]
    if not sources:
        raise WaterError(f"没有一列是水质项目（列名：{'、'.join(header[:12])}），可用 --columns 写明，如 tp=总磷含量")
    chosen = values or ("raw" if raw else "shown")
    if chosen == "raw" and not raw:
        raise WaterError("表中没有未修约值的列（列名以 _raw 结尾），--values 应为 shown")
    way = profile or ("manual" if set(sources) & (set(evaluated("manual")) - set(evaluated("auto"))) else "auto")
    today = on or date.today()
    taken = {*shown, *raw}
    results = {i for i, name in enumerate(header) if i not in taken and i not in roles.values() and is_result(name)}
    kept = [i for i, name in enumerate(header) if name and i not in taken and i not in results]
    unclaimed = [header[index] for index in kept if index not in roles.values() and not matches(header[index], "kept")]
    said = (
        *_notes(chosen, values, roles, today),
        *_assumptions([key for key in sources if key in matter and not units[key]], header),
        *_losses([items()[key].name for key in strange], list(lost_items(unclaimed))),
    )
    return Layout(
        header=tuple(header),
        sources={key: sources[key] for key in items() if key in sources},
        roles=roles,
        identifying=tuple(kept),
        profile=way,
        values=chosen,
        on=today,
        notes=said,
        class_notes=tuple(_class_notes(way, profile, list(sources))),
    )


def portion(
    found: Layout,
    rows: Sequence[Row],
    first: int = 0,
    *,
    keep: Iterable[str] = (),
    also: Mapping[str, int] | None = None,
    only: Iterable[str] | None = None,
    judged: Iterable[str] | None = None,
) -> pa.Table:
    """Return ``rows`` as the wide table of :func:`bilan.evaluate.water.classes.classified`.

    Columns: ``row`` (number of the row, from ``first``), ``remark``, ``withheld``, ``body``, ``day``, one int64 column
    per item (of those in ``only``) in steps of ``10**-10``, and the text of the roles in ``keep`` and of the columns
    ``also`` (index by name). ``withheld`` tells of the items in ``judged``, by default those of the profile.

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
    bodies = _bodies(found, rows)
    for row, body in zip(rows, bodies, strict=True):
        marks = []
        padded = row if len(row) >= width else row + [""] * (width - len(row))
        for key, read in readers.items():
            cell = read(padded, body)
            numbers[key].append(cell.steps)
            if cell.mark and key in counting:
                marks.append(cell.mark)
        withheld.append("、".join(marks) or None)
    data = {
        "row": pa.array(range(first, first + len(rows)), pa.int64()),
        "remark": pa.array([_remark(row, width) for row in rows], pa.string()),
        "withheld": pa.array(withheld, pa.string()),
        "body": pa.array(bodies, pa.string()),
        "day": pa.array([_day(found, row) for row in rows], pa.date32()),
    }
    data |= {key: pa.array(column, pa.int64()) for key, column in numbers.items()}
    copied = {role: found.roles[role] for role in keep} | dict(also or {})
    data |= {name: pa.array([_cell(row, index) for row in rows], pa.string()) for name, index in copied.items()}
    return pa.table(data)


def unknown_kinds(found: Layout, rows: Iterable[Row]) -> set[str]:
    """The words of the column ``kind`` that say neither river nor lake."""
    if "kind" not in found.roles:
        return set()
    return unknown_words(_cell(row, found.roles["kind"]) for row in rows)


def unknown_words(texts: Iterable[str]) -> set[str]:
    """Those of ``texts`` that say neither river nor lake.

    >>> unknown_words(["湖库型", "河流型水库", "", "塘"])
    {'塘'}
    """
    return {text for text in set(texts) if text and plain(text) not in body_words()}


def needed(found: Layout, role: str) -> int:
    """The column of ``role``; :class:`WaterError` says how to name it when there is none."""
    if role not in found.roles:
        raise WaterError(f"表中认不出 {role} 一列，请用 --columns {role}=列名 写明")
    return found.roles[role]


def _named(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """The columns a person named: index by item key or role."""
    by_name = names()
    roles = {row["role"] for row in standard_tables("water.columns")[-1].rows} - _NO_ROLES
    found = {}
    for ours, theirs in columns.items():
        word, raw = (ours.removesuffix(RAW), RAW) if ours.endswith(RAW) else (ours, "")
        key = word if word in roles else by_name.get(plain(word))
        if key is None:
            raise WaterError(
                f"--columns：不认识 {ours!r}，应为项目（如 tp、w21011、总磷）或 {'、'.join(sorted(roles))}"
            )
        if theirs not in header:
            raise WaterError(f"--columns {ours}={theirs}：表中没有列 {theirs!r}")
        found[key + raw] = header.index(theirs)
    return found


def _item_columns(header: Sequence[str], named: Mapping[str, int]) -> tuple[dict[int, str], dict[int, str]]:
    """The item of every column of displayed and of unrounded values."""
    claimed = {index: key for key, index in named.items() if key.removesuffix(RAW) in items()}
    shown: dict[int, str] = {}
    raw: dict[int, str] = {}
    for index, name in enumerate(header):
        says = heading(name)
        if index in claimed:
            key, unrounded = claimed[index].removesuffix(RAW), claimed[index].endswith(RAW) or plain(name).endswith(RAW)
        elif says is not None and index not in named.values():
            key, unrounded = says.item, says.raw
        else:
            continue
        there = raw if unrounded else shown
        if index not in claimed and (key + RAW if unrounded else key) in named:
            continue  # a person has named another column
        if key in there.values():
            other = header[next(i for i, k in there.items() if k == key)]
            raise WaterError(f"列 {other!r} 与 {name!r} 都是{items()[key].name}，请用 --columns {key}=列名 选定一列")
        there[index] = key
    return shown, raw


def _unit(header: Sequence[str], key: str, shown: Mapping[int, str], raw: Mapping[int, str]) -> str:
    """The unit in which the columns of an item stand: as printed, or as known of such tables; empty for our own."""
    printed: dict[str, str] = {}
    for index in (index for there in (shown, raw) for index, k in there.items() if k == key):
        says = heading(header[index])
        unit = says.unit if says is not None and says.item == key else unit_in(header[index])
        if unit:
            printed[unit] = header[index]
    if len(printed) > 1:
        raise WaterError(f"列 {'、'.join(printed.values())}：同一项目的两列单位不同（{'、'.join(printed)}）")
    return next(iter(printed), "")


def _readable(header: Sequence[str], key: str, unit: str, matter: frozenset[str]) -> bool:
    """Whether values in ``unit`` can be read; :class:`WaterError` when they cannot and the item matters."""
    item = items()[key]
    if not unit or unit_factor(unit, item.unit) is not None:
        return True
    if key in matter:
        name = next((name for name in header if (says := heading(name)) and says.item == key), item.name)
        raise WaterError(f"列 {name!r}：单位 {unit} 不能换算为 {item.unit}")
    return False


def _source(key: str, unit: str, header: Sequence[str], shown: Mapping[int, str], raw: Mapping[int, str]) -> Source:
    at = [next((index for index, k in there.items() if k == key), None) for there in (shown, raw)]
    own = items()[key].unit
    factor = unit_factor(unit or assumed_unit(key, header) or own, own) or Fraction(1)
    return Source(at[0], at[1], factor)


def _roles(header: Sequence[str], named: Mapping[str, int], taken: set[int]) -> dict[str, int]:
    """The column of every role: as named, else the first of its usual headings that is there."""
    texts = {plain(name): index for index, name in enumerate(header) if index not in taken}
    (table,) = standard_tables("water.columns")
    found = {}
    for row in table.rows:
        if row["role"] in _NO_ROLES:
            continue
        index = named.get(row["role"], next((texts[n] for n in usual_names(row["role"]) if n in texts), None))
        if index is not None:
            found[row["role"]] = index
    return found


def is_result(name: str) -> bool:
    """Whether a column is a published result, which is neither read nor copied.

    >>> [name for name in ("现状水质类别", "水质目标", "status", "cwqi") if is_result(name)]
    ['现状水质类别', 'cwqi']
    """
    return matches(name, "result") and not matches(name, "kept")


def _notes(chosen: Values, values: Values | None, roles: Mapping[str, int], today: date) -> Iterable[str]:
    if values is None and chosen == "raw":
        yield "用未修约值（_raw 列）评价（--values raw）"
    if "date" not in roles:
        yield f"表中没有日期，按 {today} 有效的标准评价"


def _assumptions(keys: Sequence[str], header: Sequence[str]) -> Iterable[str]:
    for key in keys:
        unit = assumed_unit(key, header)
        if unit is not None:
            name = items()[key].name
            yield f"{name}一列没有注明单位，按 {unit} 读；如不是，请在列名中注明，如 {name}(mg/L)"


def _losses(strange: Sequence[str], unclaimed: Sequence[str]) -> Iterable[str]:
    if strange:
        yield f"{'、'.join(strange)}的单位不能换算，这里也用不到，没有读取"
    if unclaimed:
        yield f"这些列看似水质项目却没有读作项目：{'、'.join(unclaimed)}；可用 --columns 写明，如 tp=列名"


def _class_notes(way: Profile, profile: Profile | None, keys: Sequence[str]) -> Iterable[str]:
    missing = [items()[key].name for key in evaluated(way) if key not in keys]
    if profile is None:
        why = "有自动监测没有的项目" if way == "manual" else "只有自动监测的项目"
        yield f"表中{why}，按{'手工监测 21 项' if way == 'manual' else '自动监测五项'}评价（--profile {way}）"
    if missing:
        yield f"表中没有{'、'.join(missing)}，按其余项目评价"


def _reader(found: Layout, key: str) -> Read:
    """A function from a row and its kind of water to the cell of an item; equal texts are read once."""
    source, item = found.sources[key], items()[key]
    read = cell_reader(item, found.profile, source.factor)
    shown, raw = source.shown, source.raw
    if raw is None or (found.values == "shown" and shown is not None):
        index = shown if shown is not None else raw
        assert index is not None
        return lambda row, body: read(row[index], body)
    if shown is None:
        return lambda row, body: read(row[raw], body)

    def both(row: Row, body: str | None) -> Cell:
        cell = read(row[shown], body)
        if cell.steps is None:
            return cell
        exact = read(row[raw], body)
        if exact.steps is not None:
            return exact
        return cell if is_mark(row[raw], found.profile) else Cell(None, f"{item.name}（未修约值 {row[raw].strip()}）")

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


def midnights(found: Layout, rows: Sequence[Row]) -> int:
    """How many of ``rows`` are labelled midnight."""
    at = found.roles.get("obs_time", found.roles.get("date"))
    return 0 if at is None else sum(is_midnight(_cell(row, at)) for row in rows)


def _cell(row: Row, index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _remark(row: Row, width: int) -> str | None:
    return None if len(row) == width else f"这一行有 {len(row)} 格，应为 {width} 格"
