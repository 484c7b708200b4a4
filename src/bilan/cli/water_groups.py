"""Figures of surface water over many sections or times: means, grades, shares, changes, trends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli.files import check_output
from bilan.cli.water_files import (
    FORMS,
    all_rows,
    answered,
    class_of,
    decimal,
    heads,
    read_columns,
    report,
    sound,
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

    from bilan.evaluate.water.tables import Layout


_SHOWN = 5  # texts of one kind named on stderr
_PLACE = "place_"  # columns by which sections of one name are told apart
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
    """Means: section (or lake), ``period``, ``date``, ``kind``, one column per item, ``count_ITEM``, ``withheld``.

    A section is told by its name with its province and basin, where the table has them; what else the table says of all
    rows of a section alike, such as its river, is kept.
    """
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
        used=_averaged_items(),
        section=section,
    )
    roles = ["section", *(["water_body"] if by_lake else [])]
    layout, rows, found = all_rows(table, roles, lambda layout: _told(layout, roles))
    rows = sound(rows)
    items = list(layout.sources)
    told = _told(layout, roles)
    places = [name for name in told if name.startswith(_PLACE)]
    dated = ibis.memtable(rows)
    dated = dated.filter(dated.day.notnull())
    means = section_means(dated, [*places, *reversed(roles)], period.value, items, scope.value)
    key = [*places, roles[-1]]
    if by_lake:
        means = lake_means(shared(means), key, items)
    answer = answered(engine, means.order_by([*key, "first"]))
    results = ["period", "date", "kind", *items, *(f"count_{item}" for item in items), "withheld"]
    others = [
        name for name, at in told.items() if name not in places and layout.header[at] not in (roles[-1], *results)
    ]
    same, said = _alike(rows, key, others)
    with writing(output) as write:
        names = {roles[-1]: roles[-1]} | {name: layout.header[index] for name, index in told.items()}
        write([[*(names[name] for name in (*key, *same)), *results]])
        write(
            [*(row[name] for name in key), *said[tuple(row[name] for name in key)], *_mean_cells(row, items)]
            for row in answer.to_pylist()
        )
    found.judged = answer.num_rows
    report(found, layout, output, quiet=quiet)


def _averaged_items() -> tuple[str, ...]:
    """The items whose unit must be known: those of the class and of the trophic level."""
    from bilan.evaluate.water.items import evaluated
    from bilan.evaluate.water.trophic import trophic_items

    return (*evaluated("manual"), "water_temp", *trophic_items())


def _told(layout: Layout, roles: Sequence[str]) -> dict[str, int]:
    """Names for the columns that tell one section from another of its name, and for the others that identify."""
    from bilan.evaluate.water.headings import matches

    taken = {layout.roles[role] for role in (*roles, "date", "obs_time", "kind") if role in layout.roles}
    rest = [index for index in layout.identifying if index not in taken]
    return {f"{_PLACE if matches(layout.header[index], 'place') else 'said_'}{index}": index for index in rest}


def _alike(
    rows: pa.Table, key: Sequence[str], names: Sequence[str]
) -> tuple[list[str], dict[tuple[str, ...], list[str]]]:
    """Those of ``names`` that have one text in all rows of each group in ``key``, blanks aside, and these texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {name: pc.if_else(pc.equal(rows[name], ""), pa.scalar(None, pa.string()), rows[name]) for name in names}
    table = pa.table({name: rows[name] for name in key} | columns)
    asked = [(name, how) for name in names for how in ("count_distinct", "first")]
    groups = table.group_by(list(key), use_threads=False).aggregate(asked)
    same = [name for name in names if (pc.max(groups[f"{name}_count_distinct"]).as_py() or 0) <= 1]
    texts = {
        tuple(row[name] for name in key): [text(row[f"{name}_first"]) for name in same] for row in groups.to_pylist()
    }
    return same, texts


