"""``bilan workbook``: a compiled or corrected plan in, a workbook to circulate and correct out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.files import check_output, read_plan, write_plan

app = new_app()


@app.command()
def workbook(
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN.json", readable=False, help="编好的或校正过的计划 JSON。", show_default=False),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE.xlsx", readable=False, help="工作簿，.xlsx；必填，没有默认值。"),
    ],
    quiet: Annotated[
        bool, typer.Option("--quiet", help="不显示结语，错误照常显示；默认显示。", show_default=False)
    ] = False,
) -> None:
    """Write the workbook of ``plan``."""
    check_output(output, plan, forms=(".xlsx",))
    compiled = read_plan(plan)
    write_plan(compiled, output)
    if not quiet:
        from bilan.cli.render import counts

        print(f"{output}：{counts(compiled)}", file=sys.stderr)
