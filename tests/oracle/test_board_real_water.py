"""Boards over real sections of surface water under fictional regions, beside a computation of their own."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest

pytest.importorskip("deltalake", reason="the lake extra is not installed")
pytest.importorskip("ibis", reason="the lake extra is not installed")

from bilan.board.boards import make_board
from bilan.board.model import Board, Row
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.observe.importers.base import Options
from bilan.observe.importers.water_daily import WaterDailyImporter
from bilan.observe.ingest import ingest
from bilan.plan import compile_file
from bilan.plan.model import CompiledPlan

from .board_rules import Found, Goal, rounded, section_room, status_of
from .board_water import Limits, Section, Waters, class_room, limits, phosphorus_room, records, share

SHARED = Path(__file__).parents[2].parent / "shared"
WATER, STANDARD = SHARED / "data" / "water", SHARED / "standards" / "gb3838-2002.csv"
CITY, WHOLE_YEAR, BROKEN = "990100", "990102", "990103"
BASIN, BRIDGE = "清河流域", "临江大桥"
YEAR = 2021

pytestmark = [
    pytest.mark.skipif(not WATER.is_dir(), reason="needs the reference data in ../shared"),
    pytest.mark.optional,
]


@dataclass(frozen=True)
class Ask:
    """One target; ``what`` is counted or measured, until the end of the month ``ends`` of ``year``."""

    sentence: str
    what: Literal["good", "inferior", "class", "tp"]
    side: str
    value: str
    year: int = YEAR
    ends: int = 12
    place: Literal["region", "basin", "bridge"] = "region"

    @property
    def due(self) -> date:
        return date(self.year, self.ends, 30 if self.ends == 6 else 31)


ASKS = (
    Ask("到2021年，地表水达到或优于Ⅲ类水体比例达到60%以上。", "good", ">=", "60"),
    Ask("到2022年，地表水达到或优于Ⅲ类水体比例达到85%以上。", "good", ">=", "85", 2022),
    Ask("到2021年，清河流域劣Ⅴ类水体比例控制在2%以下。", "inferior", "<=", "2", place="basin"),
    Ask("到2021年，劣Ⅴ类水体比例控制在5%以下。", "inferior", "<=", "5"),
    Ask("2021年6月底前，地表水Ⅰ—Ⅲ类水体比例达到70%以上。", "good", ">=", "70", ends=6),
    Ask("到2021年，临江大桥断面水质达到Ⅲ类。", "class", "<=", "3", place="bridge"),
    Ask("到2021年，临江大桥断面水质达到Ⅱ类。", "class", "<=", "2", place="bridge"),
    Ask("到2021年，临江大桥断面总磷浓度不高于0.1毫克/升。", "tp", "<=", "0.1", place="bridge"),
    Ask("到2021年，临江大桥断面总磷浓度不高于0.05毫克/升。", "tp", "<=", "0.05", place="bridge"),
)
AS_OF = {
    "first month": date(2021, 1, 20),
    "one month over": date(2021, 2, 15),
    "a quarter": date(2021, 3, 31),
    "mid month": date(2021, 5, 17),
    "half a year": date(2021, 6, 30),
    "autumn": date(2021, 10, 8),
    "last day but one": date(2021, 12, 30),
    "year end": date(2021, 12, 31),
    "after": date(2022, 1, 15),
}


@dataclass(frozen=True)
class Water:
    """A lake of real sections, the same sections by region, and the limits of the standard."""

    lake: Lake
    kept: Kept
    places: dict[str, list[Section]]
    table: Limits


@pytest.fixture(scope="module")
def water(tmp_path_factory: pytest.TempPathFactory) -> Water:
    folder = tmp_path_factory.mktemp("water")
    rows = records(WATER / "auto_daily_2020-05_2021-04.csv.gz")
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    table = WATER / "section_type_inferred.csv.gz"
    with gzip.open(table, "rt", encoding="utf-8") as file:
        types = {(r["province"], r["basin"], r["section"]): r["inferred_type"] for r in csv.DictReader(file)}
    ingest(folder / "lake", WaterDailyImporter, [folder / "rows.csv"], Options(kinds=table))
    lake = Lake(folder / "lake")
    sections = Waters(rows, {key: body for key, body in types.items() if body in ("river", "lake")}).sections
    return Water(lake, Kept(tmp_path_factory.mktemp("kept")), placed(lake, sections), limits(STANDARD))


def placed(lake: Lake, sections: dict[tuple[str, str, str], Section]) -> dict[str, list[Section]]:
    """Sections that report all year under one district, the others under another; the first is the bridge."""
    found: dict[str, list[Section]] = {CITY: [], WHOLE_YEAR: [], BROKEN: [], "basin": [], "bridge": []}
    moved, stations = [], lake.stations()
    for row in stations.to_pylist():
        one = sections[tuple(row["id"].split("-")[1:])]  # type: ignore[index]  # province, basin, name
        whole = all(len(one.means(month, month)) == 5 for month in range(1, 13))
        district = WHOLE_YEAR if whole else BROKEN
        bridge = whole and not found["bridge"]
        in_basin = whole and len(found["basin"]) < 12
        for place, inside in ((CITY, True), (district, True), ("basin", in_basin), ("bridge", bridge)):
            found[place] += [one] if inside else []
        attributes = {"basin": BASIN if in_basin else "别的流域", "river": "别的河"}
        name = BRIDGE if bridge else f"{len(moved) + 1}号断面"
        moved.append(row | {"region": district, "name": name, "attributes": list(attributes.items())})
    lake.add_stations(type(stations).from_pylist(moved, schema=stations.schema))
    return found


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> CompiledPlan:
    path = tmp_path_factory.mktemp("plan") / "plan.txt"
    lines = ["清河市水环境改善行动计划（2021—2022年）", "", "一、水环境目标", "", *(ask.sentence for ask in ASKS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    compiled = compile_file(path)
    assert len(compiled.targets) == len(ASKS)
    return compiled


def board(water: Water, plan: CompiledPlan, day: date, region: str) -> Board:
    return make_board(plan, water.lake, connect(), as_of=day, region=region, kept=water.kept)


def test_the_sections_are_of_every_kind(water: Water) -> None:
    numbers = [one.number(1, 12, water.table) for one in water.places[WHOLE_YEAR]]
    assert len(numbers) > 10
    assert {2, 3, 4} <= set(numbers)
    assert 6 in {one.number(1, 1, water.table) for one in water.places[CITY]}
    assert [one.number(1, 12, water.table) for one in water.places[BROKEN]].count(None) > 20


@pytest.mark.parametrize("region", [CITY, WHOLE_YEAR])
@pytest.mark.parametrize("day", AS_OF.values(), ids=AS_OF)
def test_every_row_of_water(day: date, region: str, water: Water, plan: CompiledPlan) -> None:
    pairs = zip(ASKS, board(water, plan, day, region).rows, strict=True)
    assert [text for ask, row in pairs for text in differences(ask, row, water, region, day)] == []


def differences(ask: Ask, row: Row, water: Water, region: str, day: date) -> list[str]:
    """Where the board and the computation of the test differ, a line each."""
    figure, enough, completeness, room = expected(ask, water, region, day)
    over = day >= date(YEAR, ask.ends, 28) and row.period in ("2021", "2021-01/2021-06")
    pairs: dict[str, tuple[Any, Any]] = {
        "figure": (row.figure, figure),
        "due": (row.due, ask.due),
        "status": (row.status, answer(ask, figure if enough else None, room, day)),
        "chance": (row.chance, None),
    }
    if figure is not None and enough:
        gap = Goal(ask.side, Fraction(ask.value), 0).gap(figure)
        shown = room if day < ask.due and ask.year == YEAR else None
        pairs |= {
            "gap": (Fraction(row.gap or 0), gap),
            "completeness": (row.completeness and row.completeness.zh, completeness),
            "official": (row.official, over),
            "room": (row.room and row.room.state, shown and shown[0]),
            "amount": (row.room and row.room.amount, None if shown is None else shown[1]),
        }
    unequal = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return [f"{ask.sentence} {name}: {ours} != {theirs} ({row.reason})" for name, (ours, theirs) in unequal.items()]


def answer(ask: Ask, figure: Decimal | None, room: Found | None, day: date) -> str:
    if figure is None or (ask.year > YEAR and day > date(YEAR, 12, 31)):
        return "cannot_be_judged"
    meets = Goal(ask.side, Fraction(ask.value), 0).gap(figure) <= 0
    last = ask.year == YEAR
    perfect = {"good": 100, "inferior": 0}.get(ask.what)  # with all still as it should be, no room was ever used up
    never_any = room is not None and room[0] == "exhausted" and figure == perfect
    left = room[0] if room and last and not never_any else None
    return status_of(ended=day >= ask.due, meets=meets, last=last, room=left)


def expected(ask: Ask, water: Water, region: str, day: date) -> tuple[Decimal | None, bool, str, Found | None]:
    """The figure of the months that are over, whether it suffices, on what it rests, and its room."""
    sections = water.places[region if ask.place == "region" else ask.place]
    months = months_over(day, ask.ends)
    if not months or (ask.year > YEAR and day > date(YEAR, 12, 31)):
        return None, False, "", None
    numbers = [one.number(1, months, water.table) for one in sections]
    completeness = f"{sum(n is not None for n in numbers)} / {len(numbers)} 个断面有类别"
    ended = day >= ask.due
    if ask.what in ("good", "inferior"):
        return _of_share(ask, numbers, completeness, ended=ended)
    (one,) = sections
    if ask.what == "class":
        number = numbers[0]
        room = class_room(one, 1, months, ask.ends, int(ask.value), water.table)
        return (None if number is None else Decimal(number)), number is not None, completeness, room
    goal = Goal(ask.side, Fraction(ask.value), 3)
    return rounded(one.means(1, months)["tp"], 3), True, completeness, phosphorus_room(one, 1, months, ask.ends, goal)


def _of_share(
    ask: Ask, numbers: Sequence[int | None], completeness: str, *, ended: bool
) -> tuple[Decimal | None, bool, str, Found | None]:
    hits, known, value, enough = share(list(numbers), {1, 2, 3} if ask.what == "good" else {6})
    goal = Goal(ask.side, Fraction(ask.value), 1)
    return value, enough, completeness, section_room(goal, hits, known, over=ended) if known else None


def months_over(day: date, ends: int) -> int:
    """How many months of the year, up to the month ``ends``, are over on the evening of ``day``."""
    if day.year > YEAR:
        return ends
    last = {1: 31, 3: 31, 5: 31, 7: 31, 8: 31, 10: 31, 12: 31, 2: 28}.get(day.month, 30)
    return min(day.month if day.day == last else day.month - 1, ends)
