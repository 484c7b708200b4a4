"""The compiled plan: five linked lists, each item pointing at its characters in the source.

This module *is* the published schema of ``bilan compile`` (see :func:`bilan.plan.schema.json_schema`). Every
``start``/``end`` pair counts characters of :attr:`Source.text` when the JSON carries it, else of the decoded file.
Periods (``due``, ``period``) follow the grammar of :mod:`bilan.periods`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bilan.periods import Period

SCHEMA_VERSION = "1"

TargetKind = Literal["target", "task_quantity", "milestone"]
Operator = Literal[">=", "<=", "=", "approx", "increase_by", "decrease_by"]
ValueKind = Literal["number", "range", "implied", "by_reference", "standard_reference", "qualitative", "class"]
DueSource = Literal["explicit", "inherited", "section", "document", "relative", "recurring", "table"]
Nature = Literal["约束性", "预期性"]
Role = Literal["lead", "support", "implementer"]
GapKind = Literal[
    "target_without_due",
    "target_without_unit",
    "task_without_lead",
    "refers_upward",
    "contradiction",
    "unknown_indicator",
    "unreadable_table",
    "unknown_body",
    "qualitative_goal",
    "nothing_read",
]


class Item(BaseModel):
    """A part of the plan with an id that survives a better compiler and a person's correction."""

    model_config = ConfigDict(extra="forbid", validate_assignment=False)

    id: str = Field(description="made of plan, kind, the item's own words and their occurrence")


class Spanned(Item):
    start: int = Field(ge=0, description="first character in the source")
    end: int = Field(ge=0, description="one past the last character in the source")


class Section(Spanned):
    """A heading without a duty of its own; the span is the heading."""

    number: str | None = Field(description="as printed, without the closing mark: 一, (二), 3")
    title: str
    parent: str | None = Field(description="id of the section above")
    level: int = Field(ge=1, description="1 is the outermost heading in use")
    body_start: int = Field(ge=0)
    body_end: int = Field(ge=0)


class Task(Spanned):
    """The lowest numbered or bold heading that carries text of its own; the span is the heading."""

    number: str | None
    title: str
    parent: str | None = Field(description="id of the section above")
    body_start: int = Field(ge=0)
    body_end: int = Field(ge=0)
    leads: list[str] = Field(description="as written: brackets kept, no prefix supplied")
    supports: list[str]
    implementers: list[str] = Field(description="bodies that carry it out by a scope sentence (下同，不再列出)")
    open_ended: bool = Field(description="the list of units ends in 等")
    due: str | None = Field(description="the latest deadline its text names, else the plan's own")


class Place(BaseModel):
    """Another place where the plan says the same in the same words."""

    model_config = ConfigDict(extra="forbid")

    start: int
    end: int
    task: str | None = Field(description="id of the task in which it stands")


class Target(Spanned):
    """One promise: an indicator, a comparison and a date; the span is the quote."""

    kind: TargetKind
    indicator: str | None = Field(description="code in policy/indicators.csv")
    name: str = Field(description="the indicator in the words of the plan, brackets left out")
    operator: Operator
    value: float | None
    value_max: float | None = None
    unit: str | None = Field(
        description="as printed; 万/亿 stay with measured units, are multiplied out before counted nouns"
    )
    value_kind: ValueKind
    strict: bool = Field(False, description="优于, 低于, 超过: strictly better")
    soft: bool = Field(False, description="力争, 争取")
    approx: bool = Field(False, description="基本, 左右 on a line whose operator is not approx")
    bound: Operator | None = Field(None, description=">= for 下降 X% 以上: at least that decrease")
    baseline_year: str | None = None
    baseline_value: float | None = None
    due: str | None = None
    due_source: DueSource | None = None
    scope: str | None = Field(None, description="region, basin, section, water body or sector as written")
    region: str | None = Field(
        None, description="id in policy/regions.csv where the scope, or else the plan, names one"
    )
    season: str | None = Field(None, description="秋冬季, 汛期, …")
    recurrence: str | None = Field(None, description="每年, 每季度, … or per unit: 每个地区")
    reference: str | None = Field(None, description="whose figure a goal by reference takes")
    nature: Nature | None = None
    task: str | None = Field(None, description="id of the task in which it stands")
    quote: str
    restated: list[Place] = Field([], description="where the plan says the same again")
    confidence: Annotated[float, Field(ge=0, le=1)]


class Measure(Spanned):
    """A stretch of text for which one responsibility bracket answers, or the whole task."""

    task: str
    text: str
    leads: list[str]
    supports: list[str]
    due: str | None = None


class Project(Spanned):
    """A named piece of construction or engineering."""

    name: str
    quantity: str | None = None
    place: str | None = None
    task: str | None = None
    due: str | None = None


class Duty(Item):
    """One unit in one role, with everything it answers for."""

    unit: str = Field(description="normalised: abbreviations expanded, elided 市/区 prefixes supplied, brackets apart")
    written: list[str] = Field(description="the forms in which the plan writes it")
    functions: list[str] = Field(description="functions in brackets: 发改, 科技, …")
    department: str | None = Field(description="id in policy/departments.csv")
    function_departments: list[str] = Field([], description="department ids of the functions")
    role: Role
    items: list[str] = Field(description="ids of tasks and measures")


class Gap(Item):
    """What the plan leaves open; the drafting office reads it before signing."""

    kind: GapKind
    message: str
    items: list[str] = []
    start: int | None = None
    end: int | None = None


class Repair(BaseModel):
    """One change between the source as issued and the text that was parsed."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    start: int
    end: int
    before: str
    after: str


class Source(BaseModel):
    """The file as issued; ``text`` is null when ``start``/``end`` count characters of the decoded file itself."""

    model_config = ConfigDict(extra="forbid")

    file: str
    media_type: str
    sha256: str
    encoding: str | None
    characters: int
    text: str | None = None
    repairs: list[Repair]
    unread: list[str] = Field([], description="what of the file could not be read, a line each")
    notes: list[str] = Field(
        default_factory=list, description="what was left out on purpose or asks for a look, a line each"
    )


class PlanInfo(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    version: str = Field(description="of the content: changes with every correction")
    base_version: str | None = Field(None, description="the version a person corrected")
    title: str | None
    region: str | None = Field(description="id in policy/regions.csv")
    region_name: str | None
    issuer: str | None
    document_number: str | None
    issued: str | None = Field(description="day of issue, YYYY-MM-DD, or a coarser period")
    period: str | None
    superior: list[str] = Field(description="documents named as its basis")

    @property
    def issued_from(self) -> date | None:
        """The day of issue, the first of a coarser period; None where nothing or something else is written."""
        with suppress(ValueError):
            return date.fromisoformat(self.issued or "")
        with suppress(ValueError):
            return Period.parse(self.issued or "").first
        return None


class Change(BaseModel):
    """One cell a person changed in the workbook."""

    model_config = ConfigDict(extra="forbid")

    item: str
    field: str
    old: str | None
    new: str | None
    sheet: str
    cell: str


class CompiledPlan(BaseModel):
    """What ``bilan compile`` writes."""

    model_config = ConfigDict(extra="forbid")

    schema_version: str = SCHEMA_VERSION
    compiler: str = Field(description="name and version")
    plan: PlanInfo
    sections: list[Section]
    tasks: list[Task]
    targets: list[Target]
    measures: list[Measure]
    projects: list[Project]
    duties: list[Duty]
    gaps: list[Gap]
    source: Source
    changes: list[Change] = Field([], description="corrections, oldest first")
