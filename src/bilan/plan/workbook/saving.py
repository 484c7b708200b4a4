"""A workbook is written whole or not at all, and the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from bilan.whole_file import replacing

_EPOCH = datetime(2000, 1, 1)  # one content gives one file, whenever it is written
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def save(book: Workbook, path: Path) -> None:
    """Return nothing; write ``book`` to ``path`` without the time of writing.

    Raises FileError when the folder cannot be written.
    """
    book.properties.created = _EPOCH
    buffer = io.BytesIO()
    book.save(buffer)
    with replacing(path) as unfinished:
        unfinished.write_bytes(_timeless(buffer))


def _timeless(saved: io.BytesIO) -> bytes:
    """Return the archive with every time in it set to one date."""
    stamp = _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return packed.getvalue()
