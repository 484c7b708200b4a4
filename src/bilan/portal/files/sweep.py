"""Bytes that no row points to, left by an upload that failed half-way, are removed when they are old enough."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from django.conf import settings

from bilan.portal.audit.record import record
from bilan.portal.files.models import StoredFile

_OLD = 24 * 3600  # seconds; no upload takes so long, and one of the same bytes makes them young again
_TOLD = 20  # of the removed files the log names so many


def sweep() -> int:
    """Remove such bytes and say so in the log; return how many files there were."""
    removed: list[tuple[str, int]] = []
    for path in sorted(Path(settings.BILAN_FILES).glob("??/*")):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            if time.time() - status.st_mtime > _OLD and not StoredFile.objects.filter(sha256=path.name).exists():
                path.unlink()
                removed.append((path.name, status.st_size))
    if removed:
        names = [name for name, _size in removed[:_TOLD]]
        record(
            "file.sweep", new={"files": len(removed), "bytes": sum(size for _name, size in removed), "sha256": names}
        )
    return len(removed)
