"""Writing tables of results, and what their options share: days, moments, the file's form."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from bilan.errors import BilanError

if TYPE_CHECKING:
    import pyarrow as pa

    from bilan.observe import Lake

Parsed = TypeVar("Parsed")

FORMS = (".csv", ".parquet")


def write_tables(tables: Iterable[pa.Table], output: Path, *, quiet: bool, may_be_empty: bool = False) -> None:
    """Write ``tables``, which have the same columns, one after the other into ``output``, whole or not at all.

    No row is an error, unless it ``may_be_empty``: then the file has its header only.
    """
    from bilan.whole_file import replacing

    rows = 0
    with replacing(output) as unfinished:
        writer = None
        for table in tables:
            writer = writer or _writer(unfinished, table.schema, output.suffix.lower())
            writer.write_table(table)
            rows += table.num_rows
        if writer is None or not (rows or may_be_empty):
            raise BilanError("没有数据，没有写出结果：所问的时段没有数据，或站点不属于任何城市（见 --scope station）")
        writer.close()
    if not quiet:
        print(f"{output}：{rows} 行", file=sys.stderr)


def _writer(path: Path, schema: pa.Schema, form: str) -> Any:
    if form == ".parquet":
        import pyarrow.parquet

        return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd")
    import pyarrow.csv

    plain = pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="none")
    return pyarrow.csv.CSVWriter(path, schema, write_options=plain)


def span(lake: Lake, parameters: Collection[str], first: str | None, last: str | None) -> tuple[date, date]:
    """The days from ``first`` to ``last``, each by default where the data of ``parameters`` begin or end."""
    start, end = day(first, "--from"), day(last, "--to")
    files = lake.files(parameters) if start is None or end is None else []
    if (start is None or end is None) and not files:
        raise BilanError(f"{lake.path}：没有 {'、'.join(sorted(parameters))} 的数据；先用 bilan ingest 导入")
    start = start or min(file.first_day for file in files)
    end = end or max(file.last_day for file in files)
    if end < start:
        raise _crossed(start, end, first, last)
    return start, end


def _crossed(start: date, end: date, first: str | None, last: str | None) -> typer.BadParameter:
    """What to say of an end before the start; of what was not given the data decided, and no option is to blame."""
    if last is None:
        return typer.BadParameter(f"{start}：晚于数据的最后一天 {end}", param_hint="--from")
    if first is None:
        return typer.BadParameter(f"{end}：早于数据的第一天 {start}", param_hint="--to")
    return typer.BadParameter(f"最后一天 {end} 早于第一天 {start}", param_hint="--to")


def named(table: pa.Table, unit: str, lake: Lake) -> pa.Table:
    """``table`` with the name of every place after its column ``unit``, and labels in Beijing time."""
    import pyarrow as pa

    from bilan.evaluate.places import names

    called = names(lake)
    found = pa.array([called.get(place, place) for place in table[unit].to_pylist()], pa.string())
    table = table.add_column(table.column_names.index(unit) + 1, "name", found)
    if "time" in table.column_names:
        local = table["time"].cast(pa.timestamp("s", "Asia/Shanghai"))
        table = table.set_column(table.column_names.index("time"), "time", local)
    return table


def day(text: str | None, option: str) -> date | None:
    """The day that ``text`` names; a usage error when it is none."""
    return _parsed(text, date.fromisoformat, f"{text!r}：应为日期，写作 年-月-日，如 2026-03-18", option)


def moment(text: str | None, option: str = "--known-at") -> datetime | None:
    """The moment that ``text`` names; a day alone means its end, so that all that was known on that day counts."""
    if text is None:
        return None
    from bilan.observe.importers.cells import is_day

    found = label_of(text, option)
    return found + timedelta(days=1, microseconds=-1) if is_day(text) else found


def label_of(text: str, option: str) -> datetime:
    """The instant that ``text`` names, Beijing time unless it says otherwise; a usage error when it is none.

    Written as in the files that are imported, or as ``--json`` writes it, with parts of a second.
    """
    from bilan.observe.importers.cells import BEIJING, parse_time

    def read(written: str) -> datetime:
        try:
            return parse_time(written, with_hour=False)
        except ValueError:
            found = datetime.fromisoformat(written)
            return found if found.tzinfo else found.replace(tzinfo=BEIJING)

    found = _parsed(text, read, f"{text!r}：应为时间，如 2026-03-01T12:00、2026/3/1 8:00", option)
    assert found is not None
    return found


def _parsed(text: str | None, parse: Callable[[str], Parsed], message: str, option: str) -> Parsed | None:
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise typer.BadParameter(message, param_hint=option) from error
