"""Correcting a plan item by item, by the very rules of the workbook.

What a person enters is read by the columns and codecs of :mod:`bilan.plan.workbook.sheets`, so that a field is checked
alike wherever it is corrected. What came of it is an :class:`Edit`; edits are kept, taken back and applied again, and
the same edits in the same order give the same plan.

See Also
--------
bilan.plan.workbook.read.import_workbook : takes many corrections at once from a workbook.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bilan.plan.ids import IdMaker
from bilan.plan.model import Change, CompiledPlan, Item, Target, Task
from bilan.plan.workbook.cells import RawCell
from bilan.plan.workbook.door import RawRow
from bilan.plan.workbook.locate import Span
from bilan.plan.workbook.read import (
    ImportResult,
    ids_of,
    new_plan,
    not_restated_in,
    place_in,
    settle_removed_tasks,
)
from bilan.plan.workbook.rows import Doubt, Grid, Refusal, RowReader, plain
from bilan.plan.workbook.sheets import DELETE, SHEETS, STATUS, TARGETS, Column, Sheet, names_of

EditKind = Literal["correct", "add", "remove"]

_ENTERED = 1  # the only row of what is entered on a page
_NOT_ENTERED = frozenset({"confidence", "restated"})  # follow from the others


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one item: of the fields in ``new``, or of all of them where the item is added or removed."""

    kind: EditKind
    list_name: str
    item: str
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something entered: edits, fields that were not taken, fields that were and look wrong."""

    edits: list[Edit]
    refused: list[Refusal]
    doubts: list[Doubt]


def find(plan: CompiledPlan, item: str) -> tuple[Sheet, Item]:
    """Return the item of that id with its sheet. Raises KeyError where ``plan`` has none."""
    for sheet in SHEETS:
        for one in sheet.items(plan):
            if one.id == item:
                return sheet, one
    raise KeyError(item)


def sheet_named(list_name: str) -> Sheet:
    """Return the sheet of a list. Raises KeyError.

    >>> sheet_named("targets").name
    '目标清单'
    """
    for sheet in SHEETS:
        if sheet.list_name == list_name:
            return sheet
    raise KeyError(list_name)


def editable(sheet: Sheet) -> list[Column]:
    """Return the columns that a person may change.

    >>> [column.heading for column in editable(sheet_named("projects"))]
    ['项目名称', '规模', '地点', '完成时限', '所属任务']
    """
    return [column for column in sheet.columns if not column.fixed and column.heading != STATUS]


def correct(plan: CompiledPlan, item: str, given: Mapping[str, str]) -> Outcome:
    """Return what becomes of ``item`` when the fields ``given`` are entered as text; one left out stays as it is.

    Raises KeyError where ``plan`` has no such item.
    """
    sheet, old = find(plan, item)
    reader = _reader(plan)
    new = reader.correct(*_entered(sheet, given), old)
    edits = [] if new is None or not reader.changes else [_changed(sheet, old, new)]
    return Outcome(edits, reader.refused, reader.doubts)


def remove(plan: CompiledPlan, item: str) -> Outcome:
    """Return what becomes of ``plan`` without ``item``; a task to which others belong is refused. Raises KeyError."""
    sheet, old = find(plan, item)
    reader = _reader(plan)
    grid, row = _entered(sheet, {"status": DELETE})
    reader.correct(grid, row, old)
    lists = {one.list_name: [i for i in one.items(plan) if i.id != item] for one in SHEETS}
    settle_removed_tasks(lists, reader)
    edits = [] if reader.refused else [Edit("remove", sheet.list_name, item, old=old.model_dump(mode="json"))]
    return Outcome(edits, reader.refused, reader.doubts)


def add(
    plan: CompiledPlan,
    list_name: str,
    given: Mapping[str, str],
    *,
    text: str | None = None,
    at: Span | None = None,
    taken: Collection[str] = (),
) -> Outcome:
    """Return the new item of a list of which the fields ``given`` are entered as text.

    Its words must stand in the source (``text``, where the plan carries none), first of all within ``at``. ``taken``
    ids are not given again. Raises KeyError where there is no such list.
    """
    sheet = sheet_named(list_name)
    reader = _reader(plan, text, at, taken)
    new = reader.add(*_entered(sheet, given))
    edits = [] if new is None else [Edit("add", list_name, new.id, new=new.model_dump(mode="json"))]
    return Outcome(edits, reader.refused, reader.doubts)


def edits_of(base: CompiledPlan, result: ImportResult) -> list[Edit]:
    """Return what an import did to ``base`` as edits: list by list, what is gone, changed and new."""
    found: list[Edit] = []
    for sheet in SHEETS:
        if sheet.read_only:
            continue
        before = {item.id: item for item in sheet.items(base)}
        after = {item.id: item for item in sheet.items(result.plan)}
        found += [
            Edit("remove", sheet.list_name, id_, old=item.model_dump(mode="json"))
            for id_, item in before.items()
            if id_ not in after
        ]
        for id_, item in after.items():
            if id_ not in before:
                found.append(Edit("add", sheet.list_name, id_, new=item.model_dump(mode="json")))
            elif (edit := _changed(sheet, before[id_], item)).new:
                found.append(edit)
    return found


def apply(base: CompiledPlan, edits: Iterable[Edit]) -> CompiledPlan:
    """Return ``base`` after ``edits`` in their order, with duties, gaps and version that follow; as it is without any.

    Raises KeyError where an edit corrects or removes an item that is not there.
    """
    done = list(edits)
    if not done:
        return base
    lists = {sheet.list_name: {item.id: item for item in sheet.items(base)} for sheet in SHEETS}
    for edit in done:
        _apply(lists, edit)
    changes = [change for edit in done for change in changes_of(edit)]
    return new_plan(base, {name: list(items.values()) for name, items in lists.items()}, changes)


def changes_of(edit: Edit) -> Iterator[Change]:
    """Yield what an edit did as the plan records it; without a cell, as it was entered in none."""
    sheet = sheet_named(edit.list_name)
    if edit.kind != "correct":
        old, new = (
            sheet.model.model_validate(fields).model_dump_json() if fields else None for fields in (edit.old, edit.new)
        )
        yield Change(item=edit.item, field="item", old=old, new=new, sheet=sheet.name, cell="")
        return
    for name, value in edit.new.items():
        old, new = plain(edit.old[name]), plain(value)
        yield Change(item=edit.item, field=name, old=old, new=new, sheet=sheet.name, cell="")


def hanging(plan: CompiledPlan) -> list[Item]:
    """Return the items that belong to a task, or stand below a section, that is not there (any more)."""
    known = {one.id for one in (*plan.tasks, *plan.sections)}
    items: list[Item] = [item for sheet in SHEETS for item in sheet.items(plan)]
    return [item for item in items if {getattr(item, "task", None), getattr(item, "parent", None)} - known - {None}]


def _reader(
    plan: CompiledPlan, text: str | None = None, at: Span | None = None, taken: Collection[str] = ()
) -> RowReader:
    return RowReader(plan, names_of(plan), IdMaker(plan.plan.id, taken={*ids_of(plan), *taken}), text, at)


def _entered(sheet: Sheet, given: Mapping[str, str]) -> tuple[Grid, RawRow]:
    """Return what was entered as a sheet of one row that has just these columns."""
    columns = [column for column in sheet.columns if column.field in given]
    grid = Grid(sheet, {column.heading: place for place, column in enumerate(columns)})
    return grid, RawRow(_ENTERED, tuple(RawCell(given[column.field]) for column in columns))


def _changed(sheet: Sheet, old: Item, new: Item) -> Edit:
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    names = [name for name in before if before[name] != after[name] and name not in _NOT_ENTERED]
    was, now = ({name: fields[name] for name in names} for fields in (before, after))
    return Edit("correct", sheet.list_name, new.id, was, now)


def _apply(lists: dict[str, dict[str, Item]], edit: Edit) -> None:
    items = lists[edit.list_name]
    match edit.kind:
        case "add":
            new = sheet_named(edit.list_name).model.model_validate(edit.new)
            held = list(items.values())
            held.insert(place_in(held, new), new)
            lists[edit.list_name] = {item.id: item for item in held}
        case "remove":
            if isinstance(items.pop(edit.item), Task):
                targets = lists[TARGETS.list_name]
                lists[TARGETS.list_name] = {id_: not_restated_in(edit.item, item) for id_, item in targets.items()}
        case "correct":
            old = items[edit.item]
            certain = {"confidence": 1.0} if isinstance(old, Target) else {}
            items[edit.item] = type(old).model_validate(old.model_dump() | dict(edit.new) | certain)
