"""The board: what ``bilan board`` writes. This module *is* the published schema (:func:`json_schema`).

Figures are decimals, written as text in JSON so that no digit is lost; probabilities and intervals are numbers.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bilan.board.status import Status

SCHEMA_VERSION = "1"
Source = Literal["monitored", "reported", "entered"]
Every = Literal["year", "quarter", "month"]
Asked = Literal["goal", "step"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Part):
    """One thing for people to read; made from a code, never written at the place of computation."""

    zh: str
    en: str


class Unit(_Part):
    """A unit that answers for the target."""

    name: str = Field(description="normalised, as in the list of duties")
    department: str | None = Field(description="id in policy/departments.csv")


class RoomLeft(_Part):
    """What the rest of the period may still bring, or must bring."""

    asked: Asked = Field("goal", description="of the goal, or of the step asked of this period on the way to it")
    state: str
    code: str
    amount: Decimal | None
    unit: str
    per: Decimal | None = Field(description="how much is left that the amount is for")
    per_unit: str
    text: Said


class Chance(_Part):
    """The probability that the period's figure meets what is asked of it, and the interval of that figure."""

    asked: Asked = Field("goal", description="the goal, or the step asked of this period on the way to it")
    probability: float | None
    reason: str | None = Field(None, description="why there is no number: not_enough_history, not_enough_values, …")
    level: float = Field(description="of the interval")
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    held: int = Field(0, description="how many of ``tried`` such intervals held in past years")
    tried: int = 0
    years: int = Field(0, description="past years that it was learned from")


class Level(_Part):
    """A level that figures are compared with."""

    sign: Literal["≤", "<", "≥", ">"]
    value: Decimal


class Baseline(_Part):
    year: int | None
    value: Decimal | None


class Share(_Part):
    """What one district contributes to the figure of a whole; the one that drags most comes first."""

    region: str
    region_name: str
    figure: Decimal | None
    gap: Decimal | None = Field(description="to its own goal where it has one, else to that of the whole; > 0 is short")
    own_goal: bool
    status: Status | None = Field(description="of its own row; null without a goal of its own")


class Row(_Part):
    """One target in one region on the day of the board."""

    target: str = Field(description="id of the target in the plan")
    region: str | None
    region_name: str | None
    scope: str | None = Field(description="basin, section, season or sector, as the plan writes it")
    name: str = Field(description="the indicator in the words of the plan")
    quote: str
    indicator: str | None
    form: str = Field(description="level, percent, points, amount, range, class, count, qualitative …")
    goal: Said = Field(description="what is asked, in one phrase")
    limits: list[Level] = Field(description="the goal as levels of the figure; empty where it has none")
    step: list[Level] = Field([], description="the levels asked of this period on the way to the goal")
    soft: bool = False
    nature: str | None = None
    status: Status
    reason: str = Field(description="code of the rule or of what is missing")
    reason_text: Said
    figure: Decimal | None = None
    unit: str = ""
    source: Source | None = None
    period: str | None = Field(None, description="that the figure is of, up to the day")
    span: str | None = Field(None, description="the whole period that is judged, over or not; null: nobody can say")
    due: date | None = None
    next_due: date | None = Field(None, description="the next day on which the target is judged; null once it is over")
    every: Every | None = Field(None, description="set for what is judged again and again")
    completeness: Said | None = None
    preliminary: bool = Field(False, description="a report that the figure rests on may still change")
    official: bool = Field(True, description="false: a figure to date, or one with too little data")
    baseline: Baseline | None = None
    gap: Decimal | None = Field(None, description="by how much the figure falls short of the goal; negative: to spare")
    step_gap: Decimal | None = None
    room: RoomLeft | None = None
    chance: Chance | None = None
    course: dict[str, Decimal] = Field({}, description="where the figure should stand: for a year, or at a month's end")
    leads: list[Unit] = []
    supports: list[Unit] = []
    districts: list[Share] = []
    task: str | None = None
    district: bool = Field(False, description="of a district with a goal of its own; listed by the row of the whole")
    simulated: bool = Field(False, description="rests on simulated data")
    unverified: list[str] = Field([], description="what the row rests on that was not checked, in Chinese")
    unverified_en: list[str] = Field([], description="the same in English, line by line")


class Head(_Part):
    """What the board is of, and what it was made from."""

    plan: str
    plan_title: str | None
    plan_version: str
    region: str | None
    region_name: str | None
    as_of: date
    known_at: datetime | None
    policy_version: str
    lake_version: int
    statistics_version: int
    bilan_version: str
    counts: dict[Status, int] = Field(description="of targets; a district beside the whole does not count")
    simulated: bool = Field(description="at least one row rests on simulated data")
    notes: list[Said] = Field([], description="what a reader must know, a line each")


class Board(_Part):
    """What ``bilan board`` writes."""

    schema_version: str = SCHEMA_VERSION
    head: Head
    rows: list[Row]


class Link(_Part):
    """One link of the chain from the clause to the units: ``step`` says which, ``lines`` what it says."""

    step: Literal["clause", "target", "method", "data", "figure", "room", "chance", "status", "units"]
    lines: list[Said]


class Explanation(_Part):
    """What ``bilan board --explain`` prints: the row, and how it came about."""

    row: Row
    chain: list[Link]


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of what ``bilan board`` writes.

    >>> json_schema()["title"]
    'bilan board 1'
    """
    schema = Board.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"bilan board {SCHEMA_VERSION}",
    }
