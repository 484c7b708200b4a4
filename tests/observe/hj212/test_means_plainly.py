"""The same rules written out plainly, value by value in exact fractions, against the statements over whole tables."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pyarrow as pa
import pytest

from bilan.observe.hj212.loading.means import Outlet, means
from bilan.observe.lake_schema import INCOMING

START = datetime(2024, 5, 1, 4, tzinfo=UTC)
GRAVEST = "FBDMCTSP"

Part = tuple[Fraction | None, Fraction | None, str]  # mean, flow, flag


def drawn(seed: int, share: float) -> dict[int, tuple[float, float | None, str]]:
    """Concentration, flow and flag by minute of three hours, some of them missing."""
    rng = random.Random(seed)
    found = {}
    for minute in range(180):
        if rng.random() < share:
            flow = None if rng.random() < 0.1 else rng.choice([0.0, round(rng.uniform(0, 9), 2)])
            found[minute] = (round(rng.uniform(0, 99), 3), flow, rng.choice("N" * 30 + "DMC"))
    return found


def plain(parts: list[Part], enough: bool, share: int, gravest: str) -> Part:
    """What an interval is by its parts; a value needs three quarters of them to be normal."""
    good = [part for part in parts if part[2] == "N"]
    flag = "N" if enough else "B"
    present = [part for part in parts if part[2] != "B"]  # which only too few parts bear here
    if len(good) * 100 < share * len(present):
        letters = [letter for letter in gravest if any(part[2] == letter for part in present)]
        flag = letters[0] if letters else "D"
    flows = [part[1] for part in good if part[1] is not None]
    flow = sum(flows, Fraction()) / len(flows) if flows else Fraction(1)
    weighed = [(mean, own if own is not None else flow) for mean, own, _ in good if mean is not None]
    total = sum((weight for _, weight in weighed), Fraction())
    if not enough or len(good) * 4 < len(present) * 3 or not total:
        return None, None, flag
    return sum((mean * weight for mean, weight in weighed), Fraction()) / total, None, flag


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("share", [0.99, 0.85, 0.75])
@pytest.mark.parametrize("seed", range(3))
def test_means_are_those_of_the_rules_written_out(seed: int, share: float, weighted: bool) -> None:
    values = drawn(seed, share)
    st, factor = ("32", "w01018") if weighted else ("31", "a21026")
    usual = {"station": "s1", "statistic": "rtd", "seconds": 0, "state": None, "source": "hj212", "source_ref": "f"}
    rows = []
    for minute, (value, flow, flag) in values.items():
        here = usual | {"time": START + timedelta(minutes=minute), "source_line": minute}
        rows.append(here | {"parameter": factor, "value": value, "unit": "mg/L", "flag": flag})
        if flow is not None and weighted:
            rows.append(here | {"parameter": "w00000", "value": flow, "unit": "L/s", "flag": "N"})
    random.Random(seed).shuffle(rows)
    table = pa.Table.from_pylist(rows, INCOMING)
    made = means(table, [Outlet("s1", st)], START, START + timedelta(hours=3), source_ref="r", source_line=1)

    percent, gravest = (100, GRAVEST) if weighted else (75, "")
    tens: dict[int, list[Part]] = defaultdict(list)
    for minute, (value, flow, flag) in values.items():
        carried = Fraction(str(flow)) if flow is not None and weighted else None
        tens[minute // 10].append((Fraction(str(value)), carried, flag))
    ten = {number: plain(parts, len(parts) >= 8, percent, gravest) for number, parts in tens.items()}
    hours: dict[int, list[Part]] = defaultdict(list)
    for number, (mean, _, flag) in ten.items():
        hours[number // 6].append((mean, _flow_of(values, number) if weighted else None, flag))
    valid: dict[int, int] = defaultdict(int)  # minutes
    for number, parts in tens.items():
        valid[number // 6] += sum(part[2] == "N" for part in parts) if ten[number][2] == "N" else 0
    hour = {number: plain(parts, valid[number] >= 45, percent, gravest) for number, parts in hours.items()}

    got = {
        (row["seconds"], (row["time"] - START).total_seconds() / row["seconds"] - 1): (row["value"], row["flag"])
        for row in made.to_pylist()
        if row["parameter"] == factor and row["statistic"] == "avg"
    }
    expected = {(600, number): part for number, part in ten.items()}
    expected |= {(3600, number): part for number, part in hour.items()}
    assert got.keys() == expected.keys()
    for key, (mean, _, flag) in expected.items():
        assert got[key] == (None if mean is None else pytest.approx(float(mean), abs=1e-6), flag), key


def _flow_of(values: dict[int, tuple[float, float | None, str]], number: int) -> Fraction | None:
    """The flow of ten minutes; None where it is not valid, with fewer than eight values."""
    every = (values.get(minute, (0.0, None, ""))[1] for minute in range(number * 10, number * 10 + 10))
    flows = [Fraction(str(flow)) for flow in every if flow is not None]
    return sum(flows, Fraction()) / len(flows) if len(flows) >= 8 else None
