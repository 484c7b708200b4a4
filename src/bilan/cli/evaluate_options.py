"""Options that the commands of ``bilan evaluate`` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

INPUT = Annotated[
    Path,
    typer.Option("--input", metavar="FILE", readable=False, help="CSV 表，可为 .csv.gz；UTF-8。", show_default=False),
]
OUTPUT = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE", readable=False, help="结果文件，.csv。", show_default=False)
]
LAKE = Annotated[
    str,
    typer.Option(
        "--lake",
        metavar="DIR",
        envvar="BILAN_LAKE",
        show_envvar=False,
        help="数据湖：文件夹；默认取环境变量 BILAN_LAKE，没有设置时是当前文件夹下的 lake。",
        show_default=False,
    ),
]
FROM = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="第一天，年-月-日；默认数据的第一天。", show_default=False)
]
TO = Annotated[
    str | None,
    typer.Option("--to", metavar="DATE", help="最后一天，年-月-日；默认数据的最后一天。", show_default=False),
]
REGION = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="只算这个行政区内的站点，名称或编号；默认全部。", show_default=False),
]
KNOWN_AT = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TIME",
        help="按当时所知的数据计算，如 2026-03-01T12:00；默认按现在所知。",
        show_default=False,
    ),
]
RESULT = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="FILE", readable=False, help="结果文件，.csv 或 .parquet。", show_default=False
    ),
]
QUIET = Annotated[
    bool, typer.Option("--quiet", help="不显示进度和结语，错误和“注意”照常显示；默认显示。", show_default=False)
]
ENGINE = Annotated[
    str,
    typer.Option(metavar="ENGINE", help="引擎：duckdb、spark 或 spark://主机:端口；默认 duckdb。", show_default=False),
]