def _mean_cells(row: Mapping[str, Any], items: Sequence[str]) -> list[str]:
    """The cells of a mean after those that identify it."""
    listed = f"、{row['withheld'] or ''}、"
    return [
        *(text(row[name]) for name in ("period", "day", "body")),
        *(decimal(row[item]) or (NO_MEAN if _withheld(listed, item) else UNMEASURED) for item in items),
        *(text(row[f"count_{item}"]) for item in items),
        text(row["withheld"]),
    ]


def _withheld(listed: str, item: str) -> bool:
    """Whether ``listed`` names the item, with a reason or without: ``、总磷（1 个，至少 12 个）、氨氮、``."""
    from bilan.evaluate.water.items import items

    return any(f"、{items()[item].name}{end}" in listed for end in ("（", "、"))


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
    _refuse_repeated(source, list(zip(rows["river"].to_pylist(), rows["section"].to_pylist(), strict=True)))
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
    sections = _with_classes(source, groups, class_column, _telling(heads(source), groups))
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
    old, new = heads(before), heads(after)
    key = [by] if by else [*(name for name in _named(old, "place") if name in new and name != section), section]
    one, two = (
        _with_classes(path, key, class_column, _telling(header, key, section) if by else key)
        for path, header in ((before, old), (after, new))
    )
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
    _say_unknown(source, cells[1], _whole)
    _say_unknown(source, cells[2], steps_of)
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


def _named(header: Sequence[str], *roles: str) -> list[str]:
    """The columns of a table with classes that are written as those of ``roles``."""
    from bilan.evaluate.water.headings import matches

    return [name for role in roles for name in header if matches(name, role)]


def _telling(header: Sequence[str], groups: Sequence[str], section: str = "") -> list[str]:
    """The columns that tell a section from all others of its group, its name last; none without a name."""
    own = [section] if section in header else _named(header, "section")[:1]
    around = dict.fromkeys([*_named(header, "place", "city", "river", "water_body"), *groups])
    return [*(name for name in around if name not in own), *own] if own else []


def _refuse_repeated(source: Path, sections: Sequence[tuple[str, ...]]) -> None:
    """Raise where a section (its place, then its name) has several rows: it would count several times."""
    from collections import Counter

    from bilan.evaluate.water.items import WaterError

    counted = Counter(sections).most_common(1)
    for (*place, name), times in counted:
        if times > 1:
            whose = f"{''.join(place)} 的" if any(place) else ""
            raise WaterError(f"{source}：{whose}断面 {name} 有 {times} 行，应为一行；可先用 averages 求时段均值")


def _with_classes(path: Path, groups: Sequence[str], class_column: str, told: Sequence[str]) -> ir.Table:
    """The columns ``groups`` and ``class_number`` of a table with classes; ``told`` must be other in every row."""
    import ibis
    import pyarrow as pa

    names = list(dict.fromkeys([*groups, *told, class_column]))
    columns = dict(zip(names, read_columns(path, names), strict=True))
    if told:
        _refuse_repeated(path, list(zip(*(columns[name] for name in told), strict=True)))
    _say_unknown(path, columns[class_column], class_of)
    numbers = pa.array([class_of(cell) for cell in columns[class_column]], pa.int64())
    kept = {name: pa.array(columns[name], pa.string()) for name in groups}
    return ibis.memtable(pa.table({**kept, "class_number": numbers}))


def _say_unknown(source: Path, cells: Sequence[str], read: Callable[[str], int | None]) -> None:
    """Say which cells are neither empty nor readable: their rows count as rows without a value."""
    unknown = [cell for cell in cells if cell and read(cell) is None]
    if unknown:
        listed = "、".join(sorted(set(unknown))[:_SHOWN])
        print(f"注意：{source}：{len(unknown)} 行认不出，当作没有：{listed}", file=sys.stderr)


def _sorted(table: ir.Table, by: Sequence[str]) -> ir.Table:
    return table.order_by(list(by)) if by else table


def _say(output: Path, table: pa.Table, quiet: bool) -> None:
    if not quiet:
        print(f"{output}：{table.num_rows} 行", file=sys.stderr)


def _whole(cell: str) -> int | None:
    return int(cell) if cell.isdecimal() else None
