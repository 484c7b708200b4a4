"""What arrives in the lake renews the boards that rest on it, and costs the others nothing."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.portal.board.conftest import idle


@pytest.fixture
def growing(site: Any, lake: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A lake of its own that is looked at anew by every page; what a page shows is renewed at once."""
    from bilan.portal.board import lake as lake_of_pages
    from bilan.portal.board import store

    settings.BILAN_LAKE = tmp_path / "lake"
    shutil.copytree(lake, settings.BILAN_LAKE)
    monkeypatch.setattr(lake_of_pages, "_LOOKED_EVERY", 0.0)
    monkeypatch.setattr(store, "RENEWED_EVERY", 0.0)
    return site


def arrive(folder: Path, station: str, value: float) -> None:
    import pyarrow as pa

    from bilan.observe import Lake

    row = {
        "station": station, "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": value,
        "time": datetime(2026, 3, 31, 15, tzinfo=UTC), "source": "table", "source_ref": f"{station}-{value}",
        "source_line": 2, "unit": "ug/m3", "flag": None, "state": None,
    }  # fmt: skip
    Lake(folder).add([pa.Table.from_pylist([row])], batch=f"{station}-{value}")


def page(site: Any) -> str:
    """The page of the first target without what each has of its own, and the number of the lake's version.

    Nothing is being made any more.
    """
    found = site.text("plan_office", site.target(1))
    idle()
    return re.sub(r"[A-Za-z0-9]{64}|数据湖第 \d+ 版", "", found)  # the former guards forms


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is computed from now on: boards, and how rows came about."""
    from bilan.portal.board import boards

    told: list[str] = []
    board, proof = boards.Making.kept_board, boards.explain
    monkeypatch.setattr(boards.Making, "kept_board", lambda *args: (told.append("board"), board(*args))[1])
    monkeypatch.setattr(boards, "explain", lambda *args, **more: (told.append("proof"), proof(*args, **more))[1])
    return told


def test_what_arrives_elsewhere_costs_no_board_and_no_proof(growing: Any, settings: Any, made: list[str]) -> None:
    before = page(growing)
    made.clear()
    arrive(settings.BILAN_LAKE, "outlet-7", 900.0)
    page(growing)
    assert made == [] and page(growing) == before


def test_an_hour_of_its_stations_renews_both(growing: Any, settings: Any, made: list[str]) -> None:
    before = page(growing)
    made.clear()
    arrive(settings.BILAN_LAKE, "s1", 999.0)
    page(growing), page(growing)  # the first is of a moment ago
    assert sorted(made) == ["board", "proof"] and page(growing) != before


def test_the_places_of_a_plan_are_read_once_for_a_page(site: Any) -> None:
    site.text("plan_office", site.target(1))
    site.logged()
    with CaptureQueriesContext(connection) as asked:
        site.text("plan_office", site.target(1))
    places = [one["sql"] for one in asked if 'FROM "people_region"' in one["sql"] and "parent_id" in one["sql"]]
    assert sum('"people_region"."kind" IN' in sql for sql in places) == 1
