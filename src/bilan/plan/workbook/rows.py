"""What one row of the workbook does to its item: cell by cell, then as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter
from pydantic import ValidationError

from bilan.plan.ids import IdMaker
from bilan.plan.model import Change, CompiledPlan, Item, Target, Task
from bilan.plan.wording import number_text
from bilan.plan.workbook.cells import BLANK, Names, RawCell, cell_text, same_cell
from bilan.plan.workbook.door import RawRow
from bilan.plan.workbook.doubts import doubt_of
from bilan.plan.workbook.locate import Span, locate
from bilan.plan.workbook.sheets import (
    DELETE,
    ID,
    QUOTE,
    SOURCE_WORDS,
    STATUS,
    TASKS,
    Column,
    Sheet,
    field_value,
)

ROWS_ABOVE_HEADER = 10  # so far down a header is looked for, to say where it is


@dataclass(frozen=True, slots=True)
class CellNote:
    """What a person should know of a cell: ``column`` is its heading, ``row`` counts as on the screen."""

    sheet: str
    row: int
    column: str
    value: str | None
    reason: str
    cell: str | None = None

    def __str__(self) -> str:
        place = f"{self.sheet} 第 {self.row} 行" + (f"“{self.column}”" if self.column else "")
        return f"{place}：{self.reason}" + (f"（填的是：{self.value}）" if self.value else "")


class Refusal(CellNote):
    """A cell that was not taken."""

    __slots__ = ()


class Doubt(CellNote):
    """A cell that was taken and looks wrong."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it came back: where each heading now stands."""

    sheet: Sheet
    columns: Mapping[str, int]

    def cell(self, row: RawRow, heading: str) -> RawCell:
        return row.cell(self.columns[heading]) if heading in self.columns else BLANK

    def address(self, row: RawRow, heading: str) -> str | None:
        return f"{get_column_letter(self.columns[heading] + 1)}{row.number}" if heading in self.columns else None


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold between the fields of a target; ``fields`` are the cells to refuse where it does not."""

    fields: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]
    reason: str


_WITHOUT_FIGURE = ("by_reference", "standard_reference", "qualitative")
_RULES = (
    Rule(
        ("value_kind", "value"),
        lambda t: t["value"] is not None or t["value_kind"] not in ("number", "range"),
        "数值类型为“数值”或“区间”时，数值不能为空",
    ),
    Rule(
        ("value_kind", "value"),
        lambda t: t["value"] is None or t["value_kind"] != "qualitative",
        "定性目标没有数值；填了数值请把数值类型改为“数值”",
    ),
    Rule(
        ("value_kind", "value", "value_max"),
        lambda t: (t["value_max"] is not None) == (t["value_kind"] == "range"),
        "数值上限只用于区间，区间必须有数值上限",
    ),
    Rule(
        ("value", "value_max"),
        lambda t: t["value"] is None or t["value_max"] is None or t["value"] < t["value_max"],
        "数值上限应大于数值",
    ),
)


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one import and keeps what was changed, refused and removed."""

    base: CompiledPlan
    names: Names
    ids: IdMaker
    text: str | None = None
    at: Span | None = None  # where a person pointed at the words of a new item; else they are looked for
    changes: list[Change] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    removed_tasks: list[tuple[Task, RawRow]] = field(default_factory=list)

    def refuse(
        self, sheet: str, row: int, column: str, value: str | None, reason: str, cell: str | None = None
    ) -> None:
        self.refused.append(Refusal(sheet, row, column, value, reason, cell))

    def grid(self, sheet: Sheet, rows: Sequence[RawRow]) -> Grid | None:
        """Return where the sheet's headings stand; refuse what is missing, doubled or unknown.

        None, with one refusal, where the first of the rows is no header.
        """
        header = rows[0]
        if ID not in map(cell_text, header.cells):
            self._refuse_header(sheet, rows)
            return None
        wanted = {column.heading for column in sheet.columns}
        columns: dict[str, int] = {}
        for index, cell in enumerate(header.cells):
            heading = cell_text(cell)
            if heading in columns:
                self.refuse(sheet.name, header.number, heading, heading, "列标题重复，只读取第一列")
            elif heading in wanted:
                columns[heading] = index
            elif heading:
                self.refuse(sheet.name, header.number, heading, heading, "不认识的列，未读取")
        for column in sheet.columns:
            if column.heading not in columns:
                self.refuse(sheet.name, header.number, column.heading, None, "缺少这一列，该列保持原样")
        return Grid(sheet, columns)

    def _refuse_header(self, sheet: Sheet, rows: Sequence[RawRow]) -> None:
        found = next((row.number for row in rows[1:ROWS_ABOVE_HEADER] if ID in map(cell_text, row.cells)), None)
        if found is None:
            reason = "缺少“编号”列，无法对应条目，该清单保持原样"
            self.refuse(sheet.name, rows[0].number, ID, None, reason)
        else:
            above = (
                f"第 {rows[0].number} 行" if found == rows[0].number + 1 else f"第 {rows[0].number} 至 {found - 1} 行"
            )
            words = next((cell_text(cell) for cell in rows[0].cells if not cell.is_blank), None)
            reason = f"列标题在第 {found} 行，其上不能有别的内容：请删去{above}再导入，该清单保持原样"
            self.refuse(sheet.name, rows[0].number, "", words, reason)

    def correct(self, grid: Grid, row: RawRow, item: Item) -> Item | None:
        """Return the item with the row's changes, None when the row is marked as deleted."""
        if self._is_deleted(grid, row):
            self._record(grid, row, item.id, STATUS, "item", item.model_dump_json(), None)
            if isinstance(item, Task):
                self.removed_tasks.append((item, row))
            return None
        new = {}
        for column in grid.sheet.columns:
            if column.heading not in (ID, STATUS) and column.heading in grid.columns:
                new.update(self._changed(grid, row, item, column))
        old = item.model_dump()
        if isinstance(item, Target):
            self._apply_rules(grid, row, old, new)
        self._doubt(grid, row, new)
        if not new:
            return item
        for name, value in new.items():
            heading = grid.sheet.column(name).heading
            self._record(grid, row, item.id, heading, name, plain(old[name]), plain(value))
        certain = {"confidence": 1.0} if isinstance(item, Target) else {}
        corrected = type(item).model_validate(old | new | certain)
        self._learn(corrected)
        return corrected

    def add(self, grid: Grid, row: RawRow) -> Item | None:
        """Return the new item of a row without an id, None when a cell that it cannot do without is refused."""
        if grid.sheet.read_only:
            self._refuse_cell(grid, row, ID, "这张清单自动生成，不能增加行")
            return None
        if self._is_deleted(grid, row):
            self._refuse_cell(grid, row, STATUS, "新增的行标为删除，未读取")
            return None
        before = len(self.refused)
        given = self._given(grid, row)
        filled = self._defaults(given) | given
        for column in grid.sheet.columns:
            if column.required and column.field not in filled and grid.cell(row, column.heading).is_blank:
                self._refuse_cell(grid, row, column.heading, "新增的行必须填写这一列")
        if len(self.refused) > before:
            self._refuse_cell(grid, row, ID, "这一行因上述单元格未能新增，请改好后再导入")
            return None
        return self._build(grid, row, given)

    def take_back_removal(self, task: Task, row: RawRow, holders: int) -> None:
        """Refuse the removal of a task that was recorded before."""
        self.changes[:] = [change for change in self.changes if (change.item, change.field) != (task.id, "item")]
        reason = f"仍有 {holders} 个目标、措施或项目属于这项任务：请先删除它们或改到别的任务"
        self.refuse(TASKS.name, row.number, STATUS, DELETE, reason)

    def _is_deleted(self, grid: Grid, row: RawRow) -> bool:
        cell = grid.cell(row, STATUS)
        if STATUS not in grid.columns or cell.is_blank:
            return False
        try:
            return grid.sheet.column("status").codec.read(cell, self.names) == "delete"
        except ValueError as error:
            self._refuse_cell(grid, row, STATUS, str(error))
            return False

    def _changed(self, grid: Grid, row: RawRow, item: Item, column: Column) -> dict[str, object]:
        """Return the field's new value, nothing when it is as it was or refused."""
        cell = grid.cell(row, column.heading)
        value = field_value(self.base, item, column)
        if same_cell(cell, column.codec.show(value, self.names)):
            return {}
        own = "这张清单由任务和措施生成，请改任务清单、措施清单" if grid.sheet.read_only else "这一列不可修改"
        try:
            new = self._read(cell, column)
        except ValueError as error:
            self._refuse_cell(grid, row, column.heading, own if column.fixed else str(error))
            return {}
        if new == value:
            return {}
        if column.fixed:
            self._refuse_cell(grid, row, column.heading, own)
            return {}
        return {column.field: new}

    def _read(self, cell: RawCell, column: Column) -> object:
        if cell.is_formula:
            raise ValueError("单元格里是公式，请填写结果")
        if cell.is_error:
            raise ValueError("单元格里是错误值")
        value = column.codec.read(cell, self.names)
        if column.required and value is None:
            raise ValueError("不能为空")
        return value

    def _apply_rules(self, grid: Grid, row: RawRow, old: Mapping[str, Any], new: dict[str, object]) -> None:
        """Take out of ``new`` what would leave the target contradicting itself, unless it did before.

        A figure filled in where there was none makes the target one with a figure; that is a change of its own.
        """
        filled = {} if "value_kind" in new else _figure_filled_in(old, new)
        for rule in _RULES:
            touched = [name for name in rule.fields if name in new]
            if touched and rule.holds(old) and not rule.holds({**old, **new, **filled}):
                for name in touched:
                    del new[name]
                    self._refuse_cell(grid, row, grid.sheet.column(name).heading, rule.reason)
        if "value" in new:
            new.update(filled)

    def _doubt(self, grid: Grid, row: RawRow, fields: Mapping[str, Any]) -> None:
        """Keep what looks wrong in the fields that a person filled."""
        for name, value in fields.items():
            if (reason := doubt_of(name, value, self.base)) is not None:
                heading = grid.sheet.column(name).heading
                place = grid.address(row, heading)
                self.doubts.append(Doubt(grid.sheet.name, row.number, heading, plain(value), reason, place))

    def _given(self, grid: Grid, row: RawRow) -> dict[str, Any]:
        """Return what a new row says, field by field."""
        given: dict[str, Any] = {}
        for column in grid.sheet.columns:
            cell = grid.cell(row, column.heading)
            if cell.is_blank or column.heading in (ID, STATUS):
                continue
            if column.fixed and column.field not in (SOURCE_WORDS, "quote", "text"):
                self._refuse_cell(grid, row, column.heading, "这一列由系统填写，新增的行请留空")
                continue
            try:
                given[column.field] = self._read(cell, column)
            except ValueError as error:
                self._refuse_cell(grid, row, column.heading, str(error))
        return given

    def _build(self, grid: Grid, row: RawRow, given: dict[str, Any]) -> Item | None:
        sheet = grid.sheet
        quote = given.pop(SOURCE_WORDS, None) or given[sheet.words]
        span = locate(self.base, str(quote), self.text, self.at or self._body(given.get("task")))
        if span is None:
            heading = QUOTE if QUOTE in grid.columns else sheet.column(sheet.words).heading
            self._refuse_cell(grid, row, heading, "原文中找不到这段文字，请照抄原文")
            return None
        fields = self._defaults(given) | {k: v for k, v in given.items() if v is not None}
        if sheet.model is Task:
            fields |= self._task_body(span)
        if sheet.model is Target:
            fields |= _figure_filled_in({"value_kind": "number"}, fields)
            refused = len(self.refused)
            for rule in _RULES:
                if not rule.holds(_all_fields(Target, fields)):
                    self._refuse_cell(grid, row, sheet.column(rule.fields[0]).heading, rule.reason)
            if len(self.refused) > refused:
                return None
        fields |= {"id": self.ids.make(sheet.kind, str(given[sheet.words])), "start": span[0], "end": span[1]}
        try:
            item = sheet.model.model_validate(_all_fields(sheet.model, fields))
        except ValidationError as error:
            self._refuse_cell(grid, row, ID, f"不能成为条目：{error.errors()[0]['msg']}")
            return None
        self._record(grid, row, item.id, ID, "item", None, item.model_dump_json())
        self._doubt(grid, row, given)
        self._learn(item)
        return item

    @staticmethod
    def _defaults(given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a person may leave out of a new row."""
        value_kind = "range" if given.get("value_max") is not None else "number"
        return {
            "kind": "target",
            "value_kind": value_kind if given.get("value") is not None else "qualitative",
            "confidence": 1.0,
            "leads": [],
            "supports": [],
            "implementers": [],
            "open_ended": False,
        }

    def _body(self, task_id: str | None) -> Span | None:
        return next(((task.start, task.body_end) for task in self.base.tasks if task.id == task_id), None)

    def _task_body(self, heading: Span) -> dict[str, int]:
        """Return the body of a new task: from its heading to the next one in the source."""
        starts = [part.start for part in (*self.base.sections, *self.base.tasks) if part.start >= heading[1]]
        return {"body_start": heading[1], "body_end": min(starts, default=max(self.base.source.characters, heading[1]))}

    def _learn(self, item: Item) -> None:
        if isinstance(item, Task):
            self.names.tables["tasks"][item.id] = item.title

    def _record(
        self, grid: Grid, row: RawRow, item: str, heading: str, field: str, old: str | None, new: str | None
    ) -> None:
        place = grid.address(row, heading) or f"A{row.number}"
        self.changes.append(Change(item=item, field=field, old=old, new=new, sheet=grid.sheet.name, cell=place))

    def _refuse_cell(self, grid: Grid, row: RawRow, heading: str, reason: str) -> None:
        value = cell_text(grid.cell(row, heading)) or None
        self.refuse(grid.sheet.name, row.number, heading, value, reason, grid.address(row, heading))


def _figure_filled_in(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, object]:
    """Return the kind of value that a target takes on by a figure where it had none to show; nothing else changes."""
    if new.get("value") is None or new.get("value_kind", old["value_kind"]) not in _WITHOUT_FIGURE:
        return {}
    return {"value_kind": "number" if new.get("value_max") is None else "range"}


def _all_fields(model: type[Item], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model's fields with what is given; optional ones that are not given are None."""
    return {
        name: fields[name] if name in fields else (None if info.is_required() else info.get_default())
        for name, info in model.model_fields.items()
    }


def plain(value: object) -> str | None:
    """Return a value as a change records it: the schema's own words, lists one entry a line."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(value)
