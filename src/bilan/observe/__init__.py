"""Getting facts in: the lake of observations, importers, quality flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.observe.lake import Lake
    from bilan.observe.lake_classify import Added
    from bilan.observe.lake_compact import Compacted
    from bilan.observe.lake_files import LakeFile
    from bilan.observe.lake_schema import LakeError

_HOMES = {
    "Added": "lake_classify",
    "Compacted": "lake_compact",
    "Lake": "lake",
    "LakeError": "lake_schema",
    "LakeFile": "lake_files",
}
__all__ = ["Added", "Compacted", "Lake", "LakeError", "LakeFile"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
