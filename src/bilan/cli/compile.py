"""``bilan compile``: a plan document in, its five lists out."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.files import OUTPUT_HELP, check_output, write_plan
from bilan.cli.progress import progress_bar

app = new_app()


def _day(text: str | None) -> str | None:
    """``text`` when it is a day of the calendar."""
    if text is not None:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise typer.BadParameter(f"{text!r}: expected a day, YYYY-MM-DD") from error
    return None


@app.command()
def compile_document(
    document: Annotated[
        Path, typer.Argument(metavar="DOC", help="计划文件：docx、doc、pdf、html、txt。", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help=f"{OUTPUT_HELP}；默认在终端列表显示。"),
    ] = None,
    issued: Annotated[
        str | None,
        typer.Option(metavar="DATE", callback=_day, help="印发日期，年-月-日（YYYY-MM-DD）；默认从文中读出。"),
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="NAME", help="行政区名称，如 清河市；默认从文中读出。")] = None,
    title: Annotated[str | None, typer.Option(metavar="TITLE", help="计划标题，一行文字；默认从文中读出。")] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="不显示进度和结语，错误照常显示；默认显示。", show_default=False)
    ] = False,
) -> None:
    """Compile ``document``; show the lists or write ``output``."""
    if output:
        check_output(output, document)
    from bilan.plan import compile_file

    with progress_bar(quiet=quiet) as progress:
        plan = compile_file(document, issued=issued, region=region, title=title, progress=progress)
    if output is None:
        from bilan.cli.render import print_plan

        print_plan(plan)
        return
    write_plan(plan, output)
    if not quiet:
        from bilan.cli.render import counts

        print(f"{output}：{counts(plan)}", file=sys.stderr)
