"""The sheets of the workbook as data: which column shows which field, and what a person may change.

The writer and the reader both work from :data:`SHEETS`; a column added here is written, validated and read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bilan.plan.model import CompiledPlan, Duty, Item, Measure, Project, Spanned, Target, Task
from bilan.plan.wording import DUE_SOURCE, KIND, NATURE, OPERATOR, ROLE, VALUE_KIND
from bilan.plan.workbook.cells import (
    Codec,
    Lines,
    Names,
    Number,
    PeriodText,
    Reference,
    Text,
    Titles,
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

OPENING = 20  # characters of a measure where only its beginning is shown
WORKBOOK_FORMAT = "1"
SOURCE_WORDS = "source_words"  # the words of the source at a span: no field of their own in tasks and projects


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``required``: may not be blank. ``fixed``: shown for reading, a person cannot change it.

    ``tucked``: folded away until a person opens the outline, and not printed.
    """

    heading: str
    field: str
    codec: Codec
    width: int = 12
    required: bool = False
    fixed: bool = False
    note: str | None = None
    tucked: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list of the plan, its tucked columns last.

    ``words``: the field whose words locate a new row; ``read_only``: follows from others; ``frozen``: so many columns
    stay in view.
    """

    name: str
    list_name: str
    kind: str
    model: type[Item]
    columns: tuple[Column, ...]
    words: str = ""
    read_only: bool = False
    frozen: int = 1

    def items(self, plan: CompiledPlan) -> Sequence[Item]:
        items: Sequence[Item] = getattr(plan, self.list_name)
        return items

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)

    @property
    def in_view(self) -> int:
        """How many columns stand in view and are printed."""
        return sum(not column.tucked for column in self.columns)


TEXT, NUMBER, PERIOD, YES_NO, LINES = Text(), Number(), PeriodText(), YesNo(), Lines()
TITLES = Titles(table="answered_for")
STATUS_WORDS = {"keep": KEEP, "delete": DELETE}
INDICATOR = Reference(table="indicators", what="指标", code_first=True)
TASK = Reference(table="tasks", what="任务")
REGION = Reference(table="regions", what="行政区")
SECTION = Reference(table="sections", what="章节")
OFFERED = {codec.table: codec for codec in (INDICATOR, TASK, SECTION)}  # as drop-down lists; regions are too many

_STATUS = Column(STATUS, "status", choice(STATUS_WORDS), 7, note="要去掉一行，请选“删除”，不要直接删行。")
_UNITS_NOTE = "每行一个单位，格内换行（Alt+Enter）。"
_DUE_NOTE = "写作 2027、2027年底、2027年6月、2025Q1 或 2026-10至2027-03。"
_DUE = Column("完成时限", "due", PERIOD, 16, note=_DUE_NOTE)
_QUOTE_NOTE = "原文照录，不可修改；新增的行请照抄原文，以便定位。"
_LEADS = Column("牵头单位", "leads", LINES, 24, note=_UNITS_NOTE)
_SUPPORTS = Column("配合单位", "supports", LINES, 24, note=_UNITS_NOTE)
_SPAN_AND_ID = (
    Column("原文起", "start", NUMBER, 8, fixed=True, note="原文中的第一个字符位置。", tucked=True),
    Column("原文止", "end", NUMBER, 8, fixed=True, note="原文中最后一个字符之后的位置。", tucked=True),
    Column(ID, "id", TEXT, 14, fixed=True, note="由系统生成，不可修改；新增的行请留空。", tucked=True),
)

TARGETS = Sheet(
    "目标清单",
    "targets",
    "target",
    Target,
    (
        Column("指标名称", "name", TEXT, 24, required=True),
        Column("适用范围", "scope", TEXT, 12),
        Column("比较方式", "operator", choice(OPERATOR), 10, required=True),
        Column("数值", "value", NUMBER, 9, note="按上级下达、按标准和定性的目标填了数值，数值类型随之改为“数值”。"),
        Column("数值上限", "value_max", NUMBER, 8, note="数值类型为“区间”时填写。"),
        Column("单位", "unit", TEXT, 13, note="照原文写；“%”写在这里，不要写进数值。"),
        _DUE,
        Column("基准年", "baseline_year", PERIOD, 8, note="写作 2020、2020年或一个时期，如 2018至2020。"),
        Column("类型", "kind", choice(KIND), 9, required=True),
        Column("所属任务", "task", TASK, 24),
        Column(QUOTE, "quote", TEXT, 44, required=True, fixed=True, note=_QUOTE_NOTE),
        _STATUS,
        Column("指标代码", "indicator", INDICATOR, 28, tucked=True),
        Column("数值类型", "value_kind", choice(VALUE_KIND), 11, required=True, tucked=True),
        Column("参照", "reference", TEXT, 16, note="按上级下达的，写明谁下达。", tucked=True),
        Column("力争", "soft", YES_NO, 7, note="力争、争取。", tucked=True),
        Column("严于该值", "strict", YES_NO, 9, note="优于、低于、超过：必须严格好于该值。", tucked=True),
        Column("大致", "approx", YES_NO, 7, note="基本、左右。", tucked=True),
        Column("幅度界限", "bound", choice(OPERATOR), 10, note="“下降 X% 以上”填“不低于”。", tucked=True),
        Column("基准值", "baseline_value", NUMBER, 10, tucked=True),
        Column("指标属性", "nature", choice(NATURE), 10, tucked=True),
        Column("行政区", "region", REGION, 16, tucked=True),
        Column("时段", "season", TEXT, 9, tucked=True),
        Column("频次", "recurrence", TEXT, 9, tucked=True),
        Column("时限来源", "due_source", choice(DUE_SOURCE), 11, tucked=True),
        Column("可信度", "confidence", NUMBER, 8, fixed=True, note="机器识别的把握，改过的行为 1。", tucked=True),
        *_SPAN_AND_ID,
    ),
    words="quote",
)
TASKS = Sheet(
    "任务清单",
    "tasks",
    "task",
    Task,
    (
        Column("序号", "number", TEXT, 7),
        Column("任务名称", "title", TEXT, 34, required=True),
        _LEADS,
        _SUPPORTS,
        Column("落实单位", "implementers", LINES, 22, note=_UNITS_NOTE),
        _DUE,
        Column("所属章节", "parent", SECTION, 26),
        Column(QUOTE, SOURCE_WORDS, TEXT, 24, fixed=True, note=_QUOTE_NOTE),
        _STATUS,
        Column("单位列举未尽", "open_ended", YES_NO, 12, note="单位名单以“等”结尾。", tucked=True),
        *_SPAN_AND_ID,
    ),
    words="title",
    frozen=2,
)
MEASURES = Sheet(
    "措施清单",
    "measures",
    "measure",
    Measure,
    (
        Column("措施原文", "text", TEXT, 70, required=True, fixed=True, note=_QUOTE_NOTE),
        _LEADS,
        _SUPPORTS,
        _DUE,
        Column("所属任务", "task", TASK, 28, required=True),
        _STATUS,
        *_SPAN_AND_ID,
    ),
    words="text",
    frozen=0,
)
PROJECTS = Sheet(
    "项目清单",
    "projects",
    "project",
    Project,
    (
        Column("项目名称", "name", TEXT, 34, required=True),
        Column("规模", "quantity", TEXT, 14),
        Column("地点", "place", TEXT, 16),
        _DUE,
        Column("所属任务", "task", TASK, 28),
        Column(QUOTE, SOURCE_WORDS, TEXT, 44, fixed=True, note=_QUOTE_NOTE),
        _STATUS,
        *_SPAN_AND_ID,
    ),
    words="name",
)
DUTIES = Sheet(
    "责任清单",
    "duties",
    "duty",
    Duty,
    (
        Column("责任单位", "unit", TEXT, 28, fixed=True),
        Column("职责", "role", choice(ROLE), 8, fixed=True),
        Column("任务和措施", "items", TITLES, 60, fixed=True, note="措施只写开头；全文见措施清单。"),
        Column("原文写法", "written", LINES, 30, fixed=True),
        Column("括注职能", "functions", LINES, 16, fixed=True),
        Column("部门代码", "department", TEXT, 16, fixed=True, tucked=True),
        Column("职能部门代码", "function_departments", LINES, 16, fixed=True, tucked=True),
        Column(ID, "id", TEXT, 14, fixed=True, tucked=True),
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
            "answered_for": {task.id: task.title for task in plan.tasks}
            | {measure.id: _opening(measure.text) for measure in plan.measures},
            "sections": {section.id: section.title for section in plan.sections},
            "regions": {region.id: region.name for region in policy.regions()},
        }
    )


def _opening(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= OPENING else f"{text[:OPENING]}……"
