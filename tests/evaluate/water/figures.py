"""Every figure of surface water as an expression over a few invented rows, for a comparison of engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from bilan.evaluate.exact import shared
from bilan.evaluate.water.averages import lake_means, section_means
from bilan.evaluate.water.black_odorous import body_grades, point_grades
from bilan.evaluate.water.change import river_changes, section_changes, trends
from bilan.evaluate.water.classes import Way, classified
from bilan.evaluate.water.drinking import compliance, sources_judged
from bilan.evaluate.water.grades import river_grades
from bilan.evaluate.water.items import evaluated
from bilan.evaluate.water.observations import classes_of_periods
from bilan.evaluate.water.pollutants import with_exceeding, with_pollutants
from bilan.evaluate.water.ranking import city_indices, ranked
from bilan.evaluate.water.shares import shares
from bilan.evaluate.water.trophic import trophic_levels

from .sections import wide

MANUAL = Way.of("manual")

NAMES = (
    "class",
    "class_manual",
    "pollutants",
    "means",
    "quarters",
    "weeks",
    "ten_days",
    "lakes",
    "river_grades",
    "shares",
    "section_changes",
    "river_changes",
    "trends",
    "tli",
    "cities",
    "sources",
    "compliance",
    "points",
    "waters",
    "lake",
)


def rows(first: date = date(2019, 12, 1)) -> list[dict[str, Any]]:
    """Sixty days from ``first`` on of eight sections with gaps, at limits and between them."""
    found = []
    for n in range(480):
        place, turn = n % 8, n // 8
        found.append(
            {
                "section": f"s{place}",
                "river": "清河" if place < 3 else "云江",
                "city": f"c{place % 3}",
                "body": ("river", "lake", None)[place % 3] if turn % 5 else "river",
                "day": first + timedelta(days=turn),
                "ph": f"{6 + (n * 7 % 40) / 10:.1f}",
                "do": f"{(n * 13 % 120) / 10:.1f}",
                "codmn": f"{(n * 17 % 180) / 10:.2f}",
                "nh3n": None if n % 11 == 0 else f"{(n * 29 % 300) / 100:.3f}",
                "tp": f"{(n * 31 % 450) / 1000:.4f}",
                "pb": f"{(n * 3 % 12) / 100:.3f}",
                "chla": f"{(n * 5 % 90) / 3:.4f}",
                "tn": f"{(n * 7 % 60) / 10:.2f}",
                "sd": f"{(n * 3 % 40) / 100:.2f}",
                "orp": str(n * 37 % 400 - 250),
                "water_temp": str(n % 36),
                "withheld": "总磷（--）" if n % 17 == 0 else None,
            }
        )
    return found


def figures(start: date = date(2019, 12, 1)) -> Mapping[str, tuple[ir.Table, list[str]]]:
    """The expressions by name, over the ``rows`` from ``start`` on, each with the columns that order its rows."""
    table = wide(rows(start))
    judged = shared(classified(table))
    items = list(evaluated("auto"))
    means = shared(section_means(table, ["section", "river"], "month", items))
    manual = shared(classified(table, MANUAL))
    sources = sources_judged(table.mutate(kind=table.body))
    volumes = shared(sources.mutate(volume=sources["row"] * 7 + 1))
    points = shared(point_grades(table, ["river", "section"]))
    one, two = judged.filter(judged["row"] < 8), judged.filter((judged["row"] >= 8) & (judged["row"] < 16))
    series = judged.filter(judged["row"] < 80).mutate(year=judged["row"], value=judged.class_number)
    first = table.filter(table["row"] < 8)
    grades = (shares(part, ["river"]) for part in (one, two))
    return {
        "class": (judged, ["row"]),
        "class_manual": (manual, ["row"]),
        "pollutants": (with_exceeding(with_pollutants(manual, ["row"], "manual"), ["row"], "manual"), ["row"]),
        "means": (means, ["section", "first"]),
        "quarters": (section_means(table, ["section"], "quarter", items), ["section", "first"]),
        "weeks": (section_means(table, ["section"], "week", items), ["section", "first"]),
        "ten_days": (section_means(table, ["section"], "ten_days", items), ["section", "first"]),
        "lakes": (lake_means(means, ["river"], items), ["river", "first"]),
        "river_grades": (river_grades(first, "river", "section"), ["river"]),
        "shares": (shares(judged, ["river"]), ["river"]),
        "section_changes": (section_changes(one, two, ["section"]), ["section"]),
        "river_changes": (river_changes(*grades, ["river"]), ["river"]),
        "trends": (trends(series, ["section"]), ["section"]),
        "tli": (trophic_levels(table), ["row"]),
        "cities": (ranked(city_indices(first), city_indices(table)), ["city"]),
        "sources": (sources, ["row"]),
        "compliance": (compliance(volumes, ["river"]), ["river"]),
        "points": (points, ["section"]),
        "waters": (body_grades(points, ["river"]), ["river"]),
        "lake": (classes_of_periods(*observed(start), "month"), ["station", "period"]),
    }


def observed(start: date = date(2019, 12, 1)) -> tuple[ir.Table, ir.Table]:
    """Observations and stations as the lake has them."""
    codes = {"ph": "w01001", "do": "w01009", "codmn": "w01019", "nh3n": "w21003", "tp": "w21011"}
    facts = [
        {
            "station": row["section"],
            "parameter": code,
            "statistic": "value",
            "seconds": 0,
            "time": datetime.combine(row["day"], datetime.min.time()),
            "day": row["day"],
            "value": float(row[item]),
            "unit": "" if item == "ph" else "mg/L",
            "flag": "M" if row["withheld"] else None,
        }
        for row in rows(start)
        for item, code in codes.items()
        if row[item] is not None
    ]
    stations = pa.table({"id": [f"s{n}" for n in range(8)], "kind": ["river", "lake"] * 4})
    return ibis.memtable(pa.Table.from_pylist(facts)), ibis.memtable(stations)
