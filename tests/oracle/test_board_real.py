"""Boards over real data under a fictional region, beside figures, gaps, rooms and answers worked out on their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("deltalake", reason="the lake extra is not installed")
pytest.importorskip("ibis", reason="the lake extra is not installed")

import pyarrow.parquet as pq

from bilan.board.boards import make_board
from bilan.board.model import Row
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.observe.importers.prsa import PrsaImporter
from bilan.observe.ingest import ingest
from bilan.plan import compile_file
from bilan.plan.model import CompiledPlan

from .board_air import ITEMS, STEPS, City, Hour, station_days
from .board_asks import Ask, Worked, days_of

AIR = Path(__file__).parents[2].parent / "shared" / "data" / "air" / "prsa" / "prsa_beijing_8_stations.parquet"
CITY, DISTRICTS = "990100", ("990102", "990103", "990104")
EMPTY, ZONE = "990121", "990171"  # without a station

pytestmark = [
    pytest.mark.skipif(not AIR.exists(), reason="needs the reference data in ../shared"),
    pytest.mark.optional,
]

ASKS = (
    Ask("到2016年，细颗粒物年均浓度不高于75微克/立方米。", "air.pm25.annual", "<=", "75"),
    Ask("到2016年，可吸入颗粒物年均浓度不高于95微克/立方米。", "air.pm10.annual", "<=", "95"),
    Ask("到2016年，细颗粒物年均浓度比2014年下降15%以上。", "air.pm25.annual", "<=", "15", "percent", 2014),
    Ask("到2016年，二氧化氮年均浓度不高于48微克/立方米。", "air.no2.annual", "<=", "48"),
    Ask("到2016年，二氧化硫年均浓度不高于20微克/立方米。", "air.so2.annual", "<=", "20"),
    Ask("到2016年，臭氧日最大8小时平均第90百分位数不高于200微克/立方米。", "air.o3.p90", "<=", "200"),
    Ask("到2016年，一氧化碳日均值第95百分位数不高于3.5毫克/立方米。", "air.co.p95", "<=", "3.5"),
    Ask("到2016年，空气质量优良天数比例达到52%以上。", "air.aqi.good_days_ratio", ">=", "52"),
    Ask("到2016年，空气质量优良天数比例比2014年提高3个百分点。", "air.aqi.good_days_ratio", ">=", "3", "points", 2014),
    Ask("到2016年，空气质量为优的天数比例达到18%以上。", "air.aqi.excellent_days_ratio", ">=", "18"),
    Ask("到2016年，重污染天数不超过40天。", "air.heavy_days", "<=", "40"),
    Ask("到2016年，重污染天数比例不高于10%。", "air.heavy_days_ratio", "<=", "10"),
    Ask("到2016年，环境空气质量综合指数不高于7.0。", "air.composite_index", "<=", "7"),
    Ask("2016年6月底前，细颗粒物平均浓度不高于70微克/立方米。", "air.pm25.annual", "<=", "70", span="june"),
    Ask("每年细颗粒物年均浓度比上年下降3%。", "air.pm25.annual", "<=", "3", "percent", span="each_year"),
    Ask("到2016年，秋冬季细颗粒物平均浓度不高于90微克/立方米。", "air.pm25.annual", "<=", "90", span="season"),
    Ask("每年秋冬季细颗粒物平均浓度不高于92微克/立方米。", "air.pm25.annual", "<=", "92", span="each_season"),
    Ask("到2016年，PM2.5浓度下降率比2014年达到10%。", "air.pm25.decline", ">=", "10", "decline", 2014),
    Ask("每月细颗粒物平均浓度不高于80微克/立方米。", "air.pm25.annual", "<=", "80", span="each_month"),
    Ask("每季度优良天数比例达到50%以上。", "air.aqi.good_days_ratio", ">=", "50", span="each_quarter"),
)
AS_OF = {
    "before": date(2013, 11, 11),
    "first month": date(2014, 1, 20),
    "base year": date(2014, 8, 31),
    "year end before": date(2014, 12, 31),
    "mid month": date(2015, 9, 17),
    "leap day": date(2016, 2, 29),
    "half of the last year": date(2016, 6, 30),
    "autumn": date(2016, 10, 19),
    "last day but one": date(2016, 12, 30),
    "year end": date(2016, 12, 31),
    "after": date(2017, 2, 10),
    "long after": date(2017, 6, 1),
}


@dataclass(frozen=True)
class Air:
    """A lake of real hours under fictional regions, and the same hours as days of these regions."""

    lake: Lake
    cities: Mapping[str, City]
    kept: Kept


@pytest.fixture(scope="module")
def air(tmp_path_factory: pytest.TempPathFactory) -> Air:
    place = tmp_path_factory.mktemp("air") / "lake"
    ingest(place, PrsaImporter, [AIR])
    lake = Lake(place)
    stations = lake.stations()
    moved = [
        row | {"region": DISTRICTS[at // 3], "name": f"{at + 1}号站"} for at, row in enumerate(stations.to_pylist())
    ]
    lake.add_stations(type(stations).from_pylist(moved, schema=stations.schema))
    inside = {one: [row["id"] for row in moved if one in (CITY, row["region"])] for one in (CITY, *DISTRICTS)}
    values = station_days(hours())
    kept = Kept(tmp_path_factory.mktemp("kept"))
    return Air(lake, {region: City.of(ids, values) for region, ids in inside.items()}, kept)


def hours() -> list[Hour]:
    """The hours of the file, in steps; carbon monoxide is in µg/m3 there."""
    columns = pq.read_table(AIR, columns=["station", "ts", *ITEMS]).to_pydict()
    taken: dict[str, list[int | None]] = {
        item: [
            None if value is None else int(value * STEPS) // (1000 if item == "co" else 1) for value in columns[item]
        ]
        for item in ITEMS
    }
    whole = zip(columns["station"], columns["ts"], zip(*(taken[item] for item in ITEMS), strict=True), strict=True)
    return [(f"prsa-{name}", label, dict(zip(ITEMS, values, strict=True))) for name, label, values in whole]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> CompiledPlan:
    path = tmp_path_factory.mktemp("plan") / "plan.txt"
    lines = ["清河市大气环境改善行动计划（2014—2016年）", "", "一、空气质量目标", "", *(ask.sentence for ask in ASKS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    compiled = compile_file(path)
    assert [target.indicator for target in compiled.targets] == [ask.code for ask in ASKS]
    return compiled


@pytest.mark.parametrize(
    ("region", "day"),
    [*((CITY, day) for day in AS_OF.values()), ("990104", AS_OF["mid month"]), ("990103", AS_OF["year end"])],
)
def test_every_row_of_air(region: str, day: date, air: Air, plan: CompiledPlan) -> None:
    board = make_board(plan, air.lake, connect(), as_of=day, region=region, kept=air.kept)
    pairs = zip(ASKS, board.rows, strict=True)
    assert [text for ask, row in pairs for text in differences(ask, row, air, region, day)] == []


def differences(ask: Ask, row: Row, air: Air, region: str, day: date) -> list[str]:
    """Where the board and the computation of the test differ, a line each."""
    chance = None if row.chance is None else row.chance.probability
    wanted = Worked(ask, air.cities[region], day).expected(chance)
    pairs: dict[str, tuple[Any, Any]] = {
        "figure": (row.figure, wanted.figure),
        "status": (row.status, wanted.status),
        "gap": (None if row.gap is None else Fraction(row.gap), wanted.gap),
        "room": (None if row.room is None else row.room.state, None if wanted.room is None else wanted.room[0]),
        "official": (row.official if row.figure is not None else False, wanted.official),
        "due": (row.due, days_of(ask, day).due),
    }
    if row.districts:
        worked = {one: Worked(ask, air.cities[one], day).expected(None) for one in DISTRICTS}
        own = {one: found.figure if found.enough else None for one, found in worked.items()}
        pairs["districts"] = ({share.region: share.figure for share in row.districts}, own | {EMPTY: None, ZONE: None})
    if wanted.completeness is not None and row.figure is not None:
        pairs["completeness"] = (row.completeness and row.completeness.zh, wanted.completeness)
    if wanted.room is not None and row.room is not None:
        pairs["amount"] = (None if row.room.amount is None else Fraction(row.room.amount), wanted.room[1])
    unequal = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return [f"{ask.sentence} {name}: {ours} != {theirs} ({row.reason})" for name, (ours, theirs) in unequal.items()]
