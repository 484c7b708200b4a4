"""``bilan board``: a compiled plan and a lake in, one of five answers for every target out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bilan.cli import PARTLY_REFUSED, new_app
from bilan.cli.evaluate_options import KNOWN_AT, LAKE
from bilan.cli.files import STDOUT, check_output, read_plan
from bilan.cli.language import LanguageOption
from bilan.cli.progress import progress_bar
from bilan.cli.tables import day, moment
from bilan.errors import BilanError

if TYPE_CHECKING:
    from bilan.board.entries import Entries
    from bilan.board.model import Board, Explanation
    from bilan.plan.model import CompiledPlan
    from bilan.policy.texts import Language

app = new_app()

MOST_SUGGESTIONS = 5


class BoardError(BilanError):
    """The board cannot be made as it was asked for."""


@app.command()
def board(
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN.json", readable=False, help="编好的或校正过的计划 JSON。", show_default=False),
    ],
    lake: LAKE = "lake",
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="看到哪一天为止，年-月-日；默认昨天（北京时间最近一个完整的日子）。",
            show_default=False,
        ),
    ] = None,
    known_at: KNOWN_AT = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="行政区，名称（先在计划的行政区里找）或编号；默认计划的行政区。", show_default=False
        ),
    ] = None,
    entries: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            readable=False,
            help="填报表：上级数、基准值、分年度目标、分解目标、现状值、人的判定；默认没有。",
            show_default=False,
        ),
    ] = None,
    districts: Annotated[
        bool,
        typer.Option("--districts/--no-districts", help="列不列各区县的数；默认列出。", show_default=False),
    ] = True,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="只解释一项目标：编号，或编号的开头、结尾；默认列出全部目标。", show_default=False
        ),
    ] = None,
    language: Annotated[
        LanguageOption, typer.Option(help="终端和工作簿的文字，zh 或 en；默认 zh。", show_default=False)
    ] = LanguageOption.zh,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="不用、也不留算好的数，全部重算；默认数据没变的不重算。", show_default=False),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            readable=False,
            help="结果文件：.json 是完整结果，.xlsx 是供传阅的工作簿，- 把 JSON 写到标准输出；默认在终端列表显示。",
            show_default=False,
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="不显示进度和结语，错误和“注意”照常显示；默认显示。", show_default=False)
    ] = False,
) -> None:
    """Judge every target of ``plan`` by the lake. Exit code 3 when an entry is of no use."""
    asked, known = _day(as_of), moment(known_at)
    if output:
        forms = (".json", ".xlsx") if explain is None else (".json",)
        check_output(output, plan, *([entries] if entries else []), forms=forms)
    compiled = _plan(plan)
    target = None if explain is None else _target(explain, compiled, plan)
    taken, place = _entries(entries, compiled), _region(region, compiled)
    strangers = _strangers(taken, compiled, entries)
    question: dict[str, Any] = {"as_of": asked, "known_at": known, "region": place, "entries": taken}
    made = _made(compiled, lake, target, question, cached=not no_cache, quiet=quiet)
    _deliver(made if districts else _without_districts(made), output, language.language, quiet=quiet)
    for notice in strangers:
        print(f"注意：{notice}", file=sys.stderr)
    if strangers:
        raise typer.Exit(PARTLY_REFUSED)


# --- what is asked for ---


def _plan(path: Path) -> CompiledPlan:
    """The plan; one that another version of the program wrote is said to be one, whatever else does not fit."""
    from bilan.plan.model import SCHEMA_VERSION

    try:
        plan = read_plan(path)
        version: object = plan.schema_version
    except BilanError:
        version = _schema_version(path)
        if version in (None, SCHEMA_VERSION):
            raise
    if version != SCHEMA_VERSION:
        told = f"结构是第 {str(version)[:20]} 版，这个程序读第 {SCHEMA_VERSION} 版"
        raise BoardError(f"{path}：由别的版本的 bilan 写出（{told}）：用 bilan compile 重新编一次")
    return plan


def _schema_version(path: Path) -> object:
    """What the file says of its structure, None where it says nothing."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told.get("schema_version") if isinstance(told, dict) else None


def _day(text: str | None) -> date:
    from bilan.board.years import FIRST_YEAR, LAST_YEAR, is_year

    asked = day(text, "--as-of") or _yesterday()
    if not is_year(asked.year):
        raise typer.BadParameter(f"{asked}：应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间", param_hint="--as-of")
    return asked


def _yesterday() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)


def _region(called: str | None, plan: CompiledPlan) -> str | None:
    if called is None:
        return None
    from bilan.evaluate import places

    return places.region(called, within=plan.plan.region).id


