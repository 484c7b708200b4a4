"""Figures of surface water for cities, drinking water sources and black waters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli.files import check_output
from bilan.cli.water_files import FORMS, all_rows, answered, each_row, report, sound, steps_of, write_table
from bilan.cli.water_options import (
    COLUMNS,
    DATE,
    ENGINE,
    GROUP,
    INPUT,
    KIND_COLUMN,
    KINDS,
    OUTPUT,
    QUIET,
    ProfileOption,
    given,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from bilan.evaluate.water.tables import Layout


def ranking(
    source: INPUT,
    output: OUTPUT,
    previous: Annotated[
        Path | None, typer.Option(metavar="FILE", readable=False, help="上年同期的表，列与 --input 相同；默认没有。")
    ] = None,
    city: Annotated[str | None, typer.Option(metavar="NAME", help="城市一列；默认 city、城市等列。")] = None,
    kind_column: KIND_COLUMN = None,
    kinds: KINDS = None,
    columns: COLUMNS = None,
    on: DATE = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Index and rank of every city from the period means of its sections; change against the year before."""
    import ibis

    from bilan.evaluate.exact import shared
    from bilan.evaluate.water.ranking import city_indices, index_items, ranked

    def indices(path: Path) -> Any:
        table = given(
            path,
            output,
            columns,
            engine,
            quiet,
            kind_column=kind_column,
            kinds=kinds,
            profile=ProfileOption.manual,
            on=on,
            used=index_items(),
            city=city,
        )
        layout, rows, found = all_rows(table, ["city"])
        return layout, shared(city_indices(ibis.memtable(sound(rows)))), found

    layout, now, found = indices(source)
    before = None
    if previous:
        _, before, bad = indices(previous)
        found.add(bad, previous.name)
    placed = ranked(now, before).drop("index_steps")
    answer = answered(engine, placed.order_by([placed["rank"].isnull(), "rank", "city"]))
    write_table(output, answer)
    found.judged = sum(cell is not None for cell in answer["index"].to_pylist())
    report(found, layout, output, quiet=quiet, notes=list(_few_items(layout)))


def drinking(
    source: INPUT,
    output: OUTPUT,
    rates: Annotated[
        Path | None, typer.Option(metavar="FILE", readable=False, help="达标率另写一个文件；默认只写各水源的结果。")
    ] = None,
    by: GROUP = None,
    kind_column: KIND_COLUMN = None,
    kinds: KINDS = None,
    columns: COLUMNS = None,
    on: DATE = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Compliance of every source (complies, exceeded, reason), and with ``--rates`` by count and by volume."""
    import ibis
    import pyarrow as pa

    from bilan.evaluate.water.drinking import compliance, sources_judged
    from bilan.evaluate.water.items import items

    if rates:
        check_output(rates, source, output, forms=FORMS)
    table = given(
        source,
        output,
        columns,
        engine,
        quiet,
        kind_column=kind_column,
        kinds=kinds,
        profile=ProfileOption.manual,
        on=on,
        used=items(),
        river=by,
    )
    volumes: list[pa.Table] = []

    def expression(wide: ir.Table, _: Layout) -> ir.Table:
        return sources_judged(wide.rename(kind="body"))

    def collect(rows: pa.Table, judged: pa.Table) -> None:
        volumes.append(_with_volume(rows, judged))

    names = ("complies", "exceeded", "reason")
    keep = [*(["river"] if by else []), *(["volume"] if rates else [])]
    each_row(
        table,
        output,
        expression,
        lambda _: names,
        keep=keep,
        judged=lambda layout: layout.sources,
        see=collect if rates else None,
    )
    if rates:
        group = ["river"] if by else []
        spread = compliance(ibis.memtable(pa.concat_tables(volumes)), group)
        written = answered(engine, spread.order_by(group) if group else spread)
        write_table(rates, _in_units(written, by))


def black_odorous(
    source: INPUT,
    output: OUTPUT,
    level: Annotated[str, typer.Option(help="point 各检测点，body 各水体；默认 body。")] = "body",
    columns: COLUMNS = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Grade of every point or water body from the samples of its points, in the order along the water."""
    import ibis

    from bilan.evaluate.exact import shared
    from bilan.evaluate.water.black_odorous import body_grades, point_grades

    if level not in ("point", "body"):
        raise typer.BadParameter(f"{level!r}：应为 point 或 body", param_hint="--level")
    table = given(source, output, columns, engine, quiet, used=_of_black_waters())
    layout, rows, found = all_rows(table, ["water_body", "point"])
    points = point_grades(ibis.memtable(sound(rows)), ["water_body", "point"])
    if level == "body":
        answer: ir.Table = body_grades(shared(points), ["water_body"]).order_by("water_body")
    else:
        answer = points.order_by("place").drop("place", "level")
    written = answered(engine, answer)
    write_table(output, written)
    found.judged = sum(cell is not None for cell in written["grade"].to_pylist())
    report(found, layout, output, quiet=quiet)


def _of_black_waters() -> list[str]:
    from bilan.policy.standards import standard_tables

    return list(
        dict.fromkeys(row["item"] for table in standard_tables("water.black_odorous.limits") for row in table.rows)
    )


def _few_items(layout: Layout) -> Iterator[str]:
    from bilan.evaluate.water.items import items
    from bilan.evaluate.water.ranking import index_items

    wanted = index_items()
    missing = [items()[key].name for key in wanted if key not in layout.sources]
    if missing:
        there = len(wanted) - len(missing)
        yield f"指数只含表中的 {there} 项，与 {len(wanted)} 项的不可比；表中没有{'、'.join(missing)}"


def _with_volume(rows: pa.Table, judged: pa.Table) -> pa.Table:
    """``complies`` and the volume of every source in steps of ``10**-4`` of the unit of the file."""
    import pyarrow as pa

    volumes = [_volume(cell) for cell in rows["volume"].to_pylist()]
    columns = {"complies": judged["complies"], "volume": pa.array(volumes, pa.int64())}
    if "river" in rows.column_names:
        columns["river"] = rows["river"]
    return pa.table(columns)


def _volume(cell: str) -> int | None:
    steps = steps_of(cell)
    return None if steps is None or steps < 0 else steps // 10**6


def _in_units(spread: pa.Table, by: str | None) -> pa.Table:
    """Volumes back in the unit of the file, the group under its own heading."""
    import pyarrow.compute as pc

    for name in ("volume", "compliant_volume"):
        place = spread.column_names.index(name)
        spread = spread.set_column(place, name, pc.divide(spread[name].cast("float64"), 10.0**4))
    return spread.rename_columns([by if by and name == "river" else name for name in spread.column_names])
