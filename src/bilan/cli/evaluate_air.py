"""``bilan evaluate air``: the figures of ambient air from a table or from the lake."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bilan.cli import PARTLY_REFUSED, new_app
from bilan.cli.evaluate_options import ENGINE, FROM, INPUT, KNOWN_AT, LAKE, OUTPUT, QUIET, REGION, RESULT, TO
from bilan.cli.files import check_output
from bilan.cli.progress import progress_bar
from bilan.cli.tables import FORMS, moment, named, span, write_tables

if TYPE_CHECKING:
    import pyarrow as pa

    from bilan.evaluate.air.lake import AirQuestion
    from bilan.evaluate.air.tables import Judged

app = new_app(no_args_is_help=True)

PeriodKind = Literal["month", "quarter", "year"]

_SHOWN = 5  # places of one kind named on stderr


class ModeOption(StrEnum):
    """Which reading of the rules: the text of the standard, or what the national feed does."""

    strict = "strict"
    as_published = "as-published"

    @property
    def mode(self) -> str:
        """The name of the mode in the tables of the standards."""
        return "published" if self is ModeOption.as_published else "strict"


class Kind(StrEnum):
    """What a row of the table is."""

    hour = "hour"
    day = "day"


class Zero(StrEnum):
    """What a zero stands for."""

    missing = "missing"
    value = "value"


MODE = Annotated[
    ModeOption,
    typer.Option(help="strict 按标准文本，as-published 按全国实时发布的做法；默认 strict。", show_default=False),
]


class Scope(StrEnum):
    """What a row of the result is about."""

    station = "station"
    city = "city"


SCOPE = Annotated[Scope, typer.Option(help="按站点（station）还是城市（city）；默认城市。", show_default=False)]
DUST = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        readable=False,
        help="受沙尘影响的日子，CSV 列 region,from,to；这些日子的 PM10、PM2.5 不进均值、百分位数和综合指数；默认无。",
        show_default=False,
    ),
]


def parse_columns(text: str | None) -> dict[str, str]:
    """Return ``ours=theirs,...`` as a mapping; a usage error names the part that is none."""
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    for ours, equals, theirs in pairs:
        if not (ours.strip() and equals and theirs.strip()):
            raise typer.BadParameter(f"{ours}{equals}{theirs}：应为 名称=列名，用逗号分隔", param_hint="--columns")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@app.command("aqi")
def aqi(
    source: INPUT,
    kind: Annotated[Kind, typer.Option(help="一行是站点小时（hour）还是城市或站点日（day）。", show_default=False)],
    output: OUTPUT,
    mode: MODE = ModeOption.strict,
    columns: Annotated[
        str | None,
        typer.Option(metavar="MAP", help="列名对应，如 pm2_5=细颗粒物,date=日期；默认按常见列名识别。"),
    ] = None,
    zero: Annotated[
        Zero | None, typer.Option(help="浓度 0 是缺测（missing）还是数值（value）；默认日表为缺测，小时表为数值。")
    ] = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """AQI, primary pollutant and category of every row, from the concentrations alone."""
    mapping = parse_columns(columns)
    check_output(output, source, forms=(".csv",))
    from bilan.evaluate.air.tables import judge_file
    from bilan.evaluate.engine import connect

    with progress_bar(quiet=quiet) as progress:
        found, results = judge_file(
            source,
            kind.value,
            mode.mode,  # type: ignore[arg-type]
            connect(engine),
            columns=mapping,
            zero_is_missing=None if zero is None else zero is Zero.missing,
            progress=None if progress is None else lambda done: progress(source.name, done),
        )
        write_tables(results, output, quiet=quiet)
    _report(found)


@app.command("hour")
def hour(
    output: RESULT,
    lake: LAKE = "lake",
    scope: SCOPE = Scope.city,
    first: FROM = None,
    last: TO = None,
    region: REGION = None,
    mode: MODE = ModeOption.strict,
    known_at: KNOWN_AT = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Concentrations and real-time AQI of every hour."""
    check_output(output, forms=FORMS)
    from bilan.evaluate.air.lake import hours

    question = _question(lake, scope, region, mode, known_at, engine)
    _write(question, hours(question, *_span(question, first, last)), output, quiet=quiet)


