"""Readings of indicators from the lake, by their code in ``bilan.policy.indicators()``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bilan.errors import BilanError
from bilan.evaluate.air.indicators import AIR, air_reading
from bilan.evaluate.kept import Kept
from bilan.evaluate.reading import Reading
from bilan.evaluate.statistics.reading import statistics_reading
from bilan.evaluate.water.indicators import WATER, water_reading
from bilan.policy import indicators

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period
    from bilan.policy import Region


class IndicatorError(BilanError):
    """No indicator has this code."""


Reader = Callable[..., Reading]
# What has no monitor is reported.
READERS: dict[str, Reader] = {
    **{indicator.code: statistics_reading for indicator in indicators()},
    **dict.fromkeys(AIR, air_reading),
    **dict.fromkeys(WATER, water_reading),
}


def reading(
    code: str,
    lake: Lake,
    backend: SQLBackend,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
    kept: Kept | None = None,
) -> Reading:
    """Return the official value of the indicator ``code`` for ``region`` and ``period``.

    Air and surface water are computed from observations, all others are reported statistics. A value that cannot be
    judged is a reading, too, with its reason. ``kept`` holds the days of air that all indicators of one period are
    computed from. Raises :class:`IndicatorError` for an unknown code.
    """
    known = {indicator.code: indicator for indicator in indicators()}
    if code not in known:
        raise IndicatorError(f"指标表里没有 {code}")
    kept_days = {"kept": kept} if code in AIR else {}
    return READERS[code](known[code], lake, backend, region, period, known_at=known_at, **kept_days)
