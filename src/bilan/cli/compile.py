"""``bilan compile``: a plan document in, its five lists out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import PARTLY_REFUSED, new_app
from bilan.cli.files import OUTPUT_HELP, check_output, write_plan
from bilan.cli.progress import progress_bar

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan

app = new_app()

FIRST_DAY = date(1949, 10, 1)


def _day(text: str | None) -> str | None:
    """``text`` when it is a day on which a plan can have been issued: not long past, not far ahead."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}：应为日期，写作 年-月-日，如 2026-03-18") from error
    last = date.today() + timedelta(days=366)
    if not FIRST_DAY <= day <= last:
        raise typer.BadParameter(f"{text!r}：印发日期应在 {FIRST_DAY} 与 {last} 之间")
    return day.isoformat()


def _words(text: str | None) -> str | None:
    """``text`` on one line without control characters; a usage error when nothing is left."""
    if text is None:
        return None
    if any("\ud800" <= c <= "\udfff" for c in text):  # bytes that the locale does not know; they are UTF-8 by now
        text = os.fsencode(text).decode(errors="replace")
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not words:
        raise typer.BadParameter("不能为空")
    return words


@app.command()
def compile_document(
    document: Annotated[
        Path,
        typer.Argument(metavar="DOC", readable=False, help="计划文件：docx、doc、pdf、html、txt。", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", readable=False, help=f"{OUTPUT_HELP}；默认在终端列表显示。"),
    ] = None,
    issued: Annotated[
        str | None,
        typer.Option(metavar="DATE", callback=_day, help="印发日期，年-月-日（YYYY-MM-DD）；默认从文中读出。"),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="NAME", callback=_words, help="行政区名称，如 清河市；默认从文中读出。")
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TITLE", callback=_words, help="计划标题，一行文字；默认从文中读出。")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="不显示进度和结语，错误和“注意”照常显示；默认显示。", show_default=False)
    ] = False,
) -> None:
    """Compile ``document``; show the lists or write ``output``. Exit code 3 when a part of it could not be read."""
    if output:
        check_output(output, document)
    from bilan.plan import compile_file

    with progress_bar(quiet=quiet) as progress:
        plan = compile_file(document, issued=issued, region=region, title=title, progress=progress)
    for notice in _notices(plan, region):
        print(f"注意：{notice}", file=sys.stderr)
    _deliver(plan, output, quiet=quiet)
    if plan.source.unread:
        raise typer.Exit(PARTLY_REFUSED)


def _notices(plan: CompiledPlan, region: str | None) -> Iterator[str]:
    """What a person must know before using the result, so quiet does not silence it."""
    if region and plan.plan.region is None:
        yield f"行政区表里没有“{region}”，或不止一个；名称照收，没有行政区编号"
    yield from plan.source.unread
    yield from plan.source.notes
    yield from (gap.message for gap in plan.gaps if gap.kind == "nothing_read")


def _deliver(plan: CompiledPlan, output: Path | None, *, quiet: bool) -> None:
    """Show the lists or write them to ``output``."""
    if output is None:
        from bilan.cli.render import print_plan

        print_plan(plan)
        return
    write_plan(plan, output)
    if not quiet:
        from bilan.cli.render import counts

        print(f"{output}：{counts(plan)}", file=sys.stderr)
