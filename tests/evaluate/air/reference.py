"""The methods of ambient air in plain Python on fractions, written from the text of the standards.

Slow, short, and without anything in common with ``bilan.evaluate`` on purpose: the tables are typed over once more.
HJ 633-2012 and HJ 633-2026 (index), GB 3095-2012 and GB 3095-2026 (limits, validity), HJ 663-2013 (statistics),
环办监测〔2018〕19号 (composite index and ranking).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil, floor

POLLUTANTS = {"so2": "SO2", "no2": "NO2", "pm10": "PM10", "pm2_5": "PM2.5", "co": "CO", "o3": "O3"}
OLD, NEW = "2012", "2026"
LEVELS = (0, 50, 100, 150, 200, 300, 400, 500)
SAME = {
    "so2_24h": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "so2_1h": (0, 150, 500, 650, 800),
    "no2_24h": (0, 40, 80, 180, 280, 565, 750, 940),
    "no2_1h": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co_24h": (0, 2, 4, 14, 24, 36, 48, 60),
    "co_1h": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3_8h": (0, 100, 160, 215, 265, 800),
    "o3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
}
TABLE = {
    OLD: SAME
    | {
        "pm10_24h": (0, 50, 150, 250, 350, 420, 500, 600),
        "pm2_5_24h": (0, 35, 75, 115, 150, 250, 350, 500),
    },
    NEW: SAME
    | {
        "pm10_24h": (0, 50, 120, 250, 350, 420, 500, 600),
        "pm2_5_24h": (0, 35, 60, 115, 150, 250, 350, 500),
    },
}
CATEGORIES = ((50, "优"), (100, "良"), (150, "轻度污染"), (200, "中度污染"), (300, "重度污染"))
REPORTS = {  # column, line of table 1
    ("day", OLD, "strict"): {
        "so2": "so2_24h", "no2": "no2_24h", "pm10": "pm10_24h", "pm2_5": "pm2_5_24h", "co": "co_24h", "o3_8h": "o3_8h",
        "o3_1h": "o3_1h",
    },
    ("day", OLD, "published"): {
        "so2": "so2_24h", "no2": "no2_24h", "pm10": "pm10_24h", "pm2_5": "pm2_5_24h", "co": "co_24h", "o3_8h": "o3_8h",
    },
    ("hour", OLD, "strict"): {
        "so2": "so2_1h", "no2": "no2_1h", "pm10_24h": "pm10_24h", "pm2_5_24h": "pm2_5_24h", "co": "co_1h",
        "o3": "o3_1h", "o3_8h": "o3_8h",
    },
    ("hour", OLD, "published"): {
        "so2": "so2_1h", "no2": "no2_1h", "pm10": "pm10_24h", "pm2_5": "pm2_5_24h", "co": "co_1h", "o3": "o3_1h",
    },
    ("day", NEW, "strict"): {
        "so2": "so2_24h", "no2": "no2_24h", "pm10": "pm10_24h", "pm2_5": "pm2_5_24h", "co": "co_24h", "o3_8h": "o3_8h",
    },
    ("hour", NEW, "strict"): {
        "so2": "so2_1h", "no2": "no2_1h", "pm10": "pm10_24h", "pm2_5": "pm2_5_24h", "co": "co_1h", "o3": "o3_1h",
    },
}  # fmt: skip
REPORTS["day", NEW, "published"] = REPORTS["day", NEW, "strict"]
REPORTS["hour", NEW, "published"] = REPORTS["hour", NEW, "strict"]

Values = Mapping[str, Fraction | None]


def pollutant_of(item: str) -> str:
    return max((name for name in POLLUTANTS if item.startswith(name)), key=len)


def half_even(value: Fraction, digits: int = 0) -> Fraction:
    """GB/T 8170: to ``digits`` decimals, a tie to the even neighbour."""
    return Fraction(round(value * 10**digits), 10**digits)


def regime_of(day: date) -> str:
    return NEW if day >= date(2026, 3, 1) else OLD


@cache
def single_index(line: str, concentration: Fraction, regime: str) -> int | None:
    """IAQI = (IH - IL) / (BH - BL) x (C - BL) + IL, rounded up; None above the last breakpoint of a line that ends."""
    points = TABLE[regime][line]
    for k in range(1, len(points)):
        low, high = points[k - 1], points[k]
        if concentration <= high:
            steep = Fraction(LEVELS[k] - LEVELS[k - 1], high - low)
            return ceil(steep * (concentration - low) + LEVELS[k - 1])
    return 500 if len(points) == len(LEVELS) else None


@dataclass
class Index:
    """What a report says of one place and time."""

    iaqi: dict[str, int | None]
    aqi: int | None
    primary: str | None
    category: str | None
    missing: set[str] = field(default_factory=set)


def air_quality_index(report: str, mode: str, regime: str, values: Values, off: Iterable[str] = ()) -> Index:
    """The report of one row; ``values`` by column, ``off`` the items that are not monitored there ("/")."""
    lines = REPORTS[report, regime, mode]
    singles: dict[str, list[int]] = {name: [] for name in POLLUTANTS}
    missing: set[str] = set()
    for item, line in lines.items():
        found = _item_index(item, line, regime, values)
        if found is not None:
            singles[pollutant_of(item)].append(found)
        elif item not in off and item != "o3_1h":
            missing.add(item)
    iaqi = {name: max(found, default=None) for name, found in singles.items()}
    highest = max((i for i in iaqi.values() if i is not None), default=None)
    unknown = any(item in missing and _is_beyond(item, line, regime, values) for item, line in lines.items())
    if highest is None or (highest <= 100 and _withholding(missing, mode, regime)) or (unknown and highest < 500):
        return Index(iaqi, None, None, None, missing)
    aqi = max(highest, 1) if regime == NEW else highest
    primary = ",".join(POLLUTANTS[n] for n, i in iaqi.items() if i == aqi) if aqi > 50 else None
    return Index(iaqi, aqi, primary, category(aqi), missing)


def category(aqi: int) -> str:
    return next((name for last, name in CATEGORIES if aqi <= last), "严重污染")


def _withholding(missing: set[str], mode: str, regime: str) -> bool:
    """HJ 633-2026 5.3.1; the national feed does not apply it to PM10."""
    return regime == NEW and bool(missing - ({"pm10"} if mode == "published" else set()))


def _is_beyond(item: str, line: str, regime: str, values: Values) -> bool:
    """Whether the concentration is above the last breakpoint of a line that ends before 500."""
    value = _taken(item, regime, values)
    return value is not None and single_index(line, value, regime) is None


def _item_index(item: str, line: str, regime: str, values: Values) -> int | None:
    value = _taken(item, regime, values)
    if value is None:
        return None
    found = single_index(line, value, regime)
    if found is not None:
        return found
    if regime == NEW:
        return 200 if line == "so2_1h" else 300
    if line == "so2_1h":
        others, instead = ("so2_24h",), "so2_24h"
    else:  # the hour of ozone is `o3` in the real-time report
        others, instead = ("o3_1h", "o3"), "o3_1h"
    value = next((v for v in (_taken(other, regime, values) for other in others) if v is not None), None)
    return None if value is None else single_index(instead, value, regime)


def _taken(item: str, regime: str, values: Values) -> Fraction | None:
    """The concentration as the index takes it: not below 0, rounded by HJ 633-2026 only."""
    value = values.get(item)
    if value is None:
        return None
    value = max(value, Fraction(0))
    return value if regime == OLD else half_even(value, 1 if pollutant_of(item) == "co" else 0)


Hours = Mapping[int, Fraction]  # by label 1 to 24


def daily_mean(hours: Hours) -> Fraction | None:
    return mean(hours.values()) if len(hours) >= 20 else None


def mean(values: Iterable[Fraction]) -> Fraction:
    listed = list(values)
    return sum(listed, Fraction(0)) / len(listed)


def largest_8h(hours: Hours, limit: int = 160) -> Fraction | None:
    """Of the means labelled 8 to 24, each of 6 hours or more; 14 of them, or one above the limit."""
    windows = [[hours[h] for h in range(end - 7, end + 1) if h in hours] for end in range(8, 25)]
    means = [mean(window) for window in windows if len(window) >= 6]
    if not means or (len(means) < 14 and max(means) <= limit):
        return None
    return max(means)


def percentile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """HJ 663 annex A: k = 1 + (n - 1) p, m = X(s) + (k - s)(X(s+1) - X(s)) over the ascending X(1..n)."""
    ordered = sorted(values)
    k = 1 + (len(ordered) - 1) * share
    s = floor(k)
    return ordered[s - 1] if s == k else ordered[s - 1] + (k - s) * (ordered[s] - ordered[s - 1])


INDEX_LIMITS = {"so2": 60, "no2": 40, "pm10": 70, "pm2_5": 35, "co": 4, "o3": 160}


def composite_index(statistics: Mapping[str, Fraction], limits: Mapping[str, int] | None = None) -> Fraction:
    """The sum of the single indices, each rounded to two decimals."""
    return sum((half_even(statistics[n] / limit, 2) for n, limit in (limits or INDEX_LIMITS).items()), Fraction(0))


PERCENTS = {"so2": 98, "no2": 98, "pm10": 95, "pm2_5": 95, "co": 95, "o3": 90}
PERCENTILES: dict[str, tuple[int | None, int]] = {"co": (None, 4), "o3": (None, 160)}
YEAR_LIMITS: dict[str, dict[str, tuple[int | None, int]]] = {  # class II: mean (None: no limit), percentile
    "2012": {"so2": (60, 150), "no2": (40, 80), "pm10": (70, 150), "pm2_5": (35, 75)} | PERCENTILES,
    "2026": {"so2": (60, 150), "no2": (40, 80), "pm10": (60, 120), "pm2_5": (30, 60)} | PERCENTILES,
    "2031": {"so2": (20, 50), "no2": (30, 50), "pm10": (50, 100), "pm2_5": (25, 50)} | PERCENTILES,
}  # fmt: skip
