"""Outlets measure what stations and sections do, under the same codes; in one lake they are neither."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from tests.evaluate.air.lakes import DISTRICT, hours_of
from tests.evaluate.air.lakes import add_values as add_hours
from tests.evaluate.air.lakes import make_lake as air_lake
from tests.evaluate.water.test_lake import CLEAN, YEAR, add, make, monthly

from bilan.evaluate.air.lake import AirQuestion, days
from bilan.evaluate.engine import connect
from bilan.evaluate.water.lake import WaterQuestion, sections
from bilan.evaluate.water.regions import WaterRegions
from bilan.observe import Lake
from bilan.observe.lake_schema import STATIONS
from bilan.periods import Period

DAY = date(2025, 1, 1)


def outlet(lake: Lake, medium: str) -> None:
    row = {"id": "outlet-7", "name": "污水处理厂出口", "medium": medium, "region": DISTRICT}
    lake.add_stations(pa.Table.from_pylist([row], schema=STATIONS))


@pytest.mark.parametrize("scope", ["station", "city"])
def test_an_outlet_of_gas_is_no_station_of_the_air(tmp_path: Path, scope: str) -> None:
    air_lake(tmp_path / "lake", {"s1": DISTRICT}, hours_of("s1", [DAY], {"so2": 8}))
    lake = Lake(tmp_path / "lake")
    question = AirQuestion(lake, connect(), scope=scope)  # type: ignore[arg-type]
    before = [table.to_pylist() for table in days(question, DAY, DAY)]
    outlet(lake, "waste_gas")
    add_hours(lake, hours_of("outlet-7", [DAY], {"so2": 300}), ref="outlets")
    after = [table.to_pylist() for table in days(AirQuestion(lake, connect(), scope=scope), DAY, DAY)]  # type: ignore[arg-type]
    assert after == before and len(after[0]) == 1


def test_an_outlet_of_water_is_no_section(tmp_path: Path) -> None:
    lake = make(tmp_path / "lake", "a", monthly("a", CLEAN))
    outlet(lake, "waste_water")
    add(lake, monthly("outlet-7", CLEAN | {"tp": 3.0}))
    found = sections(WaterQuestion(lake, connect()), "year", *YEAR).to_pylist()
    assert [row["station"] for row in found] == ["a"]
    assert [one.station for one in WaterRegions(WaterQuestion(lake, connect())).sections(Period.parse("2024"))] == ["a"]


def test_a_section_that_comes_while_sections_are_read_is_one_of_the_next_reading(tmp_path: Path) -> None:
    lake = make(tmp_path / "lake", "a", monthly("a", CLEAN))
    regions = WaterRegions(WaterQuestion(lake, connect()))
    assert set(regions.stations) == {"a"}
    make(tmp_path / "lake", "b", monthly("b", CLEAN))
    lake = Lake(tmp_path / "lake")
    assert [one.station for one in regions.sections(Period.parse("2024"))] == ["a"]
    again = WaterRegions(WaterQuestion(lake, connect())).sections(Period.parse("2024"))
    assert [one.station for one in again] == ["a", "b"]
