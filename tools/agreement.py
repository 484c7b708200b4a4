"""The table of agreement: indices and classes that others published, recomputed from their concentrations.

    python tools/agreement.py [--write]

``--write`` puts the table and the misses into docs/methods/agreement.md. The data are those of ``../shared/data``
beside the repository, which are no part of the project; only counts and the places of misses are written.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.oracle.published_air import AIR, DAYS, HOURS, city_days, station_hours  # noqa: E402
from tests.oracle.published_water import (  # noqa: E402
    DAILY,
    FOUR_HOURLY,
    WATER,
    WEEKLY,
    Row,
    agreement,
    kinds_of_another_file,
)

PAGE = ROOT / "docs" / "methods" / "agreement.md"
BEGIN, END = "<!-- agreement: begin -->", "<!-- agreement: end -->"
HEAD = "| 公布的结果 | 比较 | 行数 | 一致 | 一致率 | 未比较 |\n| --- | --- | ---: | ---: | ---: | ---: |"
_SHOWN = 30  # misses listed of one comparison; the others are folded away


@dataclass(frozen=True)
class Line:
    """One comparison: the file, what is compared, how many rows, how many of them equal, and where they differ.

    ``left_out``: rows with a published class of which we give none; an index that we do not give is a miss.
    """

    source: str
    what: str
    compared: int
    same: int
    misses: tuple[str, ...] = ()
    left_out: int = 0

    def __str__(self) -> str:
        share = f"{100 * self.same / self.compared:.3f} %" if self.compared else "—"
        return f"| `{self.source}` | {self.what} | {self.compared} | {self.same} | {share} | {self.left_out} |"

    def listed(self) -> Iterator[str]:
        """Every miss, those beyond the first ones folded away."""
        if not self.misses:
            return
        yield from ("", f"不一致：`{self.source}`，{self.what}", "")
        yield from (f"- {miss}" for miss in self.misses[:_SHOWN])
        rest = self.misses[_SHOWN:]
        if rest:
            yield from ("", f"<details><summary>其余 {len(rest)} 行，共 {len(self.misses)} 行</summary>", "<ul>")
            yield from (f"<li>{escape(miss)}</li>" for miss in rest)
            yield from ("</ul>", "</details>")


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
    """Classes of the automatic stations: rows whose class does not hang on river or lake, and rows with a type that
    was learned from another file."""
    untyped = "与河湖类型无关的行"
    yield _classes(DAILY, f"断面日类别（原始值，{untyped}）", "--values", "raw")
    yield _classes(DAILY, f"断面日类别（显示值，{untyped}）", "--values", "shown")
    with tempfile.TemporaryDirectory() as folder:
        by_hours, by_days = (str(kinds_of_another_file(name, Path(folder))) for name in (FOUR_HOURLY, DAILY))
        before = "断面日类别（原始值，2021 年 4 月以前，类型由四小时数据推定）"
        yield _classes(
            DAILY, before, "--values", "raw", "--kinds", by_hours, rows=lambda row: row["file_date"] < "2021-04"
        )
        yield _classes(FOUR_HOURLY, "断面四小时类别（显示值，类型由日数据推定）", "--kinds", by_days)
    yield _classes(WEEKLY, "断面周类别（四项）")


def _classes(name: str, what: str, *options: str, rows: Callable[[Row], bool] = lambda row: True) -> Line:
    found = agreement(name, *options, rows=rows)
    return Line(name, what, found.compared, found.same, found.misses, found.left_out)


def report() -> str:
    """The table, then every miss."""
    lines = [*air(), *water()]
    listed = [text for line in lines for text in line.listed()]
    return "\n".join([HEAD, *map(str, lines), *listed]) + "\n"


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
