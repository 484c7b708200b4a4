"""The files of the city: the same bytes again, 模拟数据 in each, and nothing that the importers refuse."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from bilan.board.entries import read_entries
from bilan.demo import Delivery, take_in, write_city, write_entries
from bilan.demo.intake import IntakeError
from bilan.demo.people import targets_with
from bilan.demo.places import table
from bilan.observe import Lake
from bilan.observe.statistics import Statistics
from bilan.plan import compile_file
from bilan.plan.model import CompiledPlan

FIRST, LAST = date(2026, 6, 20), date(2026, 8, 25)
SAMPLE = Path(__file__).parents[2] / "src" / "bilan" / "demo" / "qinghe.docx"


@pytest.fixture(scope="module")
def plan() -> CompiledPlan:
    return compile_file(SAMPLE, issued=None, region=None, title=None)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Delivery]]:
    folder = tmp_path_factory.mktemp("city")
    return folder, write_city(folder / "files", first=FIRST, last=LAST)


@pytest.fixture(scope="module")
def lake(city: tuple[Path, list[Delivery]]) -> Path:
    folder, deliveries = city
    take_in(folder / "lake", deliveries)
    return folder / "lake"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "taken.json"}


def text_of(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


# --- writing ---


def test_the_same_seed_gives_the_same_bytes(city: tuple[Path, list[Delivery]], tmp_path: Path) -> None:
    write_city(tmp_path, first=FIRST, last=LAST)
    assert bytes_of(tmp_path) == bytes_of(city[0] / "files")


def test_another_seed_gives_other_air_and_water(city: tuple[Path, list[Delivery]], tmp_path: Path) -> None:
    write_city(tmp_path, 13, FIRST, LAST)
    first, other = bytes_of(city[0] / "files"), bytes_of(tmp_path)
    assert first.keys() == other.keys()
    changed = {name for name in first if first[name] != other[name]}
    assert {name for name in first if name.startswith(("air-", "water-")) and ".csv" in name} == changed


def test_a_value_does_not_depend_on_the_days_that_are_asked_for(tmp_path: Path) -> None:
    long, short = tmp_path / "long", tmp_path / "short"
    write_city(long, first=date(2025, 12, 30), last=date(2026, 1, 9))
    write_city(short, first=date(2026, 1, 2), last=date(2026, 1, 3))
    for name in ("air-2026Q1.csv.gz", "water-values-2026.csv.gz"):
        lines = text_of(short / name).splitlines()
        assert len(lines) > 12
        assert set(lines) < set(text_of(long / name).splitlines())


def test_everything_says_that_it_is_simulated(city: tuple[Path, list[Delivery]], plan: CompiledPlan) -> None:
    files = city[0] / "files"
    write_entries(files, plan)
    for path in files.iterdir():
        if path.name == "taken.json":
            continue
        head, *rows = text_of(path).splitlines()
        if path.suffix in (".toml", ".txt"):
            assert "模拟数据" in head, path.name
        else:
            assert rows, path.name
            assert [row for row in rows if "模拟数据" not in row] == [], path.name


def test_deliveries_come_in_order_and_the_correction_after_what_it_corrects(
    city: tuple[Path, list[Delivery]],
) -> None:
    names = [one.path.name for one in city[1]]
    moments = [one.received_at for one in city[1]]
    assert moments == sorted(moments)
    assert names.index("air-2026Q2.csv.gz") < names.index("air-correction.csv.gz") < names.index("air-2026Q3.csv.gz")


def test_nothing_is_reported_after_the_last_day(city: tuple[Path, list[Delivery]]) -> None:
    reports = [one.path for one in city[1] if one.format == "statistics"]
    days = [line.split(",")[8] for path in reports for line in text_of(path).splitlines()[1:]]
    assert max(days) == "2026-07-25"  # the half-year; what came with the nine months did not yet exist


def test_the_last_day_is_not_before_the_first(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before the first"):
        write_city(tmp_path, first=LAST, last=FIRST)


# --- taking in ---


def test_the_importers_take_every_row(city: tuple[Path, list[Delivery]], lake: Path) -> None:
    files = {one.path.name for one in city[1]}
    assert {"air-2026Q2.csv.gz", "water-samples-2026.csv", "water-values-2026.csv.gz"} < files
    assert not (lake / "quarantine").exists()
    assert Lake(lake, create=False).version > 0


def test_every_station_says_that_it_is_simulated(lake: Path) -> None:
    stations = Lake(lake, create=False).stations().to_pylist()
    assert len(stations) == 22
    assert {dict(one["attributes"])["simulated"] for one in stations} == {"true"}
    assert {one["region"] for one in stations} == {"990102", "990103", "990104", "990121", "990171"}
    inlet = next(one for one in stations if one["name"] == "清河入湖口断面")
    assert (inlet["kind"], dict(inlet["attributes"])["river"], dict(inlet["attributes"])["basin"]) == (
        "river",
        "清河",
        "清河流域",
    )


def test_every_report_names_a_simulated_source(lake: Path) -> None:
    rows = Statistics.of(Lake(lake, create=False)).reports().rows
    assert len(rows) > 60
    assert [row for row in rows if not row.source.startswith("模拟数据")] == []


def observations(lake: Path) -> pa.Table:
    columns = ["station", "parameter", "statistic", "seconds", "time", "value", "superseded_at", "received_at"]
    return DeltaTable(str(lake / "observations")).to_pyarrow_table(columns=columns)


def test_the_correction_closed_what_had_drifted(lake: Path) -> None:
    closed = [row for row in observations(lake).to_pylist() if row["superseded_at"] is not None]
    assert {(row["station"], row["parameter"]) for row in closed} == {("qh-air-05", "a34004")}
    assert len(closed) > 200  # of the 264 hours from 20 June on


def test_a_lake_that_exists_is_completed_and_not_doubled(city: tuple[Path, list[Delivery]], lake: Path) -> None:
    before = observations(lake).num_rows
    assert take_in(lake, city[1]) == []
    (city[0] / "files" / "taken.json").unlink()
    again = take_in(lake, city[1])
    assert sum(one.added.new + one.added.corrected for one in again) == 0
    assert observations(lake).num_rows == before


def test_a_call_that_was_broken_off_is_completed(city: tuple[Path, list[Delivery]], tmp_path: Path) -> None:
    deliveries = write_city(tmp_path / "files", first=date(2026, 8, 20), last=LAST)

    def stop(name: str, share: float) -> None:
        if "air-2026Q3" in name and share > 0.1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(tmp_path / "lake", deliveries, stop)
    take_in(tmp_path / "lake", deliveries)
    rows = observations(tmp_path / "lake")
    keys = rows.group_by(["station", "parameter", "statistic", "seconds", "time"]).aggregate([])
    assert keys.num_rows == rows.num_rows
    assert len(take_in(tmp_path / "lake", deliveries)) == 0


def test_a_lake_made_anew_is_filled_anew(tmp_path: Path) -> None:
    deliveries = [one for one in write_city(tmp_path / "files", first=LAST, last=LAST) if one.format == "table"]
    assert len(take_in(tmp_path / "lake", deliveries)) == len(deliveries)
    assert len(take_in(tmp_path / "other", deliveries)) == len(deliveries)


def test_a_file_that_is_refused_stops_the_demo(tmp_path: Path) -> None:
    deliveries = write_city(tmp_path / "files", first=LAST, last=LAST)
    one = next(one for one in deliveries if one.path.name.startswith("statistics-2025-final"))
    one.path.write_text(one.path.read_text(encoding="utf-8").replace(",71.5,", ",七十,"), encoding="utf-8")
    with pytest.raises(IntakeError, match=r"statistics-2025-final\.csv：1 处被隔离"):
        take_in(tmp_path / "lake", [one])


# --- people ---


def test_every_entry_finds_its_target(plan: CompiledPlan) -> None:
    assert [row[0] for row in table("people.csv") if not targets_with(plan, row[0])] == []


def test_the_entries_are_read_by_the_board(plan: CompiledPlan, tmp_path: Path) -> None:
    entries = list(read_entries(write_entries(tmp_path, plan)))
    ids = {target.id for target in plan.targets}
    assert {entry.target for entry in entries} <= ids
    assert {entry.what for entry in entries} == {"reference", "baseline", "milestone", "goal", "figure", "judgement"}
    judged = {entry.status for entry in entries if entry.what == "judgement"}
    assert judged == {"met", "on_course", "missed"}
    assert all(entry.reason.startswith("模拟数据") for entry in entries)
