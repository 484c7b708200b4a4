"""Published indices of ambient air beside ours, row by row, through the command that anyone can run."""

from __future__ import annotations

import csv
import gzip
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bilan import cli

ROOT = Path(__file__).parents[2]
AIR = ROOT.parent / "shared" / "data" / "air"

# The file, whether a row is an hour or a day, and how the centre names each pollutant.
HOURS = (
    "cnemc_stations_20160114T00",
    "cnemc_stations_20170707T16",
    "cnemc_stations_20180220T07",
    "cnemc_part_20260301T00",
    "cnemc_part_20260301T01",
    "cnemc_part_20260410T14",
)
NAMES = {
    "细颗粒物": "PM2.5", "颗粒物": "PM10", "二氧化硫": "SO2", "二氧化氮": "NO2", "一氧化碳": "CO", "臭氧1小时": "O3",
    "臭氧8小时": "O3",
}  # fmt: skip
DAYS: Mapping[str, Callable[[Mapping[str, str]], bool]] = {
    "tianjin_20140101_20220530": lambda row: row["date"][:4] in ("2016", "2018", "2019", "2020", "2021", "2022"),
    "chengdu_2014_2016": lambda row: row["date"][:4] == "2016",
}
CONCENTRATIONS = ("pm2_5", "pm10", "so2", "no2", "co", "o3_8h")


@dataclass(frozen=True)
class Agreement:
    """Rows compared, rows whose index (and primary pollutants, where published) is the published one, and the rest."""

    name: str
    compared: int
    same_index: int
    same_primary: int | None
    withheld: int
    same_withheld: int
    misses: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return self.compared > 0 and not self.misses


@cache
def station_hours(name: str) -> Agreement:
    """The hours of ``name`` by ``bilan evaluate air aqi --kind hour --mode as-published``."""
    published, ours = _both(AIR / "cnemc" / f"{name}.csv.gz", "hour")
    compared = same_index = same_primary = withheld = same_withheld = 0
    misses = []
    for theirs, mine in zip(published, ours, strict=True):
        assert theirs["stationcode"] == mine["stationcode"]
        if theirs["aqi"] == "NA":
            withheld += 1
            same_withheld += mine["aqi"] == ""
        elif theirs["aqi"]:
            compared += 1
            index = theirs["aqi"] == mine["aqi"]
            primary = primaries(theirs["primarypollutant"]) == set(filter(None, mine["primary"].split(",")))
            same_index += index
            same_primary += primary
            if not (index and primary):
                misses.append(f"{theirs['stationcode']}: {theirs['aqi']} {theirs['primarypollutant']}, {mine}")
    return Agreement(name, compared, same_index, same_primary, withheld, same_withheld, tuple(misses))


@cache
def city_days(name: str) -> Agreement:
    """The days of ``name`` without a zero by ``bilan evaluate air aqi --kind day``."""
    published, ours = _both(AIR / "city_daily" / f"{name}.csv.gz", "day")
    compared = same_index = 0
    misses = []
    for theirs, mine in zip(published, ours, strict=True):
        assert theirs["date"] == mine["date"]
        if not DAYS[name](theirs) or any(float(theirs[item] or 0) == 0 for item in (*CONCENTRATIONS, "aqi")):
            continue
        compared += 1
        same = theirs["aqi"] == mine["aqi"]
        same_index += same
        if not same:
            misses.append(f"{theirs['date']}: {theirs['aqi']}, {mine}")
    return Agreement(name, compared, same_index, None, 0, 0, tuple(misses))


def primaries(text: str) -> set[str]:
    """The formulas of the pollutants that the centre names."""
    parts = (re.sub(r"\(.*?\)", "", part).strip() for part in text.split(","))
    return {NAMES[part] for part in parts if part not in ("", "—", "NA")}


def _both(path: Path, kind: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "ours.csv")
        mode = ["--mode", "as-published"] if kind == "hour" else []
        arguments = ["--input", str(path), "--kind", kind, "-o", str(output), "--quiet", *mode]
        assert cli.main(["evaluate", "air", "aqi", *arguments]) == cli.DONE
        with gzip.open(path, "rt", encoding="utf-8") as theirs, output.open(encoding="utf-8") as mine:
            return list(csv.DictReader(theirs)), list(csv.DictReader(mine))
