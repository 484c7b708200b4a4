"""The first sheet: what the plan is, how much it promises, what it leaves open, how to correct it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice, repeat

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from bilan.plan.model import CompiledPlan, Gap
from bilan.plan.wording import GAP_KIND, KIND, NATURE, ROLE
from bilan.plan.workbook import style
from bilan.plan.workbook.cells import Shown
from bilan.plan.workbook.sheets import DUTIES, MEASURES, PROJECTS, SHEETS, TARGETS, TASKS

WIDTHS = (18, 86, 22, 22)
LINKS_PER_GAP = len(WIDTHS) - 2
HOW_TO = (
    "直接在各清单中修改单元格；灰底各列由系统生成，不可修改；下拉列表中没有的词不予接受。",
    "点列标上方的“+”展开指标代码、数值类型等其余各列；列的次序可以调换，标题行上方请勿加行。",
    "补录数值：在“数值”“单位”列填写即可，数值类型随之改为“数值”，缺口随之消除，“参照”保留。",
    "时限写作 2027、2027年底、2027年6月、2027.6、2025Q1 或 2026-10至2027-03；写到日的，按所在的月计。",
    "去掉一行：在“状态”列选“删除”。直接删掉整行不算删除，导入时会提示并保留原条目。",
    "增加一行：在清单末尾另起一行，“编号”留空；原文一列照抄原文。新任务可在“所属任务”列直接写任务名称。",
    "多个单位写在一格内，每行一个（Alt+Enter 换行）。",
    "责任清单由任务和措施自动生成，请改任务清单、措施清单中的单位。",
    "改完导回：bilan plan import 本文件.xlsx --base 原计划.json -o 新计划.json",
    "要接着校正，由新计划生成新的工作簿：bilan workbook 新计划.json -o 新文件.xlsx",
)


def write_overview(
    page: Worksheet, plan: CompiledPlan, rows: Mapping[str, tuple[str, int]], *, for_office: bool
) -> None:
    """Return nothing; fill the page. ``rows`` gives the sheet and row of each item, for the links of the gaps.

    What the plan leaves open stands first below its head: with so little above, its header shares a page with its body.
    Only the office that corrects the plan is told of that, of how it was read and of how to correct it.
    """
    for index, width in enumerate(WIDTHS, start=1):
        page.column_dimensions[get_column_letter(index)].width = width
    style.put(page, 1, 1, plan.plan.title or plan.source.file, style.TITLE).alignment = style.ONE_LINE
    page.row_dimensions[1].height = 26
    row = _pairs(page, 2, "基本情况", _facts(plan))
    if for_office:
        row = _gaps(page, row + 1, plan.gaps, rows)
        if plan.source.notes:
            row = _pairs(page, row + 1, "读入说明", _numbered(plan.source.notes))
    row = _pairs(page, row + 1, "数量", [*_counts(plan), *(_open_counts(plan) if for_office else ())])
    if for_office:
        row = _pairs(page, row + 1, "怎样校正", _numbered(HOW_TO))
    _pairs(page, row + 1, "生成", _origin(plan))
    page.freeze_panes = "A2"
    style.print_setup(page)


def _facts(plan: CompiledPlan) -> Iterable[tuple[str, Shown]]:
    info = plan.plan
    return (
        ("行政区", info.region_name or info.region),
        ("印发机关", info.issuer),
        ("文号", info.document_number),
        ("印发日期", info.issued),
        ("规划期", info.period),
        ("上位文件", "\n".join(info.superior) or None),
        *(("未能读入", line) for line in plan.source.unread),
    )


def _numbered(lines: Iterable[str]) -> Iterable[tuple[str, Shown]]:
    return ((str(number), line) for number, line in enumerate(lines, start=1))


def _origin(plan: CompiledPlan) -> Iterable[tuple[str, Shown]]:
    info = plan.plan
    return (
        ("来源文件", plan.source.file),
        ("计划编号", info.id),
        ("版本", info.version),
        ("校正所依据的版本", info.base_version),
        ("生成程序", plan.compiler),
    )


def _counts(plan: CompiledPlan) -> Iterable[tuple[str, Shown]]:
    for sheet in SHEETS:
        yield sheet.name, len(sheet.items(plan))
        yield from _COUNTS_WITHIN[sheet.name](plan)


def _open_counts(plan: CompiledPlan) -> Iterable[tuple[str, Shown]]:
    yield "待补事项", len(plan.gaps)
    yield from _tally((gap.kind for gap in plan.gaps), GAP_KIND)
    yield "已作校正", len(plan.changes)


def _tally(values: Iterable[str | None], words: Mapping[str, str]) -> Iterable[tuple[str, Shown]]:
    counted = Counter(values)
    return [(f"　{word}", counted[code]) for code, word in words.items() if counted[code]]


_COUNTS_WITHIN: Mapping[str, Callable[[CompiledPlan], list[tuple[str, Shown]]]] = {
    TARGETS.name: lambda plan: [
        *_tally((target.kind for target in plan.targets), KIND),
        *_tally((target.nature for target in plan.targets), NATURE),
    ],
    TASKS.name: lambda plan: [("　有牵头单位", sum(bool(task.leads) for task in plan.tasks))],
    MEASURES.name: lambda plan: [("　有牵头单位", sum(bool(measure.leads) for measure in plan.measures))],
    PROJECTS.name: lambda plan: [("　有完成时限", sum(project.due is not None for project in plan.projects))],
    DUTIES.name: lambda plan: [
        ("　单位数", len({duty.unit for duty in plan.duties})),
        *_tally((duty.role for duty in plan.duties), ROLE),
    ],
}


def _pairs(page: Worksheet, row: int, heading: str, pairs: Iterable[tuple[str, Shown]]) -> int:
    """Return the first row after a block of labels and values."""
    style.put(page, row, 1, heading, style.HEADING)
    listed = list(pairs)
    for place, (label, value) in enumerate(listed, start=row + 1):
        style.put(page, place, 1, label, style.QUIET)
        style.put(page, place, 2, value).alignment = style.WRAPPED_LEFT
        style.fit_row(page, place, style.lines_of(str(value or ""), WIDTHS[1]))
    return row + len(listed) + 1


def _gaps(page: Worksheet, row: int, gaps: Sequence[Gap], rows: Mapping[str, tuple[str, int]]) -> int:
    """Return the first row after the list of gaps."""
    style.put(page, row, 1, f"待补事项（{len(gaps)}）", style.HEADING)
    if not gaps:
        style.put(page, row + 1, 1, "没有。")
        return row + 2
    for index, heading in enumerate(("类型", "说明", *["位置"] * LINKS_PER_GAP), start=1):
        cell = style.put(page, row + 1, index, heading, style.HEADER)
        cell.fill, cell.border = style.HEADER_FILL, style.GRID
    for line, gap in enumerate(gaps, start=row + 2):
        style.put(page, line, 1, GAP_KIND.get(gap.kind, gap.kind)).border = style.GRID
        style.put(page, line, 2, gap.message).border = style.GRID
        style.fit_row(page, line, style.lines_of(gap.message, WIDTHS[1]))
        _links(page, line, [rows[item] for item in gap.items if item in rows])
    return row + 2 + len(gaps)


def _links(page: Worksheet, line: int, places: Sequence[tuple[str, int]]) -> None:
    for index, place in enumerate(islice(chain(places, repeat(None)), LINKS_PER_GAP), start=3):
        if place is None:
            style.put(page, line, index, None).border = style.GRID
            continue
        sheet, row = place
        words = f"{sheet} 第 {row} 行"
        if index == LINKS_PER_GAP + 2 and len(places) > LINKS_PER_GAP:
            words += f" 等 {len(places)} 处"
        cell = style.put(page, line, index, words, style.LINK)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A{row}", display=words)
        cell.border = style.GRID
