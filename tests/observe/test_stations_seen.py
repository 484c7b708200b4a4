"""What files of several years say of one station: the newest word holds, in whatever order they are imported."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from bilan.observe import Lake
from bilan.observe.importers.cnemc import CnemcImporter
from bilan.observe.ingest import ingest

HEAD = "timepoint,area,positionname,stationcode,pm2_5,pm10,so2,no2,co,o3\n"


def file(folder: Path, year: int, name: str) -> Path:
    path = folder / f"{year}.csv"
    path.write_text(
        HEAD + f"{year}-03-01T08:00:00,清河市,{name},9001A,{year - 1980},72,2,20,0.8,41\n", encoding="utf-8"
    )
    return path


def station(lake: str) -> dict[str, Any]:
    (row,) = Lake(lake).stations().to_pylist()
    return row


@pytest.mark.parametrize("years", list(permutations((2016, 2018, 2021))))
def test_the_newest_name_holds_in_any_order(tmp_path: Path, years: tuple[int, ...]) -> None:
    names = {2016: "旧名", 2018: "中名", 2021: "新名"}
    lake = str(tmp_path / "lake")
    for year in years:
        ingest(lake, CnemcImporter, [file(tmp_path, year, names[year])])
    assert station(lake)["name"] == "新名"
    assert ingest(lake, CnemcImporter, [file(tmp_path, 2016, names[2016])]).stations == 0


def test_all_files_at_once(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    files = [file(tmp_path, year, name) for year, name in ((2021, "新名"), (2016, "旧名"))]
    assert ingest(lake, CnemcImporter, files).stations == 1
    assert station(lake)["name"] == "新名"


def test_an_older_file_fills_what_is_open(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    ingest(lake, CnemcImporter, [file(tmp_path, 2021, "")])
    assert station(lake)["name"] is None
    assert ingest(lake, CnemcImporter, [file(tmp_path, 2016, "旧名")]).stations == 1
    assert station(lake)["name"] == "旧名"
