"""Charts as files: pictures for reports, a page that needs no internet, the specification itself."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from bilan.publish import ChartError
from bilan.publish.charts import FONTS, Chart
from bilan.publish.charts_words import word
from bilan.whole_file import replacing

FONTS_VARIABLE = "BILAN_FONTS"  # a folder of fonts for machines where none can be installed
_SCALE = 2  # pixels of a PNG for each of the chart, sharp in print
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_VERSION = ".".join(alt.SCHEMA_VERSION.split(".")[:2])


def save(chart: Chart, path: str | os.PathLike[str], *, fonts: str | os.PathLike[str] | None = None) -> Path:
    """Return the path to which ``chart`` was written, whole or not at all, in the format that its suffix names.

    ``.png`` and ``.svg`` are pictures; ``.html`` is a page that needs no internet; ``.json`` is the Vega-Lite
    specification. ``fonts`` is a folder of fonts to draw with beside those of the system, by default the one that
    the environment variable ``BILAN_FONTS`` names.

    Raises :class:`ChartError` for another suffix and for a picture with Chinese text where no font has Chinese
    characters, :class:`~bilan.errors.FileError` where the file cannot be written.

    >>> save(alt.Chart().mark_point(), "chart.bmp")
    Traceback (most recent call last):
        ...
    bilan.publish.ChartError: chart.bmp：后缀认不出（应为 .png、.svg、.html、.json）
    """
    target = Path(path)
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise ChartError(f"{target}：后缀认不出（应为 {'、'.join(_WRITERS)}）")
    spec = chart.to_dict()
    if write in _DRAWN:
        _take_fonts(fonts or os.environ.get(FONTS_VARIABLE))
        if _CHINESE.search(json.dumps(spec, ensure_ascii=False)) and not has_chinese_font():
            raise ChartError(
                f"{target}：没有中文字体，图中的汉字画不出来；请安装（如 apt-get install fonts-noto-cjk），"
                f"或用 save(…, fonts=文件夹) 或环境变量 {FONTS_VARIABLE} 指明放字体文件的文件夹"
            )
    content = write(spec)
    with replacing(target) as unfinished:
        unfinished.write_bytes(content)
    return target


def has_chinese_font() -> bool:
    """Return whether pictures can show Chinese: two characters that look alike are drawn as nothing or as a box.

    >>> has_chinese_font() in (True, False)
    True
    """
    return _drawn("\N{CJK UNIFIED IDEOGRAPH-6C34}") != _drawn("\N{CJK UNIFIED IDEOGRAPH-6C14}")


def _drawn(text: str) -> bytes:
    written = f'<text x="2" y="20" font-size="20" font-family="{FONTS}">{text}</text>'
    return vl_convert.svg_to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">{written}</svg>')


def _take_fonts(folder: str | os.PathLike[str] | None) -> None:
    if folder is None:
        return
    if not Path(folder).is_dir():
        raise ChartError(f"{folder}：没有这个字体文件夹")
    _register(str(Path(folder).resolve()))


@cache
def _register(folder: str) -> None:
    vl_convert.register_font_directory(folder)


def _png(spec: dict[str, Any]) -> bytes:
    return vl_convert.vegalite_to_png(spec, vl_version=_VERSION, scale=_SCALE)


def _svg(spec: dict[str, Any]) -> bytes:
    return vl_convert.vegalite_to_svg(spec, vl_version=_VERSION).encode()


def _json(spec: dict[str, Any]) -> bytes:
    return (json.dumps(spec, ensure_ascii=False, indent=2) + "\n").encode()


def _html(spec: dict[str, Any]) -> bytes:
    """The page with all scripts inside. In JSON inside a script ``<`` is escaped: text of a plan may hold any tag."""
    language = spec.get("usermeta", {}).get("language", "zh")
    data = json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c")
    names = {"PNG_ACTION": word("html.png", language), "SVG_ACTION": word("html.svg", language)}
    options = {"renderer": "svg", "actions": {"export": True, "source": False, "compiled": False, "editor": False}}
    shown = json.dumps(options | {"i18n": names}, ensure_ascii=False)
    heading = spec.get("title", {})
    title = "".join(heading.get("text", "")) if isinstance(heading, dict) else str(heading)
    script = _bundle().replace("</script", "<\\/script")
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language == "zh" else language}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{escape(title)}</title>\n</head>\n<body>\n<div id="chart"></div>\n<script>{script}</script>\n'
        f'<script>vegaEmbed("#chart", {data}, {shown});</script>\n</body>\n</html>\n'
    ).encode()


@cache
def _bundle() -> str:
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=_VERSION)


_DRAWN = {_png, _svg}
_WRITERS: dict[str, Callable[[dict[str, Any]], bytes]] = {".png": _png, ".svg": _svg, ".html": _html, ".json": _json}
