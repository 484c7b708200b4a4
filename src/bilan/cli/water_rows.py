"""Figures of surface water that belong to one row: class, status and main pollutants, trophic level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan.cli.water_files import each_row
from bilan.cli.water_options import (
    COLUMNS,
    DATE,
    ENGINE,
    INPUT,
    KIND_COLUMN,
    KINDS,
    OUTPUT,
    PROFILE,
    QUIET,
    ROUNDING,
    SATURATION,
    VALUES,
    given,
    way,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bilan.evaluate.water.tables import Layout


def _judged_items(layout: Layout) -> tuple[str, ...]:
    from bilan.evaluate.water.items import evaluated

    return (*evaluated(layout.profile), "water_temp")


def classes(
    source: INPUT,
    output: OUTPUT,
    kind_column: KIND_COLUMN = None,
    kinds: KINDS = None,
    values: VALUES = None,
    profile: PROFILE = None,
    rounding: ROUNDING = None,
    saturation: SATURATION = None,
    columns: COLUMNS = None,
    on: DATE = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Class of every row by its worst item: identifying columns, ``class``, ``deciding_items``, ``reason``."""
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
    )

    def expression(wide: ir.Table, layout: Layout) -> ir.Table:
        from bilan.evaluate.water.classes import classified

        return classified(wide, way(layout, rounding, saturation))

    names = ("class", "deciding_items", "reason")
    each_row(table, output, expression, lambda _: names, _judged_items, classed=True)


def pollutants(
    source: INPUT,
    output: OUTPUT,
    kind_column: KIND_COLUMN = None,
    kinds: KINDS = None,
    values: VALUES = None,
    profile: PROFILE = None,
    columns: COLUMNS = None,
    on: DATE = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Status and pollutants: identity, ``class``, ``status``, ``main_pollutants``, ``exceeding``, ``reason``."""
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
    )

    def expression(wide: ir.Table, layout: Layout) -> ir.Table:
        from bilan.evaluate.exact import shared
        from bilan.evaluate.water.classes import classified
        from bilan.evaluate.water.pollutants import with_exceeding, with_pollutants

        judged = shared(classified(wide, way(layout)))
        return with_exceeding(with_pollutants(judged, ["row"], layout.profile), ["row"], layout.profile)

    names = ("class", "status", "main_pollutants", "exceeding", "reason")
    each_row(table, output, expression, lambda _: names, _judged_items, classed=True)


def trophic(
    source: INPUT,
    output: OUTPUT,
    columns: COLUMNS = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Trophic level: identifying columns, ``tli``, ``trophic_state``, one ``tli_ITEM`` per item, ``reason``."""
    from bilan.evaluate.water.trophic import trophic_items

    wanted = trophic_items()
    table = given(source, output, columns, engine, quiet, used=wanted)

    def items(layout: Layout) -> list[str]:
        return [item for item in wanted if item in layout.sources]

    def expression(wide: ir.Table, _: Layout) -> ir.Table:
        from bilan.evaluate.water.trophic import trophic_levels

        return trophic_levels(wide)

    def names(layout: Layout) -> list[str]:
        return ["tli", "trophic_state", *(f"tli_{item}" for item in items(layout)), "reason"]

    each_row(table, output, expression, names, items)
