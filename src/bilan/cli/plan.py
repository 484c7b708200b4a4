"""``bilan plan``: compare two compiled plans; take a corrected workbook back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import PARTLY_REFUSED, new_app
from bilan.cli.files import OUTPUT_HELP, check_output, read_plan, write_plan
from bilan.cli.language import LanguageOption
from bilan.errors import FileError

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan

app = new_app(no_args_is_help=True)


@app.command("diff")
def diff(
    old: Annotated[
        Path, typer.Argument(metavar="OLD.json", readable=False, help="先前的计划 JSON。", show_default=False)
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW.json", readable=False, help="后来的计划 JSON。", show_default=False)
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON，供程序读取；默认输出文字。", show_default=False)
    ] = False,
    language: Annotated[
        LanguageOption, typer.Option(help="文字用 zh 或 en，JSON 里的也是；默认 zh。", show_default=False)
    ] = LanguageOption.zh,
) -> None:
    """列出两个版本的差别 | list what changed"""
    from bilan.plan.diff.compare import diff_plans

    difference = diff_plans(read_plan(old), read_plan(new))
    print(difference.render("json" if as_json else "text", language.language))


@app.command("import")
def import_(
    workbook: Annotated[
        Path, typer.Argument(metavar="FILE.xlsx", readable=False, help="校正过的工作簿。", show_default=False)
    ],
    base: Annotated[
        Path,
        typer.Option(
            metavar="OLD.json", readable=False, help="工作簿所依据的计划 JSON；必填，没有默认值。", show_default=False
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="NEW.json", readable=False, help=f"{OUTPUT_HELP}；必填，没有默认值。"),
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            metavar="DOC",
            readable=False,
            help="编译时的原文件；计划 JSON 不带正文（原文件是 txt）而工作簿新增了行时要用；默认不用。",
        ),
    ] = None,
) -> None:
    """收回工作簿里的校正 | take back corrections from a workbook

    不能接受的单元格逐个列出，其余照收，退出码 3；可疑的照收，另列为“注意”。
    """
    check_output(output, workbook, base, *([source] if source else []))
    from bilan.plan.workbook.read import import_workbook

    plan = read_plan(base)
    result = import_workbook(workbook, plan, text=_text(source, plan) if source else None)
    write_plan(result.plan, output)
    print(f"{output}：收下 {len(result.changes)} 处校正，退回 {len(result.refused)} 处", file=sys.stderr)
    for refusal in result.refused:
        print(refusal, file=sys.stderr)
    for doubt in result.doubts:
        print(f"注意：{doubt}", file=sys.stderr)
    if result.refused:
        raise typer.Exit(PARTLY_REFUSED)


def _text(source: Path, plan: CompiledPlan) -> str:
    """The text of the file from which ``plan`` was compiled; FileError when ``source`` is another one."""
    from bilan.plan.readers import read_document

    document = read_document(source)
    if document.sha256 != plan.source.sha256:
        raise FileError(f"{source}：不是编出这份计划的文件（当时是 {plan.source.file}）")
    return document.text
