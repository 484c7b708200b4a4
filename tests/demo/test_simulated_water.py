"""The invented water: classes as the plan needs them, a stream that recovers, cold water full of oxygen."""

from __future__ import annotations

import numpy as np

from bilan.demo.places import sections
from bilan.demo.water import of_automatic, sampling_days, true_water

SEED = 12
ROWS = {one.name: row for row, one in enumerate(sections())}


def test_there_are_ten_sections_and_four_of_them_automatic() -> None:
    assert (len(sections()), len(of_automatic())) == (10, 4)
    assert {one.kind for one in sections()} == {"river", "lake"}


def test_one_stream_leaves_inferior_five() -> None:
    row = ROWS["北山河口断面"]
    ammonia = {year: true_water(SEED, year)["nh3n"][row].mean() for year in (2024, 2025, 2026)}
    assert ammonia[2024] > ammonia[2025] > 2.0 > ammonia[2026] > 1.5  # GB 3838-2002: Ⅴ to 2.0, Ⅳ to 1.5 mg/L


def test_the_inlet_keeps_class_three() -> None:
    water, row = true_water(SEED, 2026), ROWS["清河入湖口断面"]
    assert (water["codmn"][row].mean() <= 6, water["nh3n"][row].mean() <= 1, water["tp"][row].mean() <= 0.2) == (
        True,
        True,
        True,
    )
    assert water["do"][row].mean() >= 5


def test_cold_water_holds_more_oxygen() -> None:
    oxygen = true_water(SEED, 2025)["do"]
    assert (oxygen[:, : 59 * 6].mean(axis=1) > 1.2 * oxygen[:, 181 * 6 : 243 * 6].mean(axis=1)).all()


def test_samples_are_taken_once_a_month_on_working_days() -> None:
    days = sampling_days(SEED, 2026)
    assert [day.month for day in days] == list(range(1, 13))
    assert max(day.weekday() for day in days) <= 4


def test_another_seed_is_other_water() -> None:
    assert not np.isclose(true_water(SEED, 2025)["tp"], true_water(SEED + 1, 2025)["tp"]).all()
