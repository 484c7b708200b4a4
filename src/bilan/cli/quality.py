"""``bilan quality``: doubtful observations of the lake, each with the rule that doubts it. Nothing is changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import new_app
from bilan.cli.files import check_output
from bilan.cli.tables import FORMS, span, write_tables

if TYPE_CHECKING:
    import pyarrow as pa

app = new_app()

_NAMES = {
    "range": "超出量程",
    "jump": "突变",
    "constant": "恒值",
    "gap": "缺测",
    "duplicate": "重复而不同",
    "cross": "参数间矛盾",
}


@app.command()
def quality(
    lake: Annotated[str, typer.Option(metavar="DIR", help="数据湖：文件夹，或 s3://… 这样的地址；必填，没有默认值。")],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", readable=False, help="结果文件，.csv 或 .parquet；必填，没有默认值。"
        ),
    ],
    parameter: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="只看这个参数，名称或编码，可写多次；默认全部。")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="第一天；默认数据的第一天。")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="最后一天；默认数据的最后一天。")] = None,
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="引擎：duckdb、spark 或 spark://主机:端口；默认 duckdb。")
    ] = "duckdb",
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示结语；默认显示。", show_default=False)] = False,
) -> None:
    """Write a row for every doubt about the observations of the days from ``first`` to ``last``."""
    check_output(output, forms=FORMS)
    wanted = [_code(name) for name in parameter or ()] or None
    from bilan.evaluate.engine import connect, fetched, read_parquet
    from bilan.observe.lake import Lake
    from bilan.observe.lake_schema import KEY
    from bilan.observe.quality import quality_flags, quality_rules

    found = Lake(lake, create=False)
    start, end = span(found, wanted or [file.parameter for file in found.files()], first, last)
    wholes = {rule.other for rule in quality_rules() if rule.rule == "cross" and rule.parameter in (wanted or ())}
    # A gap or a run of equal values may begin long before the first day asked for, and a run end long after the last.
    files = found.files(wanted and [*wanted, *wholes])
    backend = connect(engine)
    rows = read_parquet(backend, [file.path for file in files], f"{found.path}/observations")
    asked = rows.filter(rows.day >= start, rows.day <= end).select(*KEY).distinct()
    flags = quality_flags(rows).semi_join(asked, list(KEY)).order_by("rule", "parameter", "station", "time")
    if wanted:
        flags = flags.filter(flags.parameter.isin(wanted))
    table = fetched(backend, flags)
    write_tables([table], output, quiet=quiet, may_be_empty=True)
    if not quiet:
        _summary(table)


def _code(name: str) -> str:
    from bilan.policy.parameters import parameter

    found = parameter(name)
    if found is None:
        raise typer.BadParameter(f"{name!r}：参数表里没有这个名称或编码", param_hint="--parameter")
    return found.code


def _summary(table: pa.Table) -> None:
    counts = {row["values"]: row["counts"] for row in table["rule"].value_counts().to_pylist()}
    told = "，".join(f"{title} {counts.get(name, 0)}" for name, title in _NAMES.items())
    print(f"存疑 {table.num_rows} 处：{told}；数据不改动", file=sys.stderr)
