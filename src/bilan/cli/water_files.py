"""What the commands of surface water share: reading a table, computing portion by portion, writing the result whole."""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import typer

from bilan.cli import PARTLY_REFUSED
from bilan.cli.progress import progress_bar

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from bilan.evaluate.water.reading import Portion
    from bilan.evaluate.water.tables import Layout, Values

FORMS = (".csv", ".gz")
_SHOWN = 5  # places of one kind named on stderr


@dataclass(frozen=True)
class Given:
    """What a person said about a table of water data."""

    source: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Path | None = None
    profile: str | None = None
    values: str | None = None
    on: date | None = None
    engine: str = "duckdb"
    quiet: bool = False
    used: Iterable[str] | None = None  # the items that matter; by default those that any profile evaluates


@dataclass
class Found:
    """What became of a table: rows, results among them, places that could not be read, words that were not known."""

    rows: int = 0
    judged: int = 0
    bad: list[str] = field(default_factory=list)
    strange: set[str] = field(default_factory=set)
    midnights: int = 0

    def note(self, layout: Layout, found: Portion, table: pa.Table) -> None:
        """Take note of a portion."""
        from bilan.evaluate.water.tables import midnights, unknown_kinds

        remarks = table["remark"].to_pylist()
        self.bad += [f"第 {line} 行：{text}" for line, text in zip(found.lines, remarks, strict=True) if text]
        self.strange |= unknown_kinds(layout, found.rows)
        self.rows += len(found.rows)
        self.midnights += midnights(layout, found.rows)

    def add(self, other: Found, name: str) -> None:
        """Take over what could not be read in another table of the same figure, called ``name``."""
        self.bad += [f"{name} {place}" for place in other.bad]
        self.strange |= other.strange

    @classmethod
    def of(cls, layout: Layout) -> Found:
        """Nothing read yet, but the words of the other file that says the kinds."""
        from bilan.evaluate.water.tables import unknown_words

        return cls(strange=unknown_words(layout.kinds.values()))


def described(given: Given, header: Sequence[str]) -> Layout:
    """What the columns of the table are, with the kinds of sections from the other file, if any."""
    from bilan.evaluate.water.items import profile_named
    from bilan.evaluate.water.tables import layout

    found = layout(
        header,
        columns=given.columns,
        profile=profile_named(given.profile) if given.profile else None,
        values=cast("Values | None", given.values),
        on=given.on,
        used=given.used,
    )
    if given.kinds is None:
        return found
    keys, kinds = _read_kinds(given.kinds, header)
    return replace(found, kinds=kinds, kind_keys=tuple(header.index(key) for key in keys))


def _read_kinds(path: Path, header: Sequence[str]) -> tuple[list[str], dict[tuple[str, ...], str]]:
    """The identifying columns that ``path`` shares with the table, and the kind of water by their cells."""
    from bilan.errors import FileError
    from bilan.evaluate.water.items import plain
    from bilan.evaluate.water.reading import opened

    words = ("kind", "type", "inferred_type", "水体类型", "类型")
    with opened(path) as (names, portions):
        kind = next((name for name in names if plain(name) in words), None)
        keys = [name for name in names if name in header and name != kind]
        if kind is None or not keys:
            raise FileError(f"{path}：应有 kind 一列，和与数据表同名的列（如断面名）；只有 {'、'.join(names)}")
        at = [names.index(key) for key in keys]
        kinds = {
            tuple(row[index].strip() for index in at): row[names.index(kind)].strip()
            for found in portions
            for row in found.rows
            if len(row) >= len(names)
        }
    return keys, kinds


def each_row(
    given: Given,
    output: Path,
    expression: Callable[[ir.Table, Layout], ir.Table],
    results: Callable[[Layout], Sequence[str]],
    only: Callable[[Layout], Iterable[str]] | None = None,
    *,
    keep: Sequence[str] = (),
    judged: Callable[[Layout], Iterable[str]] | None = None,
    see: Callable[[pa.Table, pa.Table], None] | None = None,
    classed: bool = False,
) -> None:
    """Evaluate every row by itself, portion by portion, and write identity and ``results`` in the order of the input.

    ``only``: the items to read; ``judged``: those whose missing value matters; ``keep``: roles that ``see`` is shown
    with every portion and its results; ``classed``: whether what was assumed about classes is worth saying.
    """
    import ibis

    from bilan.evaluate.engine import connect, fetched
    from bilan.evaluate.water.reading import opened
    from bilan.evaluate.water.tables import needed, portion

    with progress_bar(quiet=given.quiet) as progress, opened(given.source, progress) as (header, portions):
        layout = described(given, header)
        found = Found.of(layout)
        for role in keep:
            needed(layout, role)
        names = list(results(layout))
        layout = layout.without(names)
        wanted, counting = only(layout) if only else None, judged(layout) if judged else None
        backend = connect(given.engine)
        with writing(output) as write:
            write([[*layout.identity_names, *names]])
            for part in portions:
                table = portion(layout, part.rows, keep=keep, only=wanted, judged=counting)
                answer = expression(ibis.memtable(table), layout).select("row", *names)
                computed = fetched(backend, answer.order_by("row"))
                if see:
                    see(table, computed)
                columns = [computed[name].to_pylist() for name in names]
                found.judged += sum(cell is not None for cell in columns[0])
                found.note(layout, part, table)
                write(
                    [*layout.identity(row), *map(text, cells)]
                    for row, cells in zip(part.rows, zip(*columns, strict=True), strict=True)
                )
    report(found, layout, output, quiet=given.quiet, classed=classed)


