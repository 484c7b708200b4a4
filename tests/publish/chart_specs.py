"""Looking into the specification of a chart."""

from __future__ import annotations

from typing import Any


def spec_of(chart: Any) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    return spec


def layers(chart: Any) -> list[dict[str, Any]]:
    """The layers, also of a faceted chart, each with its records under ``records``."""
    spec = spec_of(chart)
    inner = spec.get("spec", spec)
    common = spec.get("data") or inner.get("data")
    return [layer | {"records": records(spec, layer.get("data") or common)} for layer in inner["layer"]]


def records(spec: dict[str, Any], data: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data["values"] if "values" in data else spec["datasets"][data["name"]]
    return found


def with_mark(chart: Any, mark: str) -> list[dict[str, Any]]:
    return [layer for layer in layers(chart) if layer["mark"]["type"] == mark]


def colours(layer: dict[str, Any], channel: str = "color") -> dict[str, str]:
    """What the scale of a channel gives to each entry of its legend."""
    scale = layer["encoding"][channel]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


def notes(chart: Any) -> list[str]:
    said: list[str] = spec_of(chart)["title"]["subtitle"]
    return said


def says_no_data(chart: Any, language: str = "zh") -> bool:
    said: bool = spec_of(chart)["mark"]["text"] == {"zh": "没有数据", "en": "No data"}[language]
    return said