@app.command("day")
def day(
    output: RESULT,
    lake: LAKE = "lake",
    scope: SCOPE = Scope.city,
    first: FROM = None,
    last: TO = None,
    region: REGION = None,
    mode: MODE = ModeOption.strict,
    known_at: KNOWN_AT = None,
    engine: ENGINE = "duckdb",
    quiet: QUIET = False,
) -> None:
    """Daily concentrations, AQI, primary pollutants and category."""
    check_output(output, forms=FORMS)
    from bilan.evaluate.air.lake import days

    question = _question(lake, scope, region, mode, known_at, engine)
    _write(question, days(question, *_span(question, first, last)), output, quiet=quiet)


def _add_period_command(name: PeriodKind, summary: str) -> None:
    """The commands month, quarter and year differ in nothing but the length of their periods."""

    @app.command(name, help=summary)
    def command(
        output: RESULT,
        lake: LAKE = "lake",
        scope: SCOPE = Scope.city,
        first: FROM = None,
        last: TO = None,
        region: REGION = None,
        mode: MODE = ModeOption.strict,
        dust: DUST = None,
        known_at: KNOWN_AT = None,
        engine: ENGINE = "duckdb",
        quiet: QUIET = False,
    ) -> None:
        check_output(output, forms=FORMS)
        from bilan.evaluate.air.lake import periods
        from bilan.periods import periods_between

        question = _question(lake, scope, region, mode, known_at, engine, dust)
        asked = periods_between(name, *_span(question, first, last))
        _write(question, [periods(question, asked)], output, quiet=quiet)


_add_period_command("month", "月均值、百分位数、优良天数、综合指数和排名")
_add_period_command("quarter", "季均值、百分位数、优良天数、综合指数和排名")
_add_period_command("year", "年均值、百分位数、达标、优良天数、综合指数和排名")


def _question(
    lake: str,
    scope: Scope,
    region: str | None,
    mode: ModeOption,
    known_at: str | None,
    engine: str,
    dust: Path | None = None,
) -> AirQuestion:
    from bilan.evaluate import places
    from bilan.evaluate.air.dust import read_dust
    from bilan.evaluate.air.lake import AirQuestion
    from bilan.evaluate.engine import connect
    from bilan.observe import Lake

    return AirQuestion(
        lake=Lake(lake, create=False),
        backend=connect(engine),
        scope=scope.value,
        region=None if region is None else places.region(region).id,
        mode=mode.mode,  # type: ignore[arg-type]
        known_at=moment(known_at),
        dust=None if dust is None else read_dust(dust),
    )


def _span(question: AirQuestion, first: str | None, last: str | None) -> tuple[date, date]:
    from bilan.evaluate.air.lake import CODES

    return span(question.lake, CODES, first, last)


def _write(question: AirQuestion, tables: Iterable[pa.Table], output: Path, *, quiet: bool) -> None:
    write_tables((named(table, question.unit, question.lake) for table in tables), output, quiet=quiet)


def _report(found: Judged) -> None:
    """Say what was assumed and what could not be read; exit code 3 when a part could not."""
    for assumption in found.assumptions:
        print(f"注意：{assumption}", file=sys.stderr)
    found_bad = (("没有读入", found.bad_rows), ("无法识别的时间", found.bad_times), ("不是数字", found.bad_cells))
    for what, places in found_bad:
        if places:
            more = f" 等 {len(places)} 处" if len(places) > _SHOWN else ""
            print(f"注意：{what}：{'；'.join(places[:_SHOWN])}{more}", file=sys.stderr)
    if any(places for _, places in found_bad):
        raise typer.Exit(PARTLY_REFUSED)
