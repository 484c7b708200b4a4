"""Up to which day the air of a region is known, of days told by hand."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bilan.board.facts_air import AirFacts, Days
from bilan.policy.statistics import regions_by_id

CITY = regions_by_id()["990100"]
LAST = date(2026, 9, 20)


def facts() -> AirFacts:
    """Days up to the last one, on which nothing is valid any more from the day before yesterday on."""
    air: Any = SimpleNamespace(cities={CITY.id: ("a",)})
    found = AirFacts(cast(Any, air))
    values = np.ones(30, np.int64)
    valid = np.arange(30) < 28
    days = Days(LAST - timedelta(days=27), {"pm2_5": (values, valid)})
    found.__dict__["_days"] = {"a": days}
    return found


@pytest.mark.parametrize(
    ("behind", "last"),
    [(0, LAST), (1, LAST), (9, LAST), (10, LAST), (11, None), (30, None)],
)
def test_data_may_be_ten_days_on_their_way(behind: int, last: date | None) -> None:
    assert facts().last_day(CITY, LAST + timedelta(days=behind)) == last


def test_a_region_without_a_city_has_no_station() -> None:
    assert facts().has_stations(CITY)
    assert not facts().has_stations(regions_by_id()["990103"])
