"""What was handed in and put to no use goes when it is old enough: first rows, then bytes that no row points to.

Such bytes are also left by an upload that failed half-way or was refused when it was read.
"""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from bilan.portal.audit.record import record
from bilan.portal.files.models import StoredFile
from bilan.portal.files.store import aging

_OLD = 24 * 3600  # seconds; no upload takes so long, and one of the same bytes makes them young again
_TOLD = 20  # of the removed files the log names so many


def sweep() -> int:
    """Remove such rows and bytes and say so in the log; return how many files there were."""
    _sweep_rows()
    removed: list[tuple[str, int]] = []
    for path in sorted(Path(settings.BILAN_FILES).glob("??/*")):
        with contextlib.suppress(FileNotFoundError), aging():
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


@transaction.atomic
def _sweep_rows() -> None:
    """Delete the rows of files that might have been put to use until a while ago."""
    removed: list[str] = []
    over = StoredFile.objects.filter(until__lt=timezone.now() - timedelta(seconds=_OLD))
    for row in over.select_for_update():
        with contextlib.suppress(ProtectedError):  # something refers to it after all
            row.delete()
            removed.append(row.sha256)
    if removed:
        record("file.sweep", new={"uploads": len(removed), "sha256": removed[:_TOLD]})
