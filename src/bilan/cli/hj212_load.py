"""``bilan hj212 load``: stored frames into the lake."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import PARTLY_REFUSED
from bilan.cli.progress import progress_bar

if TYPE_CHECKING:
    from bilan.observe.hj212.loading.loader import Loaded, Loader


def load(
    store: Annotated[
        Path,
        typer.Option(metavar="DIR", readable=False, help="网关的存储文件夹；必填，没有默认值。", show_default=False),
    ],
    lake: Annotated[
        str, typer.Option(metavar="DIR", help="数据湖：文件夹，或 s3://… 这样的地址，没有就新建；必填，没有默认值。")
    ],
    register: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            readable=False,
            help="登记表：每行一个排口及其 MN、密码；默认是存储文件夹里的 register.csv。",
            show_default=False,
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="装载完后继续等新到的数据，直到 Ctrl-C；默认装载完退出。", show_default=False),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="从头装载整个存储，已在湖里的不会重复；默认从上次停下的地方接着装载。", show_default=False
        ),
    ] = False,
    any_age: Annotated[
        bool,
        typer.Option(
            "--any-age",
            help="实时数据（2011）不论多旧都装载，用于重放的旧数据；默认不采信早于收到时间 30 天以上的。",
            show_default=False,
        ),
    ] = False,
    means: Annotated[
        bool,
        typer.Option(
            "--means/--no-means",
            help="由实时数据计算现场机没有发送的分钟、小时、日数据；默认计算。",
            show_default=False,
        ),
    ] = True,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="不显示进度和结语，错误照常显示；默认显示。", show_default=False)
    ] = False,
) -> None:
    """把存储里的数据包装载到数据湖 | load stored frames into the lake

    随时可以中断，下次接着装载，不丢也不重复。没有采信的值记在存储的 refused 文件夹里，退出码为 3。
    """
    from bilan.observe.hj212.loading.loader import Loader
    from bilan.observe.hj212.loading.state import check_store
    from bilan.observe.hj212.register import FILE, Register
    from bilan.observe.lake import Lake

    check_store(store)
    outlets = Register.load(register or store / FILE)
    with (
        progress_bar(quiet=quiet) as progress,
        Loader(store, Lake(lake), outlets, any_age=any_age, means=means, progress=progress) as loader,
    ):
        if again:
            loader.begin_again()
        done = _follow(loader, quiet=quiet) if follow else loader.run_once()
    _report(store, done, quiet=quiet)
    if done.doubtful:
        raise typer.Exit(PARTLY_REFUSED)


_LOOK = 0.2  # seconds between two looks for a signal


def _follow(loader: Loader, *, quiet: bool) -> Loaded:
    """Load until a signal comes, saying what each run did."""
    import signal
    import threading
    from concurrent.futures import ThreadPoolExecutor, wait

    signals: list[int] = []  # a handler must not touch a lock, which this thread may hold
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.append(number))
    stop = threading.Event()

    def told(done: Loaded) -> None:
        if not quiet and (done.frames or done.means.stored):
            print(_counts(done), file=sys.stderr, flush=True)

    with ThreadPoolExecutor(1, thread_name_prefix="loader") as pool:
        running = pool.submit(loader.follow, stop, told)
        while not signals and wait((running,), timeout=_LOOK).not_done:
            pass
        stop.set()
        return running.result()


def _report(store: Path, done: Loaded, *, quiet: bool) -> None:
    if not quiet:
        print(_counts(done), file=sys.stderr)
    if not done.doubtful:
        return
    from bilan.observe.hj212.loading.refused import FOLDER

    print(
        f"没有采信：未登记的 MN {done.unknown} 包，损坏 {done.damaged} 包，存储缺损 {done.lost} 处，"
        f"值 {done.refused} 个；按种类记在 {store / FOLDER}",
        file=sys.stderr,
    )


def _counts(done: Loaded) -> str:
    added, means = done.added, done.means
    early = f"；时段未完就收到 {done.early} 包（DataTime 可能是结束时间）" if done.early else ""
    return (
        f"{done.frames:,} 包：{done.packets:,} 包有数据，{done.others:,} 包是其他命令；{done.rows:,} 个值："
        f"新增 {added.new:,}，相同 {added.same:,}，更正 {added.corrected:,}，让位 {added.outranked:,}；"
        f"计算的均值：新增 {means.new:,}，更正 {means.corrected:,}；站点新增或改动 {done.stations}{early}"
    )
