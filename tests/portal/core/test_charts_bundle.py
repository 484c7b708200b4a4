"""The bundle of charts: written once, small enough, without what the security policy refuses."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

from bilan.portal import core
from bilan.portal.core import charts_bundle
from bilan.portal.core.charts_answer import chart_answer
from bilan.publish.charts_calendar import calendar

STATIC = Path(core.__file__).parent / "static" / "core"
FIRST_VISIT, STYLES_AND_SCRIPTS = 1_500_000, 60_000  # bytes, compressed


def test_written_once_and_renewed_for_another_version(tmp_path: Path) -> None:
    path = charts_bundle.write(tmp_path)
    assert path == tmp_path / "core" / "vega.js"
    first = path.stat().st_mtime_ns
    assert charts_bundle.write(tmp_path).stat().st_mtime_ns == first
    path.write_text("/* of an older version */\n", encoding="utf-8")
    assert charts_bundle.write(tmp_path).stat().st_size > 100_000


def test_weight(tmp_path: Path) -> None:
    bundle = len(gzip.compress(charts_bundle.write(tmp_path).read_bytes()))
    own = sum(len(gzip.compress(file.read_bytes())) for file in STATIC.iterdir())
    assert own < STYLES_AND_SCRIPTS
    assert bundle + own < FIRST_VISIT


def test_a_table_of_ones_own_replaces_the_one_made() -> None:
    days = calendar([(date(2026, 1, 1), 45, "优"), (date(2026, 1, 2), 120, None)])
    made = json.loads(chart_answer(days, "两天").content)["usermeta"]
    assert made["alt"] == "两天"
    assert [row[:2] for row in made["table"]["rows"]] == [["2026-01-01", "45"], ["2026-01-02", "120"]]
    own = json.loads(chart_answer(days, "两天", {"columns": ["日"], "rows": [[1]]}).content)["usermeta"]["table"]
    assert own == {"columns": ["日"], "rows": [[1]]}
