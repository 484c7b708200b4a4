"""Does the year make its target? The probability of attainment against three simple ways, on real data in one run.

    python bench/attainment.py [FOLDER] [--column pm2_5]

Leaves out one year of a city at a time and asks after months 3 to 11 of it: will its mean stay within 0.93, 0.98, 1.02
and 1.07 times what it came to in truth? Every way learns from the other years of the city alone; ours also from other
cities' years, those that overlap the year in question left out, and no way sees the year beyond its cut. FOLDER
(``../shared/data/air`` beside the project) holds PRSA station hours, whose years begin on 1 March, and city days.
``--past`` learns from earlier years only, as one must in earnest. ``--column``: pm2_5, pm10, so2, no2, co, or good,
the share of days with an AQI up to 100.

The promise: for each city a Brier score no worse than the best of the three, a better one on average, and 90 %
intervals that hold 85 to 95 times in 100.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import fmean, median, stdev

from attainment_data import COLUMNS, City, cities
from attainment_rivals import RIVALS, Distribution, whole

from bilan.foresee import Limit, attainment
from bilan.foresee.attainment_scale import MEAN, SHARE, Scale
from bilan.foresee.attainment_years import Series, Year, occurrence, occurrences, same_day
from bilan.periods import Period

ROOT = Path(__file__).parents[1]
MONTHS = range(3, 12)
FACTORS = (0.93, 0.98, 1.02, 1.07)
OURS, ALONE = "bilan", "bilan alone"
WAYS = (OURS, ALONE, *RIVALS)


@dataclass(frozen=True, slots=True)
class Told:
    """What a way said of one year after one month, judged: errors and width relative to the true figure."""

    year: int
    brier: float
    held: bool
    width: float
    error: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT.parent / "shared" / "data" / "air")
    parser.add_argument("--column", choices=(*COLUMNS, "good"), default="pm2_5")
    parser.add_argument("--past", action="store_true", help="learn from earlier years alone, as one must in earnest")
    options = parser.parse_args()
    began = time.perf_counter()
    known = cities(options.folder, options.column)
    scale = SHARE if options.column == "good" else MEAN
    results: dict[str, dict[str, list[Told]]] = {}
    for city in known:
        results[city.name] = {way: [] for way in WAYS}
        for way, told in backtest(city, [other.series for other in known if other is not city], scale, options.past):
            results[city.name][way].append(told)
    report(options.column, "learn from earlier years" if options.past else "leave one year out", results)
    print(f"\n{time.perf_counter() - began:.0f} s")
    return 0


def backtest(city: City, others: Sequence[Series], scale: Scale, past: bool) -> Iterator[tuple[str, Told]]:
    """What every way says of every year of ``city`` after every month, the others' overlapping years left out."""
    last = same_day(city.series.first, 0) + timedelta(days=len(city.series.values))
    for year in range(city.series.first.year, last.year + 1):
        for month in MONTHS:
            period, cut = year_of(year, city.month, month)
            now = occurrence(city.series, period, cut)
            own = usable(occurrences(city.series, period, cut), now, past)
            if now.share < attainment.MINIMUM_SHARE or len(own) < attainment.MINIMUM_YEARS:
                continue
            pool = [usable(occurrences(other, period, cut), now, past) for other in others]
            yield OURS, ours(now, own, pool, scale)
            yield ALONE, ours(now, own, [], scale)
            for name, rival in RIVALS.items():
                yield name, theirs(now, rival(now, own))


def year_of(year: int, begin: int, months: int) -> tuple[Period, date]:
    """The year that begins with month ``begin`` and its last day of month number ``months``."""
    text = f"{year}" if begin == 1 else f"{year}-{begin:02}/{year + 1}-{begin - 1:02}"
    after = begin - 1 + months
    return Period.parse(text), date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def usable(years: Iterable[Year], now: Year, past: bool) -> list[Year]:
    """The years with enough values in both parts and no day in common with ``now``, or all of them before it."""
    return [
        year
        for year in years
        if year.share >= attainment.MINIMUM_SHARE and not year.overlaps(now) and (year.last < now.first or not past)
    ]


