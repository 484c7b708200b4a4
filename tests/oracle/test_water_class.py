"""Classes that the national automatic stations published, recomputed by us."""

from __future__ import annotations

from pathlib import Path

import pytest

from .published_water import DAILY, FOUR_HOURLY, WATER, WEEKLY, Agreement, agreement, kinds_of_another_file

pytestmark = [
    pytest.mark.optional,
    pytest.mark.skipif(not WATER.is_dir(), reason="needs the reference data in ../shared"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kinds")


def shown(found: Agreement) -> str:
    listed = "\n".join(found.misses)
    return f"{found.same} of {found.compared} agree, {found.left_out} left out; all misses:\n{listed}"


@pytest.mark.figure("water.class", "worked")
def test_unrounded_days_that_need_no_type() -> None:
    """The five misses lie on days on which the published class or value looks wrong, not on a limit."""
    found = agreement(DAILY, "--values", "raw")
    assert found.compared > 7800, shown(found)
    assert found.share >= 0.999, shown(found)
    days = [miss.split()[3] for miss in found.misses]
    assert days == ["2020-11-04"] * 3 + ["2021-02-08", "2021-03-29"], shown(found)


@pytest.mark.figure("water.class", "worked")
def test_unrounded_days_typed_by_the_four_hourly_file(folder: Path) -> None:
    """Types learned from April 2021 judge the months before, no day in common."""
    kinds = kinds_of_another_file(FOUR_HOURLY, folder)
    found = agreement(DAILY, "--values", "raw", "--kinds", str(kinds), rows=lambda row: row["file_date"] < "2021-04")
    assert found.compared > 15_000, shown(found)
    assert found.share >= 0.9995, shown(found)


@pytest.mark.figure("water.class", "worked")
def test_four_hourly_values_typed_by_the_days(folder: Path) -> None:
    """Displayed values only, and the published class lags behind: three in four misses are the record before."""
    found = agreement(FOUR_HOURLY, "--kinds", str(kinds_of_another_file(DAILY, folder)))
    assert found.compared > 23_000
    assert found.share >= 0.987, shown(found)


@pytest.mark.figure("water.class", "worked")
def test_weeks_of_four_items() -> None:
    found = agreement(WEEKLY)
    assert found.compared > 21_000
    assert found.share >= 0.994, shown(found)


def test_displayed_values_agree_less_than_unrounded_ones() -> None:
    assert agreement(DAILY, "--values", "shown").share < agreement(DAILY, "--values", "raw").share
