"""The options of the commands of surface water, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli.evaluate_air import parse_columns
from bilan.cli.evaluate_options import ENGINE, QUIET
from bilan.cli.files import check_output
from bilan.cli.water_files import FORMS, Given

if TYPE_CHECKING:
    from bilan.evaluate.water.classes import Way
    from bilan.evaluate.water.tables import Layout

__all__ = [
    "COLUMNS",
    "DATE",
    "ENGINE",
    "GROUP",
    "INPUT",
    "KINDS",
    "KIND_COLUMN",
    "OUTPUT",
    "PROFILE",
    "QUIET",
    "ROUNDING",
    "SATURATION",
    "VALUES",
    "PeriodOption",
    "ProfileOption",
    "ScopeOption",
    "ValuesOption",
    "given",
    "way",
]


class ProfileOption(StrEnum):
    """How the data were won."""

    auto = "auto"
    manual = "manual"


class ValuesOption(StrEnum):
    """Which of two columns of an item is used."""

    raw = "raw"
    shown = "shown"


class PeriodOption(StrEnum):
    """Over which time a mean is taken."""

    day = "day"
    week = "week"
    ten_days = "ten_days"
    month = "month"
    quarter = "quarter"
    year = "year"


class ScopeOption(StrEnum):
    """Whose sections they are."""

    national = "national"
    other = "other"


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter(f"{value!r}：应为日期，写作 年-月-日，如 2026-03-18", param_hint="--date") from error


INPUT = Annotated[
    Path, typer.Option("--input", metavar="FILE", readable=False, help="CSV 表，可为 .csv.gz。", show_default=False)
]
OUTPUT = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="FILE", readable=False, help="结果文件，.csv 或 .csv.gz。", show_default=False
    ),
]
COLUMNS = Annotated[
    str | None,
    typer.Option(metavar="MAP", help="列名对应，如 tp=总磷含量,section=断面名；默认按代码、名称、别名识别。"),
]
KIND_COLUMN = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="写明河流或湖库的列；默认 kind、水体类型等列，没有则总磷两种限值都试。"),
]
KINDS = Annotated[
    Path | None,
    typer.Option(metavar="FILE", readable=False, help="断面类型表（CSV）：与数据表同名的列和 kind；默认没有。"),
]
PROFILE = Annotated[
    ProfileOption | None,
    typer.Option(help="auto 自动监测五项、不修约；manual 手工监测 21 项、先修约；默认看表中有哪些项目。"),
]
VALUES = Annotated[
    ValuesOption | None, typer.Option(help="raw 用未修约值（_raw 列），shown 用显示值；默认有 raw 就用 raw。")
]
ROUNDING = Annotated[
    bool | None,
    typer.Option("--round/--no-round", help="比较前是否修约；默认 manual 修约、auto 不修约。", show_default=False),
]
SATURATION = Annotated[
    bool | None,
    typer.Option(
        "--saturation/--no-saturation",
        help="溶解氧Ⅰ类是否也按饱和率 90 %（要有水温）；默认 manual 是、auto 否。",
        show_default=False,
    ),
]
GROUP = Annotated[str | None, typer.Option("--by", metavar="NAME", help="按哪一列分组，如河流；默认不分组，全体合计。")]
DATE = Annotated[str | None, typer.Option("--date", metavar="DATE", help="没有日期的表按哪天有效的标准；默认今天。")]


def given(
    source: Path,
    output: Path,
    columns: str | None,
    engine: str,
    quiet: bool,
    *,
    kind_column: str | None = None,
    kinds: Path | None = None,
    profile: ProfileOption | None = None,
    values: ValuesOption | None = None,
    on: str | None = None,
    used: Iterable[str] | None = None,
    **roles: str | None,
) -> Given:
    """What was said about a table, checked before any work.

    ``roles`` are options that name a column, ``used`` the items that matter.
    """
    check_output(output, source, forms=FORMS)
    named = parse_columns(columns) | {role: name for role, name in roles.items() if name}
    if kind_column:
        named["kind"] = kind_column
    return Given(
        source,
        named,
        kinds,
        profile.value if profile else None,
        values.value if values else None,
        _day(on),
        engine,
        quiet,
        used,
    )


def way(layout: Layout, rounding: bool | None = None, saturation: bool | None = None) -> Way:
    """How sections are classed: as the profile has it, unless the options say otherwise."""
    from dataclasses import replace

    from bilan.evaluate.water.classes import Way

    usual = Way.of(layout.profile)
    return replace(
        usual,
        rounding=usual.rounding if rounding is None else rounding,
        saturation=usual.saturation if saturation is None else saturation,
    )
