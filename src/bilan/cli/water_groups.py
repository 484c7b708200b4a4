"""Figures of surface water over many sections or times: means, grades, shares, changes, trends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli.files import check_output
from bilan.cli.water_files import (
    FORMS,
    all_rows,
    answered,
    decimal,
    read_columns,
    report,
    steps_of,
    text,
    write_table,
    writing,
)
from bilan.cli.water_options import (
    COLUMNS,
    DATE,
    ENGINE,
    GROUP,
    INPUT,
    KIND_COLUMN,
    KINDS,
    OUTPUT,
    PROFILE,
    QUIET,
    VALUES,
    PeriodOption,
    ScopeOption,
    given,
    way,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


NO_MEAN, UNMEASURED = "--", "*"  # how `bilan evaluate water class` reads them: too few values, and no value at all

SECTION = Annotated[str | None, typer.Option(metavar="NAME", help="断面名一列；默认 section、断面名称等列。")]
RIVER = Annotated[str, typer.Option(metavar="NAME", help="分组的一列，如河流名。", show_default=False)]
CLASS = Annotated[str, typer.Option("--class-column", metavar="NAME", help="类别一列（Ⅰ … 劣Ⅴ）；默认 class。")]


def averages(
    source: INPUT,
    output: OUTPUT,
    period: Annotated[PeriodOption, typer.Option(help="时段。", show_default=False)],
    section: SECTION = None,
    by_lake: Annotated[
        bool, typer.Option("--by-lake", help="再对同一湖库（water_body 列）的各点位求平均；默认不求。")
    ] = False,
    scope: Annotated[
        ScopeOption, typer.Option(help="national 国控断面全年要 12 个月，other 其余断面 6 个月；默认 national。")
    ] = ScopeOption.national,
    kind_column: KIND_COLUMN = None,
    kinds: KINDS = None,
    profile: PROFILE = None,
    values: VALUES = None,
    columns: COLUMNS = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Means: section (or lake), ``period``, ``date``, ``kind``, one column per item, ``count_ITEM``, ``withheld``."""
    import ibis

    from bilan.evaluate.exact import shared
    from bilan.evaluate.water.averages import lake_means, section_means

    table = given(
        source,
        output,
        columns,
        engine,
        quiet,
        kind_column=kind_column,
        kinds=kinds,
        profile=profile,
        values=values,
        section=section,
    )
    roles = ["section", *(["water_body"] if by_lake else [])]
    layout, rows, found = all_rows(table, roles)
    items = list(layout.sources)
    dated = ibis.memtable(rows)
    dated = dated.filter(dated.remark.isnull() & dated.day.notnull())
    means = section_means(dated, list(reversed(roles)), period.value, items, scope.value)
    key = ["section"]
    if by_lake:
        means, key = lake_means(shared(means), ["water_body"], items), ["water_body"]
    answer = answered(engine, means.order_by([*key, "first"]))
    names = [*key, "period", "date", "kind", *items, *(f"count_{item}" for item in items), "withheld"]
    with writing(output) as write:
        write([names])
        for row in answer.to_pylist():
            cells = [decimal(row[item]) or (NO_MEAN if row[f"count_{item}"] else UNMEASURED) for item in items]
            counts = [row[f"count_{item}"] for item in items]
            write(
                [
                    [
                        *(text(row[name]) for name in (*key, "period", "day", "body")),
                        *cells,
                        *counts,
                        text(row["withheld"]),
                    ]
                ]
            )
    found.judged = answer.num_rows
    report(found, layout, output, quiet=quiet)


