"""The files of the demo city into a lake, through the importers that everybody's files come through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from bilan.demo.delivery import Delivery
from bilan.errors import BilanError
from bilan.observe import Lake
from bilan.observe.importers import importer_of
from bilan.observe.importers.base import Options
from bilan.observe.ingest import Ingested, ingest
from bilan.observe.statistics_ingest import ingest_statistics
from bilan.whole_file import replacing

_DONE = "taken.json"  # beside the files: which of them are wholly in which lake


class IntakeError(BilanError):
    """A file of the demo city could not be taken into the lake."""


def take_in(
    lake: Path, deliveries: Sequence[Delivery], progress: Callable[[str, float], None] | None = None
) -> list[Ingested]:
    """Take ``deliveries`` into ``lake``, each as received when it came; return what became of those that were read.

    What is wholly in the lake is not read again, so a call that was broken off is completed by the next. Raises
    :class:`IntakeError` where a file, or a cell of one, is refused.
    """
    total = sum(one.path.stat().st_size for one in deliveries) or 1
    before, done = 0, []
    for one in deliveries:
        size, digest = one.path.stat().st_size, hashlib.sha256(one.path.read_bytes()).hexdigest()

        def told(name: str, share: float, size: int = size, before: int = before) -> None:
            if progress:
                progress(f"导入 {name}", (before + share * size) / total)

        told(one.path.name, 0.0)
        taken = _taken(lake, one.path.parent / _DONE)
        if digest not in taken:
            done.append(_ingested(lake, one, told))
            _note(lake, one.path.parent / _DONE, [*taken, digest])
        before += size
    return done


def _ingested(lake: Path, one: Delivery, told: Callable[[str, float], None]) -> Ingested:
    if one.format == "statistics":
        found = ingest_statistics(lake, [one.path], received_at=one.received_at, progress=told)
    else:
        options = Options(mapping=one.mapping)
        found = ingest(lake, importer_of(one.format), [one.path], options, received_at=one.received_at, progress=told)
    for file in found.files:
        if file.failure or file.refused:
            raise IntakeError(f"{file.path}：{file.failure or f'{file.refused} 处被隔离，见 {file.quarantine}'}")
    return found


def _taken(lake: Path, note: Path) -> list[str]:
    """The SHA-256 of the files that this lake has, of a lake made anew none."""
    if not note.is_file() or not (lake / "observations").is_dir():
        return []
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return list(said["files"]) if said["lake"] == Lake(lake, create=False).id else []
    except (ValueError, KeyError, TypeError):
        return []  # what is no note of ours says nothing; files that come again change nothing


def _note(lake: Path, note: Path, files: Sequence[str]) -> None:
    with replacing(note) as unfinished:
        unfinished.write_text(json.dumps({"lake": Lake(lake).id, "files": list(files)}, indent=1), encoding="utf-8")
