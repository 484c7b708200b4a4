"""Seasons as months: those over the year's end, those within it, and what has no months for all."""

from __future__ import annotations

from datetime import date

import pytest

from bilan.policy.seasons import season


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("秋冬季", "2026-10/2027-03"),
        ("采暖季", "2026-11/2027-03"),
        ("供暖季", "2026-11/2027-03"),
        ("取暖季", "2026-11/2027-03"),
        ("冬季", "2026-12/2027-02"),
        ("汛期", "2026-05/2026-09"),
        ("春季", "2026-03/2026-05"),
        ("夏季", "2026-06/2026-08"),
        ("秋季", "2026-09/2026-11"),
        ("年均", "2026"),
        ("全年", "2026"),
    ],
)
def test_the_months_of_a_season(name: str, period: str) -> None:
    found = season(name)
    assert found is not None
    assert str(found.of(2026)) == period
    assert found.source


@pytest.mark.parametrize("name", ["丰水期", "平水期", "枯水期", "旺季"])
def test_what_differs_from_river_to_river_has_no_months(name: str) -> None:
    assert season(name) is None


def test_what_differs_from_place_to_place_says_so() -> None:
    assert [name for name in ("汛期", "采暖季", "秋冬季", "冬季") if season(name).unverified] == ["汛期", "采暖季"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "day", "since", "period"),
    [
        ("秋冬季", "2026-09-30", None, "2025-10/2026-03"),
        ("秋冬季", "2026-10-01", None, "2026-10/2027-03"),
        ("秋冬季", "2027-03-31", None, "2026-10/2027-03"),
        ("汛期", "2026-12-31", None, "2026-05/2026-09"),  # over, and stands until the next begins
        ("汛期", "2027-04-30", None, "2026-05/2026-09"),
        ("汛期", "2027-05-01", None, "2027-05/2027-09"),
        # one that began before the plan is not asked by it
        ("秋冬季", "2026-02-01", "2026-01-01", "2026-10/2027-03"),
        ("夏季", "2026-02-01", "2026-01-01", "2026-06/2026-08"),
        ("春季", "2026-07-01", "2026-07-01", "2027-03/2027-05"),
    ],
)
def test_the_season_that_began_last(name: str, day: str, since: str | None, period: str) -> None:
    found = season(name)
    assert found is not None
    assert str(found.latest(date.fromisoformat(day), date.fromisoformat(since) if since else None)) == period
