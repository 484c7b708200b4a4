"""What the address of a chart answers with: its specification, and the same data as a table to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from django.http import JsonResponse

if TYPE_CHECKING:
    from bilan.publish.charts import Chart

Spec: TypeAlias = Mapping[str, Any]


def chart_answer(chart: Chart, alt: str, table: Mapping[str, Sequence[Any]] | None = None) -> JsonResponse:
    """Return ``chart`` as JSON; ``usermeta`` holds ``alt``, what it shows in words, and ``table``, its data.

    ``table`` has ``columns`` and ``rows``; without one it is that of the chart, else made of its tooltips.
    """
    spec: dict[str, Any] = chart.to_dict()
    told = spec.get("usermeta", {})
    spec["usermeta"] = {**told, "alt": alt, "table": table or told.get("table") or table_of(spec)}
    return JsonResponse(spec, json_dumps_params={"ensure_ascii": False})


def table_of(spec: Spec) -> dict[str, list[Any]]:
    """Return ``columns`` and ``rows`` of what the chart says of its points under the mouse, in the order drawn.

    Layers that say it in the same words make one table; the first such words count, and no row stands twice.

    >>> layer = {"data": {"name": "a"}, "encoding": {"tooltip": [{"field": "month", "title": "月份"}]}}
    >>> table_of({"datasets": {"a": [{"month": "2026-01"}, {"month": "2026-02"}]}, "layer": [layer, layer]})
    {'columns': ['月份'], 'rows': [['2026-01'], ['2026-02']]}
    """
    columns: list[str] = []
    rows: dict[tuple[Any, ...], None] = {}
    for said, records in _said(spec, spec.get("datasets", {}), ()):
        titles = [one.get("title") or one["field"] for one in said]
        columns = columns or titles
        if titles == columns:
            rows.update(dict.fromkeys(tuple(record.get(one["field"]) for one in said) for record in records))
    return {"columns": columns, "rows": [list(row) for row in rows]}


def _said(part: Spec, named: Spec, above: Sequence[Spec]) -> Iterator[tuple[Sequence[Spec], Sequence[Spec]]]:
    """The tooltips of every layer with its records; a layer without data of its own has that of the whole."""
    records = _records(part.get("data"), named) if "data" in part else above
    said = part.get("encoding", {}).get("tooltip")
    if isinstance(said, list) and said and records:
        yield said, records
    inner = [*part.get("layer", []), *([part["spec"]] if "spec" in part else [])]
    for one in inner:
        yield from _said(one, named, records)


def _records(data: Any, named: Spec) -> Sequence[Spec]:
    if not isinstance(data, Mapping):
        return ()
    found: Sequence[Spec] = data["values"] if "values" in data else named.get(data.get("name", ""), ())
    return found
