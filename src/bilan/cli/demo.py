"""``bilan demo``: the sample plan and a simulated city through the same doors as anybody's."""

from __future__ import annotations

import os
from datetime import date
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import new_app
from bilan.cli.files import write_plan
from bilan.cli.progress import progress_bar
from bilan.cli.tables import day
from bilan.errors import FileError, os_reason

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan

SAMPLE = "qinghe.docx"
RESULTS = ("清河市-五张清单.xlsx", "清河市.json")
BOARDS = ("清河市-看板.xlsx", "清河市-看板.json")
# ASCII: the libraries of the lake know no other names where the locale knows none
SIMULATED, LAKE = "simulated", "lake"
_LAKE_EXTRA = ("numpy", "pyarrow", "deltalake", "ibis", "duckdb")
_FIRST, _LAST = "2024-01-01", "2026-09-30"  # as in bilan.demo.city, which loads what simulates

app = new_app()


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="放结果的文件夹，没有就新建；默认 out。", show_default=False)
    ] = Path("out"),
    first: Annotated[
        str, typer.Option("--from", metavar="DATE", help=f"模拟数据的第一天；默认 {_FIRST}。", show_default=False)
    ] = _FIRST,
    last: Annotated[
        str, typer.Option("--to", metavar="DATE", help=f"模拟数据的最后一天；默认 {_LAST}。", show_default=False)
    ] = _LAST,
) -> None:
    """Compile the packaged sample, simulate the city, take it into a lake and show what comes of it."""
    from bilan.cli.render import print_plan

    start, end = day(first, "--from"), day(last, "--to")
    assert start is not None
    assert end is not None  # both have a default
    if end < start:
        raise typer.BadParameter(f"{last} 早于 --from {first}", param_hint="--to")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{out}：不能用作结果文件夹：{os_reason(error)}") from error
    plan = _compiled(out)
    print_plan(plan)
    for name in RESULTS:
        print(f"已写入 {out / name}")
    if missing := next((name for name in _LAKE_EXTRA if find_spec(name) is None), None):
        print(f"没有附加件 lake（缺 {missing}），不模拟监测数据：pip install 'bilan[lake]'")
        return
    entries = _simulate(out, plan, start, end)
    print(f"以下全部是模拟数据：文件在 {out / SIMULATED}，数据湖在 {out / LAKE}")
    _print_figures(out / LAKE, end)
    show_board(out, plan, out / LAKE, entries, end)


def show_board(out: Path, plan: CompiledPlan, lake: Path, entries: Path, as_of: date) -> None:
    """Show the board of ``plan`` on ``as_of`` over ``lake`` with what people entered, and write it below ``out``."""
    from bilan.board.boards import make_board
    from bilan.board.entries import read_entries
    from bilan.board.workbook import write_board
    from bilan.cli.board_render import print_board
    from bilan.evaluate.engine import connect
    from bilan.evaluate.kept import Kept, default_folder
    from bilan.observe import Lake
    from bilan.whole_file import replacing

    with progress_bar() as progress:
        board = make_board(
            plan,
            Lake(lake, create=False),
            connect(),
            as_of=as_of,
            entries=read_entries(entries, plan),
            kept=Kept(default_folder()),
            progress=progress,
        )
    print_board(board, "zh")
    workbook, json = (out / os.fsdecode(name.encode()) for name in BOARDS)
    write_board(board, workbook)
    with replacing(json) as unfinished:
        unfinished.write_bytes((board.model_dump_json(indent=2) + "\n").encode())
    for name in BOARDS:
        print(f"已写入 {out / name}")
    shown = "bilan board {plan} --lake {lake} --entries {entries} --as-of {day}"
    print("再看一遍：" + shown.format(plan=out / RESULTS[1], lake=lake, entries=entries, day=as_of))


def _compiled(out: Path) -> CompiledPlan:
    from bilan.plan import compile_file

    with as_file(files("bilan") / "demo" / SAMPLE) as document, progress_bar() as progress:
        plan = compile_file(document, issued=None, region=None, title=None, progress=progress)
    for name in RESULTS:  # UTF-8 names on every POSIX system, even where the locale knows ASCII only
        write_plan(plan, out / os.fsdecode(name.encode()))
    return plan


def _simulate(out: Path, plan: CompiledPlan, first: date, last: date) -> Path:
    """Write the files of the city and take them into the lake; return the file of what people entered."""
    from bilan.demo import take_in, write_city, write_entries

    with progress_bar() as progress:
        if progress:
            progress("模拟清河市的数据", 0.0)
        deliveries = write_city(out / SIMULATED, first=first, last=last)
        entries = write_entries(out / SIMULATED, plan)
        take_in(out / LAKE, deliveries, progress)
    return entries


def _print_figures(lake: Path, last: date) -> None:
    """A few official figures: air of the year so far, water of the last whole quarter."""
    from bilan.evaluate.engine import connect
    from bilan.evaluate.indicators import reading
    from bilan.evaluate.places import region
    from bilan.observe import Lake
    from bilan.periods import Period, periods_between

    opened, backend, city = Lake(lake, create=False), connect(), region("清河市")
    so_far = Period.parse(f"{last.year}").to_date(last)
    quarter = [one for one in periods_between("quarter", date(last.year - 1, 12, 31), last) if one.last <= last][-1]
    asked = [("air.pm25.annual", so_far), ("air.aqi.good_days_ratio", so_far), ("water.surface.good_ratio", quarter)]
    found = []
    with progress_bar() as progress:
        for number, (code, period) in enumerate(asked):
            if progress:
                progress("计算官方指标", number / len(asked))
            if period is not None:
                found.append(reading(code, opened, backend, city, period))
    for one in found:
        value = f"{one.value} {one.unit}" if one.judged else f"无法判定：{one.reason}"
        print(f"  {one.region_name} {one.period} {one.name}：{value}")
