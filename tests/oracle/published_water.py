"""Published classes of surface water beside ours, row by row, through the command that anyone can run."""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bilan import cli

ROOT = Path(__file__).parents[2]
WATER = ROOT.parent / "shared" / "data" / "water"
DAILY, FOUR_HOURLY, WEEKLY = "auto_daily_2020-05_2021-04", "auto_4h_2021-04", "weekly_2012_2018"
NAMES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
NUMBERS = dict(zip("123456", NAMES, strict=True))
SECTION = ("province", "basin", "section")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Agreement:
    """Rows with a class on both sides, those of one class, published ones without ours, and where we differ."""

    compared: int
    same: int
    left_out: int
    misses: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.same / self.compared


@cache
def published_and_ours(name: str, *options: str) -> tuple[tuple[Row, Row], ...]:
    """The rows of the file ``name`` with those that ``bilan evaluate water class`` makes of it."""
    source = WATER / f"{name}.csv.gz"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "ours.csv")
        arguments = ["evaluate", "water", "class", "--input", str(source), "-o", str(output), "--quiet", *options]
        assert cli.main(arguments) == cli.DONE
        with gzip.open(source, "rt", encoding="utf-8") as theirs, output.open(encoding="utf-8") as mine:
            return tuple(zip(csv.DictReader(theirs), csv.DictReader(mine), strict=True))


def agreement(name: str, *options: str, rows: Callable[[Row], bool] = lambda row: True) -> Agreement:
    """How the published classes of ``name`` agree with ours, over the ``rows`` that count."""
    compared = same = left_out = 0
    misses = []
    for line, (theirs, mine) in enumerate(published_and_ours(name, *options), 2):
        wanted = NUMBERS.get(theirs["water_class"], theirs["water_class"])
        if wanted not in NAMES or not rows(theirs):
            continue
        if not mine["class"]:
            left_out += 1
            continue
        compared += 1
        same += wanted == mine["class"]
        if wanted != mine["class"]:
            when = "".join(f" {theirs[name]}" for name in ("file_date", "obs_time") if theirs.get(name))
            misses.append(f"第 {line} 行{when}：公布 {wanted}，复算 {mine['class']}（{mine['deciding_items']}）")
    return Agreement(compared, same, left_out, tuple(misses))


@cache
def kinds_of_another_file(learner: str, folder: Path) -> Path:
    """River or lake of the sections by which phosphorus column reproduces the classes published in ``learner`` alone.

    A section is what all but a tenth of the rows that tell the two apart say that it is.
    """
    votes: dict[tuple[str, ...], dict[str, int]] = {}
    by_body = {
        body: published_and_ours(learner, "--kinds", str(_all(body, learner, folder))) for body in ("river", "lake")
    }
    for (theirs, river), (_, lake) in zip(by_body["river"], by_body["lake"], strict=True):
        if theirs["water_class"] in NAMES and river["class"] != lake["class"]:
            found = votes.setdefault(tuple(theirs[name] for name in SECTION), {"river": 0, "lake": 0})
            for body, mine in (("river", river), ("lake", lake)):
                found[body] += theirs["water_class"] == mine["class"]
    path = folder / f"kinds-of-{learner}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*SECTION, "kind"])
        for section, counts in sorted(votes.items()):
            body = max(counts, key=lambda name: counts[name])
            if counts[body] >= 0.9 * sum(counts.values()) and counts[body]:
                writer.writerow([*section, body])
    return path


def _all(body: str, name: str, folder: Path) -> Path:
    """A table that says ``body`` of every section of ``name``."""
    path = folder / f"{body}-{name}.csv"
    with gzip.open(WATER / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        sections = sorted({tuple(row[column] for column in SECTION) for row in csv.DictReader(file)})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*SECTION, "kind"])
        writer.writerows([*section, body] for section in sections)
    return path
