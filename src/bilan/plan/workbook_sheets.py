"""The sheets of the workbook as data: which column shows which field, and what a person may change.

The writer and the reader both work from :data:`SHEETS`; a column added here is written, validated and read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bilan.plan.model import CompiledPlan, Duty, Item, Measure, Project, Spanned, Target, Task
from bilan.plan.wording import DUE_SOURCE, KIND, NATURE, OPERATOR, ROLE, VALUE_KIND
from bilan.plan.workbook_cells import (
    Codec,
    Lines,
    Names,
    Number,
    PeriodText,
    Reference,
    Text,
    YesNo,
    choice,
)

OVERVIEW = "概览"
OPTIONS = "选项"
IDENTITY = "版本信息"

ID = "编号"
STATUS = "状态"
QUOTE = "原文"
KEEP, DELETE = "保留", "删除"

LISTED = ("indicators", "tasks", "sections")  # offered as drop-down lists; regions are too many
WORKBOOK_FORMAT = "1"
SOURCE_WORDS = "source_words"  # the words of the source at a span: no field of their own in tasks and projects


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``required``: may not be blank. ``fixed``: shown for reading, a person cannot change it."""

    heading: str
    field: str
    codec: Codec
    width: int = 12
    required: bool = False
    fixed: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list of the plan. ``quote``: the field whose words locate a new row; ``read_only``: follows from others."""

    name: str
    list_name: str
    kind: str
    model: type[Item]
    columns: tuple[Column, ...]
    words: str = ""
    read_only: bool = False

    def items(self, plan: CompiledPlan) -> Sequence[Item]:
        items: Sequence[Item] = getattr(plan, self.list_name)
        return items

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)


TEXT, NUMBER, PERIOD, YES_NO, LINES = Text(), Number(), PeriodText(), YesNo(), Lines()
STATUS_WORDS = {"keep": KEEP, "delete": DELETE}
INDICATOR = Reference(table="indicators", what="指标")
TASK = Reference(table="tasks", what="任务")
REGION = Reference(table="regions", what="行政区")
SECTION = Reference(table="sections", what="章节")

_ID = Column(ID, "id", TEXT, 14, fixed=True, note="由系统生成，不可修改；新增的行请留空。")
_STATUS = Column(STATUS, "status", choice(STATUS_WORDS), 8, note="要去掉一行，请选“删除”，不要直接删行。")
_UNITS_NOTE = "每行一个单位，格内换行（Alt+Enter）。"
_DUE_NOTE = "写作 2025、2025-03、2025Q1 或 2024-10/2025-03。"
_DUE = Column("完成时限", "due", PERIOD, 12, note=_DUE_NOTE)
_QUOTE_NOTE = "原文照录，不可修改；新增的行请照抄原文，以便定位。"
_LEADS = Column("牵头单位", "leads", LINES, 24, note=_UNITS_NOTE)
_SUPPORTS = Column("配合单位", "supports", LINES, 24, note=_UNITS_NOTE)
_SPAN = (
    Column("原文起", "start", NUMBER, 8, fixed=True, note="原文中的第一个字符位置。"),
    Column("原文止", "end", NUMBER, 8, fixed=True, note="原文中最后一个字符之后的位置。"),
)

TARGETS = Sheet(
    "目标清单",
    "targets",
    "target",
    Target,
    (
        _ID,
        _STATUS,
        Column("指标名称", "name", TEXT, 24, required=True),
        Column("比较方式", "operator", choice(OPERATOR), 10, required=True),
        Column("数值", "value", NUMBER, 10),
        Column("单位", "unit", TEXT, 10, note="照原文写；“%”写在这里，不要写进数值。"),
        _DUE,
        Column(QUOTE, "quote", TEXT, 48, required=True, fixed=True, note=_QUOTE_NOTE),
        Column("指标代码", "indicator", INDICATOR, 28),
        Column("类型", "kind", choice(KIND), 10, required=True),
        Column("数值类型", "value_kind", choice(VALUE_KIND), 11, required=True),
        Column("数值上限", "value_max", NUMBER, 10, note="数值类型为“区间”时填写。"),
        Column("严于该值", "strict", YES_NO, 9, note="优于、低于、超过：必须严格好于该值。"),
        Column("力争", "soft", YES_NO, 7, note="力争、争取。"),
        Column("大致", "approx", YES_NO, 7, note="基本、左右。"),
        Column("幅度界限", "bound", choice(OPERATOR), 10, note="“下降 X% 以上”填“不低于”。"),
        Column("基准年", "baseline_year", TEXT, 8),
        Column("基准值", "baseline_value", NUMBER, 10),
        Column("时限来源", "due_source", choice(DUE_SOURCE), 11),
        Column("适用范围", "scope", TEXT, 16),
        Column("行政区", "region", REGION, 16),
        Column("时段", "season", TEXT, 9),
        Column("频次", "recurrence", TEXT, 9),
        Column("参照", "reference", TEXT, 16, note="按上级下达的，写明谁下达。"),
        Column("指标属性", "nature", choice(NATURE), 10),
        Column("所属任务", "task", TASK, 28),
        Column("可信度", "confidence", NUMBER, 8, fixed=True, note="机器识别的把握，改过的行为 1。"),
        *_SPAN,
    ),
    words="quote",
)
TASKS = Sheet(
    "任务清单",
    "tasks",
    "task",
    Task,
    (
        _ID,
        _STATUS,
        Column("序号", "number", TEXT, 8),
        Column("任务名称", "title", TEXT, 36, required=True),
        _LEADS,
        _SUPPORTS,
        Column("落实单位", "implementers", LINES, 24, note=_UNITS_NOTE),
        Column("单位列举未尽", "open_ended", YES_NO, 12, note="单位名单以“等”结尾。"),
        _DUE,
        Column(QUOTE, SOURCE_WORDS, TEXT, 40, fixed=True, note=_QUOTE_NOTE),
        Column("所属章节", "parent", SECTION, 28),
        *_SPAN,
    ),
    words="title",
)
MEASURES = Sheet(
    "措施清单",
    "measures",
    "measure",
    Measure,
    (
        _ID,
        _STATUS,
        Column("措施原文", "text", TEXT, 70, required=True, fixed=True, note=_QUOTE_NOTE),
        _LEADS,
        _SUPPORTS,
        _DUE,
        Column("所属任务", "task", TASK, 30, required=True),
        *_SPAN,
    ),
    words="text",
)
PROJECTS = Sheet(
    "项目清单",
    "projects",
    "project",
    Project,
    (
        _ID,
        _STATUS,
        Column("项目名称", "name", TEXT, 36, required=True),
        Column("规模", "quantity", TEXT, 14),
        Column("地点", "place", TEXT, 16),
        _DUE,
        Column(QUOTE, SOURCE_WORDS, TEXT, 40, fixed=True, note=_QUOTE_NOTE),
        Column("所属任务", "task", TASK, 30),
        *_SPAN,
    ),
    words="name",
)
DUTIES = Sheet(
    "责任清单",
    "duties",
    "duty",
    Duty,
    (
        Column(ID, "id", TEXT, 14, fixed=True),
        Column("责任单位", "unit", TEXT, 28, fixed=True),
        Column("职责", "role", choice(ROLE), 8, fixed=True),
        Column("任务和措施", "items", LINES, 34, fixed=True),
        Column("原文写法", "written", LINES, 28, fixed=True),
        Column("括注职能", "functions", LINES, 18, fixed=True),
        Column("部门代码", "department", TEXT, 16, fixed=True),
        Column("职能部门代码", "function_departments", LINES, 16, fixed=True),
    ),
    read_only=True,
)
SHEETS = (TARGETS, TASKS, MEASURES, PROJECTS, DUTIES)


def field_value(plan: CompiledPlan, item: Item, column: Column) -> object:
    """Return what the column shows of the item, before its codec gives it a form."""
    if column.field == "status":
        return "keep"
    if column.field == SOURCE_WORDS and isinstance(item, Spanned):
        return source_words(plan, item)
    value: object = getattr(item, column.field)
    return value


def source_words(plan: CompiledPlan, item: Spanned) -> str:
    """Return the words of the source at the item's span, or the nearest to them when the plan carries no text."""
    if plan.source.text is not None:
        return plan.source.text[item.start : item.end]
    if isinstance(item, Task):
        return " ".join(filter(None, (item.number, item.title)))
    return str(getattr(item, "name", ""))


def names_of(plan: CompiledPlan) -> Names:
    """Return what the closed columns of this plan's workbook may name."""
    from bilan import policy

    return Names(
        {
            "indicators": {entry.code: entry.name for entry in policy.indicators()},
            "tasks": {task.id: task.title for task in plan.tasks},
            "sections": {section.id: section.title for section in plan.sections},
            "regions": {region.id: region.name for region in policy.regions()},
        }
    )
