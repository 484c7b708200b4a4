"""``bilan ingest``: monitoring data and reported statistics from files into the lake."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import FAILED, PARTLY_REFUSED, new_app
from bilan.cli.progress import progress_bar

if TYPE_CHECKING:
    from bilan.observe.ingest import Ingested

app = new_app()

# As in bilan.observe.importers.FORMATS, whose package loads what reads the files.
FORMATS = ("cnemc", "prsa", "water-daily", "water-4h", "table")
STATISTICS = "statistics"  # reports, which are no observations and have a door of their own
_ALL = (*FORMATS, STATISTICS)
_LABELS = ("start", "end")
SHOWN = 10  # files of which the first refusals are shown


def _list_formats(asked: bool) -> None:
    if not asked:
        return
    from bilan.observe.importers import FORMATS as HOMES
    from bilan.observe.importers import importer_of

    for name in HOMES:
        importer = importer_of(name)
        options = "".join(f" [--{option}]" for option in importer.options)
        print(f"{name}{options}：{importer.title}")
        if importer.required:
            print(f"    必有的列：{'、'.join(importer.required)}")
    from bilan.observe.statistics_file import StatisticsFile

    print(f"{StatisticsFile.name}：{StatisticsFile.title}")
    print(f"    必有的列：{'、'.join(StatisticsFile.required)}")
    raise typer.Exit


def _format(name: str) -> str:
    if name not in _ALL:
        raise typer.BadParameter(f"{name!r}：应为 {'、'.join(_ALL)} 之一；bilan ingest --list-formats 列出说明")
    return name


def _label(label: str | None) -> str | None:
    if label not in (None, *_LABELS):
        raise typer.BadParameter(f"{label!r}：应为 end（标签是小时的结束）或 start（小时的开始）")
    return label


@app.command()
def ingest_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES…", readable=False, help="数据文件：csv、csv.gz、xlsx、parquet。", show_default=False
        ),
    ],
    lake: Annotated[
        str, typer.Option(metavar="DIR", help="数据湖：文件夹，或 s3://… 这样的地址，没有就新建；必填，没有默认值。")
    ],
    format_name: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", callback=_format, help=f"{'、'.join(_ALL)}；必填，没有默认值。"),
    ],
    label: Annotated[
        str | None,
        typer.Option(metavar="start|end", callback=_label, help="prsa：时间标签是小时的开始还是结束；默认 end。"),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", readable=False, help="table：说明各列的映射文件；默认没有。"),
    ] = None,
    kinds: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", readable=False, help="water-daily、water-4h：断面类型表；默认类型留空。"),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="不显示进度和结语，隔离和错误照常显示；默认显示。", show_default=False)
    ] = False,
    list_formats: Annotated[
        bool,
        typer.Option(
            "--list-formats",
            is_eager=True,
            callback=_list_formats,
            help="列出各格式及其必有的列后退出；默认不列。",
            show_default=False,
        ),
    ] = False,
) -> None:
    """Take ``files`` into ``lake``. Exit code 3 when a part was refused, 1 when nothing could be read."""
    from bilan.observe.importers import importer_of
    from bilan.observe.importers.base import OptionError, Options
    from bilan.observe.ingest import ingest
    from bilan.observe.statistics_ingest import ingest_statistics

    options = Options(label=label, mapping=mapping, kinds=kinds)  # type: ignore[arg-type]  # checked above
    try:
        with progress_bar(quiet=quiet) as progress:
            if format_name == STATISTICS:
                done = ingest_statistics(lake, files, options, progress=progress)
            else:
                done = ingest(lake, importer_of(format_name), files, options, progress=progress)
    except OptionError as error:
        raise typer.BadParameter(str(error)) from error
    _report(done, quiet=quiet)
    failed = [file for file in done.files if file.failure]
    if len(failed) == len(files) and not any(file.rows for file in failed):
        raise typer.Exit(FAILED)
    if failed or any(file.refused for file in done.files):
        raise typer.Exit(PARTLY_REFUSED)


def _report(done: Ingested, *, quiet: bool) -> None:
    """Counts and assumptions unless ``quiet``; what was refused in any case."""
    if not quiet:
        print(_counts(done), file=sys.stderr)
        told = Counter(assumption for file in done.files for assumption in file.assumptions)
        for assumption, files in told.items():
            print(f"  按此读入{f'（{files} 个文件）' if len(done.files) > 1 else ''}：{assumption}", file=sys.stderr)
    refused = [file for file in done.files if file.refused]
    for file in refused[:SHOWN]:
        for reject in file.first:
            column = f"，列 {reject.column}" if reject.column else ""
            place = f"{file.path.name} 第 {reject.line} 行{column}"
            print(f"隔离：{place}：{reject.value!r}：{reject.reason}", file=sys.stderr)
        print(f"隔离：{file.path.name} 共 {file.refused} 处，全部记在 {file.quarantine}", file=sys.stderr)
    if len(refused) > SHOWN:
        print(f"隔离：另有 {len(refused) - SHOWN} 个文件，见隔离文件夹", file=sys.stderr)
    for file in done.files:
        if file.read_otherwise:
            print(
                f"注意：{file.path.name} 以前按另一种读法（--label 或映射）导入过：那次读出的值不会撤回，"
                "改回从前的读法也不会恢复；读法错了请把原文件导入新的湖",
                file=sys.stderr,
            )
        if file.failure:
            kept = "（已读入的部分保留）" if file.rows else ""
            print(f"bilan: {' '.join(file.failure.split())}{kept}", file=sys.stderr)


def _counts(done: Ingested) -> str:
    rows, empty, refused = (sum(getattr(file, name) for file in done.files) for name in ("rows", "empty", "refused"))
    name = done.files[0].path.name if len(done.files) == 1 else f"{len(done.files)} 个文件"
    added = done.added
    return (
        f"{name}：读入 {rows} 行；新增 {added.new}，相同 {added.same}，更正 {added.corrected}，让位 {added.outranked}；"
        f"空缺 {empty}，隔离 {refused}；站点新增或改动 {done.stations}"
    )