def _entries(path: Path | None, plan: CompiledPlan) -> Entries:
    from bilan.board.entries import Entries, read_entries

    return read_entries(path, plan) if path else Entries()


def _strangers(entries: Entries, plan: CompiledPlan, path: Path | None) -> list[str]:
    """What must be said of entries that change nothing: about targets that the plan does not have, or of no use."""
    from bilan.board.unused import unused

    return [f"{path}：第 {entry.line} 行：{why.zh}，这一行没有用上" for entry, why in unused(entries, plan)]


def _target(called: str, plan: CompiledPlan, path: Path) -> str:
    """The id of the one target whose id is, begins or ends with ``called``."""
    if not called.strip():
        raise typer.BadParameter("编号不能为空", param_hint="--explain")
    ids = [target.id for target in plan.targets]
    if called in ids:
        return called
    found = [one for one in ids if one.startswith(called) or one.endswith(called)]
    if len(found) == 1:
        return found[0]
    if found:
        raise BoardError(f"--explain {called}：符合的目标不止一个：{_listed(found, plan)}")
    raise BoardError(f"{path}：没有编号为 {called} 的目标{_near(called, plan)}")


def _near(called: str, plan: CompiledPlan) -> str:
    """The targets that may be meant: those of that name, else those with an id like it."""
    named = [target.id for target in plan.targets if called in target.name]
    ends = {target.id.rpartition("-")[2]: target.id for target in plan.targets}
    alike = get_close_matches(called.rpartition("-")[2], ends, MOST_SUGGESTIONS, 0.5)
    likely = named or [ends[end] for end in alike]
    return f"；相近的有：{_listed(likely, plan)}" if likely else "；编号见看板最后一列"


def _listed(ids: Iterable[str], plan: CompiledPlan) -> str:
    names = {target.id: target.name for target in plan.targets}
    told = [f"{one}（{names[one]}）" for one in ids]
    more = f" 等 {len(told)} 个" if len(told) > MOST_SUGGESTIONS else ""
    return "、".join(told[:MOST_SUGGESTIONS]) + more


def _made(
    plan: CompiledPlan, place: str, target: str | None, question: dict[str, Any], *, cached: bool, quiet: bool
) -> Board | Explanation:
    from bilan.board.boards import make_board
    from bilan.board.explain import explain
    from bilan.evaluate.engine import connect
    from bilan.evaluate.kept import Kept, default_folder
    from bilan.observe import Lake

    lake, kept = Lake(place, create=False), Kept(default_folder() if cached else None)
    if target is not None:
        return explain(plan, lake, connect(), target, kept=kept, **question)
    with progress_bar(quiet=quiet) as progress:
        return make_board(plan, lake, connect(), kept=kept, progress=progress, **question)


# --- what is given ---


def _without_districts(made: Board | Explanation) -> Board | Explanation:
    from bilan.board.model import Board

    if isinstance(made, Board):
        rows = [row.model_copy(update={"districts": []}) for row in made.rows]
        return made.model_copy(update={"rows": rows})
    return made.model_copy(update={"row": made.row.model_copy(update={"districts": []})})


def _deliver(made: Board | Explanation, output: Path | None, language: Language, *, quiet: bool) -> None:
    """Show what was made, or write it in the form that the name of ``output`` asks for."""
    from bilan.board.model import Board
    from bilan.whole_file import replacing

    if output is None:
        _print(made, language)
        return
    text = (made.model_dump_json(indent=2) + "\n").encode()
    if output == STDOUT:
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
        return
    if isinstance(made, Board) and output.suffix.lower() == ".xlsx":
        from bilan.board.workbook import write_board

        write_board(made, output, language)
    else:
        with replacing(output) as unfinished:
            unfinished.write_bytes(text)
    if not quiet:
        print(f"{output}：{_summary(made)}", file=sys.stderr)


def _print(made: Board | Explanation, language: Language) -> None:
    from bilan.board.model import Board
    from bilan.cli.board_render import print_board, print_explanation

    if isinstance(made, Board):
        print_board(made, language)
    else:
        print_explanation(made, language)


def _summary(made: Board | Explanation) -> str:
    from bilan.board.looks import ATTENTION
    from bilan.board.model import Board
    from bilan.board.texts import phrase

    if not isinstance(made, Board):
        return f"{made.row.name}：{phrase(f'status.{made.row.status}', 'zh')}"
    told = [f"{phrase(f'status.{status}', 'zh')} {made.head.counts.get(status, 0)}" for status in ATTENTION]
    return " · ".join(told)
