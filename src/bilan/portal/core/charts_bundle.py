"""The JavaScript that draws charts, written to a folder of static files when the site is built.

Vega, Vega-Lite and Vega-Embed come out of vl-convert, which carries them, so that the site asks no other host. The
bundle has Vega's expression interpreter inside: charts run without ``eval`` under a strict content security policy.

See Also
--------
``static/core/charts.js`` : what calls the bundle on a page.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from bilan.errors import BilanError
from bilan.whole_file import replacing

NAME = "core/vega.js"  # below the folder of static files
_SNIPPET = "window.bilanVegaEmbed = vegaEmbed;"


class NoChartsError(BilanError):
    """The extra ``charts`` is not installed."""


def write(target: Path) -> Path:
    """Write the bundle below ``target`` and return its path; what is there already from the same version stays.

    Raises :class:`NoChartsError` without vl-convert and OSError where ``target`` cannot be written.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise NoChartsError("图表需要附加件 charts：pip install 'bilan[charts]'") from error
    path = target / NAME
    first_line = f"/* Vega, Vega-Lite, Vega-Embed; from vl-convert {version('vl-convert-python')} */\n"
    if _begins_with(path, first_line):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    bundle = vl_convert.javascript_bundle(_SNIPPET)
    with replacing(path) as unfinished:
        # a function of its own: the bundle is a module, and a page's script shares its names with all others
        unfinished.write_text(f"{first_line}(function(){{{bundle}\n}})();\n", encoding="utf-8")
    return path


def _begins_with(path: Path, line: str) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as lines:
        return lines.readline() == line
