"""The text in a file that people hand in: packed or not, UTF-8 or GB 18030, whatever its name says."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path
from typing import IO, cast

from bilan.errors import FileError

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_packed(raw: IO[bytes]) -> bool:
    """Whether ``raw`` is gzip by its first bytes; it is at its beginning again afterwards."""
    packed = raw.read(len(_GZIP)) == _GZIP
    raw.seek(0)
    return packed


def unpacked(raw: IO[bytes]) -> IO[bytes]:
    """Return ``raw``, or what gzip has packed in it."""
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if is_packed(raw) else raw


def encoding_of(text: IO[bytes], path: Path) -> str:
    """Return ``utf-8-sig`` where all of ``text`` is UTF-8, ``gb18030`` otherwise; it is at its beginning afterwards.

    The whole file is looked through, as its first Chinese word may stand anywhere. Raises :class:`FileError` for
    UTF-16.

    >>> import io
    >>> encoding_of(io.BytesIO("section,ph\\n甲,7.1\\n".encode("gb18030")), Path("a.csv"))
    'gb18030'
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    found = "utf-8-sig"
    chunk = text.read(_CHUNK)
    if chunk.startswith(_UTF16):
        raise FileError(f"{path}：是 UTF-16 编码，请另存为 UTF-8 的 CSV")
    try:
        while chunk:
            decoder.decode(chunk)
            chunk = text.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        found = "gb18030"
    text.seek(0)
    return found
