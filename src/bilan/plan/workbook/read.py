"""Takes a corrected workbook back: ids stay, every changed cell is recorded, a bad cell is refused and the rest taken.

See Also
--------
bilan.plan.workbook.write_workbook : writes the workbook.
bilan.plan.workbook.rows : what one row may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bilan.plan.compiler import relink
from bilan.plan.ids import IdMaker, content_version
from bilan.plan.model import Change, CompiledPlan, Item, Spanned, Target
from bilan.plan.workbook.cells import cell_text
from bilan.plan.workbook.door import RawBook, RawRow, WorkbookError, read_workbook
from bilan.plan.workbook.rows import CellNote, Doubt, Grid, Refusal, RowReader
from bilan.plan.workbook.sheets import (
    DUTIES,
    ID,
    IDENTITY,
    MEASURES,
    PROJECTS,
    SHEETS,
    TARGETS,
    TASKS,
    WORKBOOK_FORMAT,
    Sheet,
    names_of,
)

__all__ = ["Doubt", "ImportResult", "Refusal", "WorkbookError", "import_workbook"]

_ORDER = (TASKS, TARGETS, MEASURES, PROJECTS, DUTIES)  # tasks first: new rows elsewhere may name a new task


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The corrected plan, what was changed in this import (oldest first), what was not taken, what looks wrong.

    Refusals and doubts stand in the order of sheets, rows and columns.
    """

    plan: CompiledPlan
    changes: list[Change]
    refused: list[Refusal]
    doubts: list[Doubt] = field(default_factory=list)


def import_workbook(path: Path, base: CompiledPlan, *, text: str | None = None) -> ImportResult:
    """Return ``base`` with the corrections in the workbook at ``path``, the changes, and the cells refused.

    Rows are recognised by id, columns by heading, so sorting, filtering and moving columns change nothing. A row is
    removed only by 删除 in 状态; a row that is merely gone is refused and its item kept. A row without an id is a new
    item; its quote must stand in the source, for which ``text`` gives the decoded file where the plan carries none.
    A target that a person corrected has confidence 1; a figure given to one without (按上级下达, 按标准, 定性) makes it
    one with a figure, its 参照 kept. What looks wrong, such as a deadline before the day of issue, is taken and named.
    Without any correction the plan comes back as it was.

    Raises WorkbookError when the file is no workbook of this plan in this version.
    """
    book = read_workbook(path)
    _check_identity(path, book, base)
    reader = RowReader(base, names_of(base), IdMaker(base.plan.id, taken=ids_of(base)), text)
    lists: dict[str, list[Item]] = {}
    for sheet in _ORDER:
        lists[sheet.list_name] = _read_sheet(sheet, book, reader)
    settle_removed_tasks(lists, reader)
    plan = new_plan(base, lists, reader.changes) if reader.changes else base
    return ImportResult(
        plan, reader.changes, sorted(reader.refused, key=_place_of), sorted(reader.doubts, key=_place_of)
    )


def _place_of(note: CellNote) -> tuple[int, int, int]:
    """Return where the cell of a note stands: sheet, row, column in the order in which they are written."""
    number, sheet = next((n, sheet) for n, sheet in enumerate(SHEETS) if sheet.name == note.sheet)
    headings = [column.heading for column in sheet.columns]
    return number, note.row, headings.index(note.column) if note.column in headings else len(headings)


def _check_identity(path: Path, book: RawBook, base: CompiledPlan) -> None:
    """Raise WorkbookError unless the workbook is one of ``base`` and of the very version of it."""
    stated = _stated(path, book)
    expected = (
        ("plan_id", "是另一份计划的工作簿：计划编号", base.plan.id),
        ("version", "不是这个版本的工作簿：版本", base.plan.version),
        ("schema_version", "数据格式不同：格式", base.schema_version),
        ("workbook_format", "工作簿格式不同：格式", WORKBOOK_FORMAT),
    )
    for key, what, value in expected:
        if stated.get(key) != value:
            raise WorkbookError(f"{path}：{what} {stated.get(key) or '（空）'}，应为 {value}")


def stated_version(path: Path) -> str | None:
    """Return the version of which the workbook at ``path`` says it is; None where it does not say.

    Raises WorkbookError when the file is no workbook of a plan.
    """
    return _stated(path, read_workbook(path)).get("version") or None


def _stated(path: Path, book: RawBook) -> dict[str, str]:
    if IDENTITY not in book:
        raise WorkbookError(f"{path}：不是由 bilan 生成的计划工作簿（缺少工作表“{IDENTITY}”）")
    return {cell_text(row.cell(0)): cell_text(row.cell(1)) for row in book[IDENTITY]}


