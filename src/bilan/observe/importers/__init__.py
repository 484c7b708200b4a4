"""Files of every known format as rows of the lake; one small class a format, listed here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.observe.importers.base import Importer

FORMATS = {
    "cnemc": "cnemc:CnemcImporter",
    "prsa": "prsa:PrsaImporter",
    "water-daily": "water_daily:WaterDailyImporter",
    "water-4h": "water_4h:Water4hImporter",
    "table": "table:TableImporter",
}


def importer_of(name: str) -> type[Importer]:
    """Return the importer of the format ``name``; KeyError where there is none.

    >>> importer_of("water-4h").name
    'water-4h'
    """
    module, _, title = FORMATS[name].partition(":")
    found: type[Importer] = getattr(import_module(f"bilan.observe.importers.{module}"), title)
    return found
