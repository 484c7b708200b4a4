"""The table of agreement: indices and classes that others published, recomputed from their concentrations.

    python tools/agreement.py [--write]

``--write`` puts the table and the misses into docs/methods/agreement.md. The data are those of ``../shared/data``
beside the repository, which are no part of the project; only counts and the places of misses are written.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.oracle.published_air import AIR, DAYS, HOURS, city_days, station_hours  # noqa: E402

from bilan import cli  # noqa: E402

PAGE = ROOT / "docs" / "methods" / "agreement.md"
BEGIN, END = "<!-- agreement: begin -->", "<!-- agreement: end -->"
WATER = ROOT.parent / "shared" / "data" / "water"
HEAD = "| 公布的结果 | 比较 | 行数 | 一致 | 一致率 |\n| --- | --- | ---: | ---: | ---: |"
CLASSES = dict(zip("123456", ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"), strict=True))
_SHOWN = 20  # misses listed of one comparison


@dataclass(frozen=True)
class Line:
    """One comparison: the file, what is compared, how many rows, how many of them equal, and where they differ."""

    source: str
    what: str
    compared: int
    same: int
    misses: tuple[str, ...] = ()

    def __str__(self) -> str:
        share = f"{100 * self.same / self.compared:.3f} %" if self.compared else "—"
        return f"| `{self.source}` | {self.what} | {self.compared} | {self.same} | {share} |"


def air() -> Iterator[Line]:
    """Station hours and city days."""
    for name in HOURS:
        found = station_hours(name)
        yield Line(name, "站点小时 AQI", found.compared, found.same_index, found.misses)
        yield Line(name, "首要污染物", found.compared, found.same_primary or 0)
        if found.withheld:
            yield Line(name, "不报 AQI（5.3.1）", found.withheld, found.same_withheld)
    for name in DAYS:
        days = city_days(name)
        yield Line(name, "城市日 AQI（无零值的行）", days.compared, days.same_index, days.misses)


def water() -> Iterator[Line]:
    """Classes of the automatic stations, of rows whose class does not hang on river or lake."""
    daily = "auto_daily_2020-05_2021-04"
    yield _classes(daily, "断面日类别（原始值，与河湖类型无关的行）", "--values", "raw")
    yield _classes(daily, "断面日类别（显示值，与河湖类型无关的行）", "--values", "shown")
    yield _classes("weekly_2012_2018", "断面周类别（四项）", "--columns", "section=station")


def _classes(name: str, what: str, *options: str) -> Line:
    source = WATER / f"{name}.csv.gz"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "ours.csv")
        if (
            cli.main(["evaluate", "water", "class", "--input", str(source), "-o", str(output), "--quiet", *options])
            == 1
        ):
            sys.exit(1)
        with gzip.open(source, "rt", encoding="utf-8") as theirs, output.open(encoding="utf-8") as ours:
            pairs = list(zip(csv.DictReader(theirs), csv.DictReader(ours), strict=True))
    compared, misses = 0, []
    for line, (published, found) in enumerate(pairs, 2):
        theirs_class = CLASSES.get(published["water_class"], published["water_class"])
        if theirs_class in CLASSES.values() and found["class"]:
            compared += 1
            if theirs_class != found["class"]:
                misses.append(f"第 {line} 行：公布 {theirs_class}，复算 {found['class']}（{found['deciding_items']}）")
    return Line(name, what, compared, compared - len(misses), tuple(misses))


def report() -> str:
    """The table, then every miss."""
    lines = [*air(), *water()]
    parts = [HEAD, *map(str, lines)]
    for line in lines:
        if line.misses:
            parts += ["", f"不一致：`{line.source}`，{line.what}", ""]
            parts += [f"- {miss}" for miss in line.misses[:_SHOWN]]
            if len(line.misses) > _SHOWN:
                parts.append(f"- ……共 {len(line.misses)} 行")
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/methods/agreement.md")
    arguments = parser.parse_args()
    if not (AIR.is_dir() and WATER.is_dir()):
        sys.exit("needs the reference data in ../shared/data")
    table = report()
    print(table, end="")
    if arguments.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        tail = rest.partition(END)[2]
        PAGE.write_text(f"{head}{BEGIN}\n{table}{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