def ids_of(plan: CompiledPlan) -> Iterator[str]:
    """Yield the id of every item of ``plan`` but its gaps."""
    for sheet in SHEETS:
        yield from (item.id for item in sheet.items(plan))
    yield from (section.id for section in plan.sections)


def _read_sheet(sheet: Sheet, book: RawBook, reader: RowReader) -> list[Item]:
    """Return the list of one sheet after its corrections; changes and refusals go to the reader."""
    items = list(sheet.items(reader.base))
    rows = book.get(sheet.name)
    if rows is None:
        reader.refuse(sheet.name, 1, "", None, "缺少这张工作表，该清单保持原样")
        return items
    if not rows:
        reader.refuse(sheet.name, 1, "", None, "工作表是空的，该清单保持原样")
        return items
    grid = reader.grid(sheet, rows)
    if grid is None:
        return items
    known, added = _by_id(sheet, grid, rows[1:], items, reader)
    kept = [_correct(grid, known, item, number, reader) for number, item in enumerate(items, start=2)]
    result = [item for item in kept if item is not None]
    for row in added:
        new = reader.add(grid, row)
        if new is not None:
            result.insert(place_in(result, new), new)
    return result


def _by_id(
    sheet: Sheet, grid: Grid, rows: Iterable[RawRow], items: Iterable[Item], reader: RowReader
) -> tuple[dict[str, RawRow], list[RawRow]]:
    """Return the rows of known items by id, and the rows without an id; all others are refused."""
    ids = {item.id for item in items}
    known: dict[str, RawRow] = {}
    added: list[RawRow] = []
    for row in rows:
        cell = grid.cell(row, ID)
        name = cell_text(cell)
        if not name:
            added.append(row)
        elif name not in ids or cell.is_formula:
            reader.refuse(sheet.name, row.number, ID, name, "基准计划中没有这个编号；新增的行请把编号留空")
        elif name in known:
            reader.refuse(
                sheet.name, row.number, ID, name, f"编号与第 {known[name].number} 行重复；新增的行请把编号留空"
            )
        else:
            known[name] = row
    return known, added


def _correct(grid: Grid, known: dict[str, RawRow], item: Item, number: int, reader: RowReader) -> Item | None:
    """Return the item after its row's corrections, None when it is marked as deleted."""
    row = known.get(item.id)
    if row is None:
        reason = "原在此行的条目不见了：只在“状态”列选“删除”才算删除，条目已保留"
        reader.refuse(grid.sheet.name, number, ID, item.id, reason)
        return item
    return reader.correct(grid, row, item)


def place_in(items: list[Item], new: Item) -> int:
    """Return where the new item goes: behind the last one that starts before it in the source."""
    if not isinstance(new, Spanned):
        return len(items)
    before = [index for index, item in enumerate(items) if isinstance(item, Spanned) and item.start <= new.start]
    return before[-1] + 1 if before else 0


def settle_removed_tasks(lists: dict[str, list[Item]], reader: RowReader) -> None:
    """Put back each removed task that other items still name: removing it would leave them hanging."""
    for task, row in reader.removed_tasks:
        holders = [
            item.id
            for sheet in (TARGETS, MEASURES, PROJECTS)
            for item in lists[sheet.list_name]
            if getattr(item, "task", None) == task.id
        ]
        if holders:
            lists[TASKS.list_name].insert(place_in(lists[TASKS.list_name], task), task)
            reader.take_back_removal(task, row, len(holders))
        else:
            lists[TARGETS.list_name] = [not_restated_in(task.id, item) for item in lists[TARGETS.list_name]]


def not_restated_in(task: str, item: Item) -> Item:
    """Return the target with no place that names the removed task."""
    if not isinstance(item, Target) or all(place.task != task for place in item.restated):
        return item
    places = [p if p.task != task else p.model_copy(update={"task": None}) for p in item.restated]
    return item.model_copy(update={"restated": places})


def new_plan(base: CompiledPlan, lists: dict[str, list[Item]], changes: list[Change]) -> CompiledPlan:
    """Return ``base`` with other lists and what follows from them, the changes behind its own."""
    edited = base.model_copy(
        update={sheet.list_name: lists[sheet.list_name] for sheet in SHEETS if not sheet.read_only}
        | {"changes": [*base.changes, *changes]}
    )
    linked = relink(edited)
    info = linked.plan.model_copy(update={"version": content_version(linked), "base_version": base.plan.version})
    return linked.model_copy(update={"plan": info})
