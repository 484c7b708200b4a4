"""What figures rest on is told by the rows, in whatever files they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from tests.evaluate.air.lakes import CITY, DISTRICT, add_values, days_between, hours_of, make_lake
from tests.evaluate.water.test_lake import CLEAN, add, make, monthly

from bilan.evaluate import places
from bilan.evaluate.air import regions as air_module
from bilan.evaluate.air.lake import CODES, AirQuestion
from bilan.evaluate.air.regions import AirRegions
from bilan.evaluate.contents import contents
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.evaluate.water.lake import WaterQuestion
from bilan.evaluate.water.regions import WaterRegions
from bilan.observe import Lake
from bilan.observe.lake_schema import STATIONS

DAYS = days_between(date(2025, 12, 30), date(2026, 1, 5))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A station of the air and an outlet that measures the same, their hours in the same files."""
    made = make_lake(tmp_path / "lake", {"s1": DISTRICT}, hours_of("s1", DAYS, {"so2": 8, "pm2_5": 30}))
    row = {"id": "outlet-7", "medium": "waste_gas", "region": DISTRICT}
    made.add_stations(pa.Table.from_pylist([row], schema=STATIONS))
    outlet(made, 300)
    made.compact()
    assert {(one.first_station, one.last_station) for one in made.files()} == {("outlet-7", "s1")}
    return made


def outlet(lake: Lake, value: float) -> None:
    """Add what the outlet sends, which corrects what it sent before."""
    received = f"2027-01-01T{value // 100:02.0f}:00"
    add_values(lake, hours_of("outlet-7", DAYS, {"so2": value, "pm2_5": value}), received=received, ref="outlets")


def told(lake: Lake, folder: Path, stations: set[str]) -> list[str]:
    return contents(lake, connect(), lake.files(CODES, stations=stations), stations, Kept(folder))


def test_rows_of_others_and_other_files_say_the_same(lake: Lake, tmp_path: Path) -> None:
    before, names = told(lake, tmp_path / "kept", {"s1"}), {one.name for one in lake.files()}
    outlet(lake, 500)
    assert told(lake, tmp_path / "kept", {"s1"}) == before
    lake.compact()
    assert told(lake, tmp_path / "kept", {"s1"}) == before
    assert names.isdisjoint(one.name for one in lake.files())
    assert told(lake, tmp_path / "kept", {"outlet-7"}) != before


def test_a_row_more_and_a_correction_say_something_new(lake: Lake, tmp_path: Path) -> None:
    first = told(lake, tmp_path, {"s1"})
    add_values(lake, hours_of("s1", [date(2026, 1, 6)], {"so2": 8}), ref="later")
    more = told(lake, tmp_path, {"s1"})
    add_values(lake, hours_of("s1", [date(2026, 1, 6)], {"so2": 9}), received="2027-02-01T00:00", ref="corrected")
    corrected = told(lake, tmp_path, {"s1"})
    assert len({tuple(one) for one in (first, more, corrected)}) == 3
    unchanged = [line for line in first if " 2025 " in line or "a34004" in line]
    assert unchanged and set(unchanged) <= set(corrected)


def test_rows_are_counted_once_for_the_same_files(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.evaluate import contents as module

    before = told(lake, tmp_path, {"s1"})
    monkeypatch.delattr(module, "read_parquet")
    assert told(lake, tmp_path, {"s1"}) == before


def test_where_nothing_is_kept_nothing_is_read(lake: Lake) -> None:
    found = contents(lake, connect(), lake.files(CODES), {"s1"}, Kept(None))
    assert sorted(found) == sorted([lake.id, *(one.path for one in lake.files(CODES))])


def test_a_year_is_counted_over_all_of_its_files(lake: Lake, tmp_path: Path) -> None:
    add_values(lake, hours_of("s1", [date(2026, 1, 6)], {"so2": 8}), ref="later")
    assert len(lake.files(["a21026"], date(2026, 1, 1))) == 2
    assert [one for one in told(lake, tmp_path, {"s1"}) if one.startswith("a21026 2026 144 0 ")]


def test_a_damaged_file_of_another_year_stands_in_no_way(lake: Lake, tmp_path: Path) -> None:
    """What was counted before stays counted, though more came."""
    before = {line for line in told(lake, tmp_path, {"s1"}) if " 2025 " in line}
    for file in lake.files(CODES, None, date(2025, 12, 31)):
        Path(file.path).write_bytes(b"damaged")
    add_values(lake, hours_of("s1", [date(2026, 1, 6)], {"so2": 8}), ref="later")
    assert before and before <= set(told(lake, tmp_path, {"s1"}))


def test_another_lake_with_the_same_rows_is_another(lake: Lake, tmp_path: Path) -> None:
    other = make_lake(tmp_path / "other", {"s1": DISTRICT}, hours_of("s1", DAYS, {"so2": 9, "pm2_5": 30}))
    assert told(lake, tmp_path, {"s1"}) != told(other, tmp_path, {"s1"})


def test_days_of_the_air_are_not_computed_again_for_what_an_outlet_sends(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[date, date]] = []
    real = air_module.computed_days
    monkeypatch.setattr(air_module, "computed_days", lambda one, *span: asked.append(span) or real(one, *span))

    def days() -> pa.Table:
        question = AirQuestion(Lake(tmp_path / "lake"), connect())
        return AirRegions(question, [places.region_of(CITY)], Kept(tmp_path / "kept")).days

    before = days()
    assert len(asked) == 1
    outlet(lake, 500)
    lake.compact()
    assert days() == before
    assert len(asked) == 1
    add_values(lake, hours_of("s1", [date(2026, 1, 6)], {"so2": 8}), ref="later")
    assert days().num_rows == before.num_rows + 1
    assert asked[1:] == [(date(2026, 1, 1), date(2026, 12, 31))]  # the year before is the same


@pytest.mark.parametrize("until", [date(2024, 6, 30), date(2024, 12, 31)])
def test_what_sections_rest_on_is_the_same_after_a_merge(tmp_path: Path, until: date) -> None:
    def identity() -> list[str]:
        question = WaterQuestion(Lake(tmp_path / "lake"), connect())
        return list(WaterRegions(question, Kept(tmp_path / "kept")).identity(date(1970, 1, 1), until))

    lake = make(tmp_path / "lake", "a", monthly("a", CLEAN, range(1, 7)))
    add(lake, monthly("a", CLEAN, range(7, 12)))  # in files of their own, after the day of the first case
    row = {"id": "outlet-7", "medium": "waste_water", "region": DISTRICT}
    lake.add_stations(pa.Table.from_pylist([row], schema=STATIONS))
    before, names = identity(), {one.name for one in lake.files()}
    add(lake, monthly("outlet-7", CLEAN | {"tp": 3.0}))
    lake.compact()
    assert names.isdisjoint(one.name for one in lake.files())
    assert identity() == before
    add(lake, monthly("a", CLEAN, [12]))
    assert identity() != before  # also of an earlier day: who samples in a year is one of its sections