def ours(now: Year, own: Sequence[Year], pool: Sequence[Sequence[Year]], scale: Scale) -> Told:
    true = whole(now)
    learned = attainment.learn_from(now, own, pool, scale=scale)
    told = [learned.outlook(Limit("at_most", Decimal(repr(true * factor)))) for factor in FACTORS]
    said = [outlook.probability for outlook in told]
    return verdict(now, said, told[0].low, told[0].middle, told[0].high)


def theirs(now: Year, found: Distribution) -> Told:
    true = whole(now)
    said = [found.below(true * factor) for factor in FACTORS]
    low, middle, high = (found.quantile(probability) for probability in (0.05, 0.5, 0.95))
    return verdict(now, said, low, middle, high)


def verdict(now: Year, said: Sequence[float | None], *band: float | None) -> Told:
    assert None not in (*said, *band), "a year with enough history has a number"
    low, middle, high = band
    true = whole(now)
    brier = fmean((p - (factor > 1)) ** 2 for p, factor in zip(said, FACTORS, strict=True))
    return Told(now.first.year, brier, low <= true <= high, (high - low) / true, abs(middle / true - 1))


def report(column: str, plan: str, results: dict[str, dict[str, list[Told]]]) -> None:
    print(f"{column}: {plan}, after months {MONTHS[0]} to {MONTHS[-1]}, targets {FACTORS} of the truth\n")
    print("| city | cases | way | Brier | 90 % held | width | median error |")
    print("|---|---:|---|---:|---:|---:|---:|")
    judged = {city: ways for city, ways in results.items() if ways[OURS]}
    for city, ways in judged.items():
        for way, told in ways.items():
            row(city, len(told), way, *summary(told))
    for way in WAYS:
        row("**average**", len(judged), way, *average(way, judged))
    for city in sorted(results.keys() - judged.keys()):
        print(f"\n{city}: not enough history (fewer than {attainment.MINIMUM_YEARS} other years)")
    print()
    for promise, kept in promises(judged):
        print(f"{promise}: {'kept' if kept else 'BROKEN'}")


def average(way: str, judged: dict[str, dict[str, list[Told]]]) -> list[float]:
    """The means over cities of what :func:`summary` says of ``way``."""
    return [fmean(column) for column in zip(*(summary(ways[way]) for ways in judged.values()), strict=True)]


def summary(told: Sequence[Told]) -> tuple[float, float, float, float]:
    """Brier score, share of intervals that held, mean width, median error."""
    brier, held, width = (fmean(getattr(one, name) for one in told) for name in ("brier", "held", "width"))
    return brier, held, width, median(one.error for one in told)


def row(city: str, cases: int, way: str, brier: float, held: float, width: float, error: float) -> None:
    print(f"| {city} | {cases} | {way} | {brier:.3f} | {held:.0%} | {width:.1%} | {error:.1%} |")


def promises(judged: dict[str, dict[str, list[Told]]]) -> Iterator[tuple[str, bool]]:
    """What is promised of these figures, and whether this run kept it."""
    scores = {city: {way: summary(told) for way, told in ways.items()} for city, ways in judged.items()}
    for city, score in scores.items():
        best = min(RIVALS, key=lambda way: score[way][0])
        lead = f"{city}: Brier {score[OURS][0]:.3f}, no worse than {score[best][0]:.3f} of {best}"
        yield f"{lead} ({difference(judged[city][OURS], judged[city][best])})", score[OURS][0] <= score[best][0]
        yield f"{city}: 90 % intervals held {score[OURS][1]:.0%}, 85 to 95", 0.85 <= score[OURS][1] <= 0.95
    means = {way: average(way, judged)[0] for way in WAYS}
    least = min(means[way] for way in RIVALS)
    yield f"average: Brier {means[OURS]:.3f}, better than {least:.3f}", means[OURS] < least


def difference(ours: Sequence[Told], theirs: Sequence[Told]) -> str:
    """The mean difference of two ways' Brier scores with its standard error: years are independent, months are not."""
    years: dict[int, list[float]] = {}
    for one, other in zip(ours, theirs, strict=True):
        years.setdefault(one.year, []).append(one.brier - other.brier)
    means = [fmean(found) for found in years.values()]
    error = f"{stdev(means) / len(means) ** 0.5:.3f}" if len(means) > 1 else "unknown"
    return f"{fmean(means):+.3f}, standard error {error} over {len(means)} years"


if __name__ == "__main__":
    sys.exit(main())
