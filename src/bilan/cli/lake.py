"""``bilan lake``: what the lake holds, what it ever held of one value, and its upkeep."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bilan.cli import new_app
from bilan.cli.progress import progress_bar
from bilan.cli.tables import label_of, moment

if TYPE_CHECKING:
    from rich.table import Table

    from bilan.observe import Lake

app = new_app(no_args_is_help=True)

BEIJING = ZoneInfo("Asia/Shanghai")
REF_SHOWN = 8  # characters of a file's SHA-256; enough to tell files apart, --json has all

LAKE = Annotated[
    str,
    typer.Option(
        "--lake",
        metavar="DIR",
        envvar="BILAN_LAKE",
        show_envvar=False,
        help="数据湖：文件夹，或 s3://… 这样的地址；默认取环境变量 BILAN_LAKE，没有设置时是当前文件夹下的 lake。",
        show_default=False,
    ),
]
QUIET = Annotated[bool, typer.Option("--quiet", help="不显示进度和结语，错误照常显示；默认显示。", show_default=False)]


@app.command("info")
def info(lake: LAKE = "lake") -> None:
    """列出湖里有什么 | what the lake holds"""
    opened = _open(lake)
    files = opened.files()
    print(f"{opened.path}：第 {opened.version} 版，站点 {len(_station_ids(opened))} 个")
    if not files:
        print("还没有观测值；用 bilan ingest 导入。")
        return
    by_parameter: dict[str, list[Any]] = {}
    for file in files:
        by_parameter.setdefault(file.parameter, []).append(file)
    table = _table("参数", "名称", "从", "到", "行", "其中已被更正", "文件", "MB")
    for code, part in sorted(by_parameter.items()):
        table.add_row(
            code,
            _name(code),
            str(min(file.first_day for file in part)),
            str(max(file.last_day for file in part)),
            *(f"{sum(getattr(file, name) for file in part):,}" for name in ("rows", "closed")),
            str(len(part)),
            f"{sum(file.size for file in part) / 1e6:,.1f}",
        )
    _print(table)


@app.command("history")
def history(
    station: Annotated[str, typer.Argument(metavar="STATION", help="站点：编号、外部编号或名称。", show_default=False)],
    parameter: Annotated[
        str, typer.Argument(metavar="PARAMETER", help="参数：编码、名称或别名，如 a34004、pm2.5。", show_default=False)
    ],
    time: Annotated[
        str,
        typer.Argument(
            metavar="TIME", help="时间标签（时段结束），北京时间，如 2026-03-01T08:00。", show_default=False
        ),
    ],
    lake: LAKE = "lake",
    known_at: Annotated[
        str | None,
        typer.Option(
            "--known-at",
            metavar="TIME",
            help="只列当时所知的，如 2026-03-01T12:00，只写日期指当天结束时；默认列出收到过的全部。",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON，供程序读取；默认输出表格。", show_default=False)
    ] = False,
) -> None:
    """列出一个值收到过的每一行 | every row ever received of one value"""
    label, known = label_of(time, "TIME"), moment(known_at)
    opened = _open(lake)
    code, name = _code(parameter), _station(opened, station)
    rows = opened.history(name, code, label, known_at=known).to_pylist()
    if as_json:
        _print_json(rows)
    elif rows:
        _print(_history_table(rows, f"{name} · {code} {_name(code)} · {_beijing(label)}".replace("  ", " ")))
    else:
        print(_nothing(opened, name, code, label, known))


@app.command("compact")
def compact(lake: LAKE = "lake", quiet: QUIET = False) -> None:
    """把零碎的文件合成按时间相接的大文件 | join fragments into files that follow each other in time

    数据和历史一行不变，可以在导入的同时进行。
    """
    opened = _open(lake)
    with progress_bar(quiet=quiet) as progress:
        done = opened.compact(progress=progress)
    if not quiet:
        told = f"{done.before} 个文件合成 {done.after} 个，{done.rows:,} 行" if done.before else "没有需要整理的文件"
        print(f"{opened.path}：{told}", file=sys.stderr)


@app.command("vacuum")
def vacuum(
    lake: LAKE = "lake",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出文件，不删除；默认删除。", show_default=False)
    ] = False,
    quiet: QUIET = False,
) -> None:
    """删除早已被替换的文件 | delete files that were replaced long ago

    只删一周以前被更正、整理替换下来的和中断的导入留下的文件；历史都在现有的文件里，一行不少。
    """
    opened = _open(lake)
    names = opened.vacuum(dry_run=dry_run)
    if dry_run:
        for name in names:
            print(name)
    if not quiet:
        print(f"{opened.path}：{'可删除' if dry_run else '删除了'} {len(names)} 个文件", file=sys.stderr)


# --- what is asked for ---


def _open(place: str) -> Lake:
    from bilan.observe import Lake

    return Lake(place, create=False)


def _code(called: str) -> str:
    """The code of the parameter; what the table of parameters does not know may still be in the lake."""
    from bilan.policy.parameters import parameter

    known = parameter(called)
    return known.code if known else called


def _name(code: str) -> str:
    from bilan.policy.parameters import parameter

    known = parameter(code)
    return known.name if known else ""


def _station(lake: Lake, called: str) -> str:
    """The id of the station; a usage error where the words fit several, the words themselves where they fit none."""
    rows = lake.stations().to_pylist()
    if any(row["id"] == called for row in rows):
        return called
    found = sorted(
        {
            row["id"]
            for row in rows
            if called == row["name"] or any(called == external["id"] for external in row["external_ids"] or ())
        }
    )
    if len(found) > 1:
        raise typer.BadParameter(f"{called!r} 不止一个站点：{'、'.join(found)}", param_hint="STATION")
    return found[0] if found else called


def _station_ids(lake: Lake) -> set[str]:
    return set(lake.stations()["id"].to_pylist())


# --- what is shown ---


def _history_table(rows: Iterable[dict[str, Any]], title: str) -> Table:
    from bilan.plan.wording import number_text

    headings = ("统计", "数值", "标记", "状态", "来源", "出处:行", "收到", "被取代")
    table = _table(*headings, title=title, whole=("数值", "收到", "被取代"))
    for row in rows:
        value = "缺测" if row["value"] is None else f"{number_text(row['value'])} {row['unit'] or ''}".rstrip()
        table.add_row(
            f"{row['statistic']} {_length(row['seconds'])}",
            value,
            row["flag"] or "",
            row["state"] or "",
            row["source"],
            f"{row['source_ref'][:REF_SHOWN]}:{row['source_line']}",
            _beijing(row["received_at"]),
            _beijing(row["superseded_at"]) if row["superseded_at"] else "现行",
        )
    return table


def _length(seconds: int) -> str:
    for size, unit in ((86400, "日"), (3600, "小时"), (60, "分钟")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} 秒" if seconds else "瞬时"


def _nothing(lake: Lake, station: str, code: str, label: datetime, known_at: datetime | None) -> str:
    """Why there is no row, as far as the log of the lake tells."""
    asked = f"{station} 的 {code} 在 {_beijing(label)}"
    if known_at and lake.history(station, code, label).num_rows:
        return f"{asked}：到 {_beijing(known_at)} 为止还没有收到值"
    asked += "：没有收到过值"
    files = lake.files([code])
    if not files:
        held = "、".join(sorted({file.parameter for file in lake.files()})) or "还没有观测值"
        return f"{asked}；湖里没有参数 {code}，有：{held}"
    if station not in _station_ids(lake):
        return f"{asked}；站点表里没有 {station}"
    first, last = min(file.first_day for file in files), max(file.last_day for file in files)
    return f"{asked}；{code} 的数据从 {first} 到 {last}"


def _print_json(rows: Iterable[dict[str, Any]]) -> None:
    import json

    def text(value: Any) -> str:
        moment = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
        return moment.replace("+00:00", "Z")

    print(json.dumps(list(rows), ensure_ascii=False, indent=2, default=text))


def _beijing(moment: datetime) -> str:
    """Beijing time to the minute; --json is exact."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _table(*headings: str, title: str | None = None, whole: Collection[str] = ()) -> Table:
    """An empty table; the columns ``whole`` are never wrapped."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, collapse_padding=True)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in whole)
    return table


def _print(table: Table) -> None:
    """A file or pipe gets lines of one width, whatever machine writes it."""
    from rich.console import Console

    from bilan.cli.render import WIDTH

    fixed = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    Console(width=fixed).print(table)
