"""The files of the demo city: everything that its stations, laboratories and departments handed over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bilan.demo.air_files import write_air
from bilan.demo.delivery import Delivery
from bilan.demo.files import write_text
from bilan.demo.places import SIMULATED
from bilan.demo.statistics import write_statistics
from bilan.demo.water_files import write_water

SEED = 12
FIRST = date(2024, 1, 1)  # two whole years before the one that runs: what a probability asks for at least
LAST = date(2026, 9, 30)  # the day of the demo's board
README = "README.txt"


def write_city(folder: Path, seed: int = SEED, first: date = FIRST, last: date = LAST) -> list[Delivery]:
    """Write the files of the city from ``first`` to ``last`` below ``folder``; return them in the order they came.

    Hourly air of 12 stations, samples and automatic values of 10 sections, mappings for both, and reported statistics.
    The same ``seed`` gives the same bytes; a value does not depend on the days that are asked for. Raises ValueError
    when ``last`` lies before ``first``, OSError where nothing can be written.
    """
    if last < first:
        raise ValueError(f"the last day {last} lies before the first {first}")
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / README, _README)
    made = [*write_air(folder, seed, first, last), *write_water(folder, seed, first, last)]
    made += write_statistics(folder, last)
    return sorted(made, key=lambda one: one.received_at)


_README = f"""{SIMULATED}

这个文件夹里的全部内容都是程序按固定的随机种子模拟的。清河市及其区县、站点、断面、部门和数值均属虚构，
与任何真实的地方无关，不得当作监测或统计结果引用。

air-*.csv.gz             12 个站点的小时值，每季度一个文件；air-correction 是一台漂移仪器后来重报的值
water-samples-*.csv      10 个断面每月的手工采样
water-values-*.csv.gz    4 个断面每 4 小时的自动监测值
statistics-*.csv         各部门报送的统计数，有初步数和最终数
entries.csv              各单位填写的上级数、分解目标和判定，供 bilan board --entries
*.toml                   bilan ingest --format table 读上面文件用的映射
"""
