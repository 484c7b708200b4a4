"""Keeping the bytes of a file under their hash: whole or not at all, and once."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import transaction

from bilan.portal.audit.record import record
from bilan.portal.core.alone import alone
from bilan.portal.files.models import StoredFile, path_of
from bilan.whole_file import replacing

if TYPE_CHECKING:
    from bilan.portal.people.models import Region, Unit, User

_CHUNK = 1 << 20


def keep(
    file: BinaryIO, name: str, kind: str, *, owner: User, region: Region, unit: Unit | None = None, plan: str = ""
) -> StoredFile:
    """Keep an examined file and return its row. Raises FileError where the disk refuses."""
    row = lay(file, name, kind, owner=owner, region=region, unit=unit, plan=plan)
    enter(row)
    return row


def lay(
    file: BinaryIO, name: str, kind: str, *, owner: User, region: Region, unit: Unit | None = None, plan: str = ""
) -> StoredFile:
    """Lay the bytes of an examined file down and return the row that ``enter`` saves; without it a sweep takes them.

    Raises FileError where the disk refuses.
    """
    file.seek(0)
    hashed, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        hashed.update(chunk)
        size += len(chunk)
    sha256 = hashed.hexdigest()
    _write(file, sha256)
    return StoredFile(
        name=_tame(name), kind=kind, size=size, sha256=sha256, owner=owner, region=region, unit=unit, plan=plan
    )


@transaction.atomic
def enter(row: StoredFile, *, until: datetime | None = None) -> None:
    """Save the row of a file whose bytes lie there; one that may be put to use ``until`` then goes if nobody did."""
    row.until = until
    row.save(force_insert=True)
    record("file.create", row=row, new={"name": row.name, "sha256": row.sha256, "size": row.size})


def aging() -> AbstractContextManager[None]:
    """Return what must be held to look how old bytes are and act on it."""
    return alone(Path(settings.BILAN_FILES) / ".locks", "age")


def _write(file: BinaryIO, sha256: str) -> None:
    path = path_of(sha256)
    with aging():
        if path.exists():
            path.touch()  # young again, so that a sweep does not take it before its row is there
            return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    with replacing(path) as unfinished, unfinished.open("wb") as target:
        shutil.copyfileobj(file, target)
        target.flush()
        os.fsync(target.fileno())
    path.chmod(0o400)


def _tame(name: str) -> str:
    """The last part of the name, without what a file name cannot hold."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter if letter.isprintable() else "_" for letter in last)[-200:] or "file"
