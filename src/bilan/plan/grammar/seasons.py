"""Seasons that plans name, and the months of one that crosses the year: 2026—2027年秋冬季."""

from __future__ import annotations

import re

from bilan.policy.seasons import season

SEASON = "秋冬季|采暖季|供暖季|取暖季|汛期|枯水期|丰水期|夏季|冬季|春季"
_SEASON = re.compile(SEASON)


def season_in(text: str) -> str | None:
    """The season that ``text`` names first, None where it names none.

    >>> season_in("到2027年采暖季,"), season_in("到2027年,")
    ('采暖季', None)
    """
    found = _SEASON.search(text)
    return found[0] if found else None


def season_at(text: str, at: int) -> str | None:
    """The season that stands at ``at`` in ``text``, None where another word does.

    >>> season_at("2026-2027年秋冬季,", 10), season_at("2026-2027年,", 10)
    ('秋冬季', None)
    """
    found = _SEASON.match(text, at)
    return found[0] if found else None


def season_run(name: str, first: int, last: int) -> str | None:
    """The months of the season over the new year between ``first`` and ``last``, by ``policy/seasons.csv``.

    None where the years do not follow each other, and for a season that lies within one year or has no known months.

    >>> season_run("秋冬季", 2026, 2027), season_run("汛期", 2026, 2027), season_run("秋冬季", 2026, 2028)
    ('2026-10/2027-03', None, None)
    """
    known = season(name)
    run = None if known is None else known.of(first)
    return str(run) if run is not None and run.first.year + 1 == run.last.year == last else None