def all_rows(
    given: Given, keep: Sequence[str], also: Callable[[Layout], Mapping[str, int]] = lambda _: {}
) -> tuple[Layout, pa.Table, Found]:
    """The whole table at once, with the text of the roles in ``keep`` and of the columns ``also`` (index by name)."""
    import pyarrow as pa

    from bilan.evaluate.water.reading import opened
    from bilan.evaluate.water.tables import needed, portion

    tables = []
    with opened(given.source) as (header, portions):
        layout = described(given, header)
        found = Found.of(layout)
        for role in keep:
            needed(layout, role)
        copied = also(layout)
        for part in portions:
            tables.append(portion(layout, part.rows, found.rows, keep=keep, also=copied))
            found.note(layout, part, tables[-1])
        tables = tables or [portion(layout, [], keep=keep, also=copied)]
    return layout, pa.concat_tables(tables), found


def sound(rows: pa.Table) -> pa.Table:
    """Those of ``rows`` that could be read."""
    return rows.filter(rows["remark"].is_null())


def heads(path: Path) -> list[str]:
    """The headings of any CSV table."""
    from bilan.evaluate.water.reading import opened

    with opened(path) as (header, _):
        return header


def read_columns(path: Path, names: Sequence[str]) -> list[list[str]]:
    """The cells of the columns ``names`` of any CSV table, column by column; an error names the column that is none."""
    from bilan.errors import FileError
    from bilan.evaluate.water.reading import opened

    columns: list[list[str]] = [[] for _ in names]
    with opened(path) as (header, portions):
        for name in names:
            if name not in header:
                raise FileError(f"{path}：没有列 {name!r}（有 {'、'.join(header)}）")
        places = [header.index(name) for name in names]
        for part in portions:
            for row in part.rows:
                for column, place in zip(columns, places, strict=True):
                    column.append(row[place].strip() if place < len(row) else "")
    return columns


def write_table(output: Path, table: pa.Table) -> None:
    """Write ``table`` to ``output``, whole or not at all."""
    with writing(output) as write:
        write([table.column_names])
        write([text(cell) for cell in row.values()] for batch in table.to_batches() for row in batch.to_pylist())


def class_of(cell: str) -> int | None:
    """The number of a class however it is printed; None for anything else.

    >>> class_of("Ⅱ类"), class_of("劣 V"), class_of("3"), class_of("良好")
    (2, 6, 3, None)
    """
    from bilan.evaluate.water.items import plain
    from bilan.evaluate.water.limits import numbers_of_classes

    spelt = {plain(form): number for form, number in numbers_of_classes().items()}
    return spelt.get(plain(cell).removesuffix("类"))


def steps_of(cell: str) -> int | None:
    """A number, or a class as its number, in steps of ``10**-10``."""
    from bilan.evaluate.water.items import exact

    try:
        return exact(str(class_of(cell) or cell))
    except (ArithmeticError, ValueError):
        return None


def answered(engine: str, table: ir.Table) -> pa.Table:
    """The rows of ``table``, computed by ``engine``."""
    from bilan.evaluate.engine import connect, fetched

    return fetched(connect(engine), table)


@contextmanager
def writing(path: Path) -> Iterator[Callable[[Iterable[Sequence[object]]], None]]:
    """A function that writes rows to the CSV file ``path`` (``.csv`` or ``.csv.gz``), which is whole or not there."""
    from bilan.whole_file import replacing

    with replacing(path) as unfinished, unfinished.open("wb") as raw:
        packed = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if path.suffix.lower() == ".gz" else raw
        with io.TextIOWrapper(cast(IO[bytes], packed), encoding="utf-8", newline="") as lines:
            yield csv.writer(lines, lineterminator="\n").writerows


def text(cell: Any) -> str:
    """A cell as it is written: nothing for null, 是 and 否, numbers without needless decimals.

    >>> text(None), text(True), text(59.0), text(0.05)
    ('', '是', '59.0', '0.05')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)


def decimal(steps: int | None) -> str:
    """A whole number of steps of ``10**-10`` as a number.

    >>> decimal(1004000000), decimal(None), decimal(80000000000)
    ('0.1004', '', '8')
    """
    from decimal import Decimal

    from bilan.evaluate.water.items import DIGITS

    return "" if steps is None else f"{Decimal(steps).scaleb(-DIGITS).normalize():f}"


def report(
    found: Found, layout: Layout, output: Path, *, quiet: bool, classed: bool = False, notes: Sequence[str] = ()
) -> None:
    """Say what was assumed and what could not be read; exit code 3 when rows could not."""
    for note in (*(layout.class_notes if classed else ()), *layout.notes, *notes):
        print(f"注意：{note}", file=sys.stderr)
    if 1 < found.rows == found.midnights:
        print("注意：时间都是 0 点，按时段的终点算作前一天；若只是日期，请去掉时刻", file=sys.stderr)
    if found.strange:
        listed = "、".join(sorted(found.strange)[:_SHOWN])
        print(f"注意：水体类型中有不认识的写法，当作未注明：{listed}", file=sys.stderr)
    if found.bad:
        more = f" 等 {len(found.bad)} 处" if len(found.bad) > _SHOWN else ""
        print(f"注意：{'；'.join(found.bad[:_SHOWN])}{more}", file=sys.stderr)
    if not quiet:
        print(f"{output}：{found.rows} 行，{found.judged} 行有结果", file=sys.stderr)
    if found.bad:
        raise typer.Exit(PARTLY_REFUSED)