def grade(
    source: INPUT,
    output: OUTPUT,
    by: RIVER,
    section: SECTION = None,
    kind_column: KIND_COLUMN = None,
    kinds: KINDS = None,
    profile: PROFILE = None,
    values: VALUES = None,
    columns: COLUMNS = None,
    on: DATE = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Grade of every river: ``method``, ``class``, the shares, ``grade``, ``main_pollutants``, ``reason``."""
    import ibis

    from bilan.evaluate.water.grades import river_grades

    table = given(
        source,
        output,
        columns,
        engine,
        quiet,
        kind_column=kind_column,
        kinds=kinds,
        profile=profile,
        values=values,
        on=on,
        river=by,
        section=section,
    )
    layout, rows, found = all_rows(table, ["river", "section"])
    _refuse_repeated(source, rows)
    graded = river_grades(ibis.memtable(rows), "river", "section", way(layout))
    answer = answered(engine, graded.drop("class_number").order_by("river"))
    write_table(output, answer.rename_columns([by if name == "river" else name for name in answer.column_names]))
    found.judged = sum(cell is not None for cell in answer["grade"].to_pylist())
    report(found, layout, output, quiet=quiet, classed=True)


def shares(
    source: INPUT,
    output: OUTPUT,
    by: GROUP = None,
    class_column: CLASS = "class",
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Shares of sections by class, from what ``bilan evaluate water class`` wrote or another table with classes."""
    from bilan.evaluate.water.shares import shares as spread

    check_output(output, source, forms=FORMS)
    groups = [by] if by else []
    sections = _with_classes(source, groups, class_column)
    answer = answered(engine, _sorted(spread(sections, groups), groups))
    write_table(output, answer)
    _say(output, answer, quiet)


def change(
    before: Annotated[
        Path, typer.Option(metavar="FILE", readable=False, help="前一时段有类别的表。", show_default=False)
    ],
    after: Annotated[
        Path, typer.Option(metavar="FILE", readable=False, help="后一时段有类别的表。", show_default=False)
    ],
    output: OUTPUT,
    section: Annotated[str, typer.Option(metavar="NAME", help="断面名一列；默认 section。")] = "section",
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="比较河流等分组的类别比例，而不是各断面；默认不分组。")
    ] = None,
    class_column: CLASS = "class",
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Change of every section, or with ``--by`` of every river, between two tables with classes."""
    from bilan.evaluate.exact import shared
    from bilan.evaluate.water.change import river_changes, section_changes
    from bilan.evaluate.water.limits import class_name
    from bilan.evaluate.water.shares import shares as spread

    check_output(output, before, after, forms=FORMS)
    key = [by or section]
    one, two = (_with_classes(path, key, class_column) for path in (before, after))
    if by:
        answer = river_changes(spread(one, key), spread(two, key), key)
    else:
        changed = shared(section_changes(one, two, key))
        answer = changed.mutate(
            class_before=class_name(changed.class_before), class_after=class_name(changed.class_after)
        )
    table = answered(engine, _sorted(answer, key))
    write_table(output, table)
    _say(output, table, quiet)


def trend(
    source: INPUT,
    output: OUTPUT,
    key: Annotated[str, typer.Option(metavar="NAME", help="断面名一列；默认 section。")] = "section",
    year: Annotated[str, typer.Option(metavar="NAME", help="年份一列；默认 year。")] = "year",
    value: Annotated[str, typer.Option(metavar="NAME", help="数值或类别一列；默认 value。")] = "value",
    higher_is_better: Annotated[
        bool, typer.Option("--higher-is-better", help="数值越大水质越好，如溶解氧、优良比例；默认越小越好。")
    ] = False,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Trend of every series by rank correlation: years, rs, critical, trend, meaning, reason."""
    import ibis
    import pyarrow as pa

    from bilan.evaluate.water.change import trends

    check_output(output, source, forms=FORMS)
    cells = read_columns(source, [key, year, value])
    series = pa.table(
        {
            key: pa.array(cells[0], pa.string()),
            "year": pa.array([_whole(cell) for cell in cells[1]], pa.int64()),
            "value": pa.array([steps_of(cell) for cell in cells[2]], pa.int64()),
        }
    )
    answer = trends(ibis.memtable(series), [key], lower_is_better=not higher_is_better)
    table = answered(engine, answer.order_by(key))
    write_table(output, table)
    _say(output, table, quiet)


def _refuse_repeated(source: Path, rows: pa.Table) -> None:
    """Raise where a section of a river has several rows: it would count several times."""
    from collections import Counter

    from bilan.evaluate.water.items import WaterError

    counted = Counter(zip(rows["river"].to_pylist(), rows["section"].to_pylist(), strict=True))
    (place, times) = counted.most_common(1)[0] if counted else (("", ""), 0)
    if times > 1:
        raise WaterError(f"{source}：{place[0]} 的断面 {place[1]} 有 {times} 行，应为一行；可先用 averages 求时段均值")


def _with_classes(path: Path, groups: Sequence[str], class_column: str) -> ir.Table:
    """The columns ``groups`` and ``class_number`` of a table with classes."""
    import ibis
    import pyarrow as pa

    from bilan.evaluate.exact import stage
    from bilan.evaluate.water.limits import class_number

    columns = read_columns(path, [*groups, class_column])
    names = [*groups, "class_text"]
    table = ibis.memtable(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)})
    )
    return stage(table, class_number=class_number(table.class_text))


def _sorted(table: ir.Table, by: Sequence[str]) -> ir.Table:
    return table.order_by(list(by)) if by else table


def _say(output: Path, table: pa.Table, quiet: bool) -> None:
    if not quiet:
        print(f"{output}：{table.num_rows} 行", file=sys.stderr)


def _whole(cell: str) -> int | None:
    return int(cell) if cell.isdecimal() else None
