"""The way of one target as a table to read: every number with the series that it is of, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from bilan.policy.texts import Language
from bilan.publish.charts_words import word

Record: TypeAlias = Mapping[str, Any]

_HEADS = ("trajectory.series", "trajectory.period", "trajectory.value")


def read_as_table(series: Iterable[Sequence[Record]], language: Language) -> dict[str, list[Any]]:
    """Return ``columns`` and ``rows`` of all records of ``series``; of one moment in the order of the series.

    >>> at = {"kind": "数值", "period": "2025", "shown": "84%", "end": 2}
    >>> read_as_table([[at], [at | {"kind": "目标", "end": 3}, at | {"kind": "基准", "end": 1}]], "zh")["rows"]
    [['基准', '2025', '84%'], ['数值', '2025', '84%'], ['目标', '2025', '84%']]
    """
    records = sorted((record for one in series for record in one), key=lambda record: record["end"])
    columns = [word(head, language) for head in _HEADS]
    return {"columns": columns, "rows": [[record["kind"], record["period"], record["shown"]] for record in records]}
