"""Reading a part that is packed with gzip, as far as it can be read."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress
from pathlib import Path

_GZIP = 31  # window bits: a header and a checksum as gzip writes them
_CHUNK = 1 << 16


class Unpacked(io.RawIOBase):
    """The text of the packed file ``path``; ``gzip`` of the library would throw away what stands before a damage.

    :meth:`read` gives out all that can be unpacked, and raises EOFError where the file ends too early, zlib.error where
    it is damaged, only when nothing is left. Raises OSError where the file cannot be opened.

    >>> import gzip, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.gz"
    ...     _ = path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"two") + bytes(9))
    ...     with Unpacked(path) as text:
    ...         text.read(6), text.read(6), text.read(6)
    (b'one ', b'two', b'')
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._unpacker = zlib.decompressobj(_GZIP)
        self._packed = b""
        self._begun = False  # a member; a file of none is not packed
        self._members = 0
        self._damage = ""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most ``size`` or, before a damage, a little more; nothing at the end."""
        most = size if size > 0 else _CHUNK
        while True:
            if self._damage:
                raise zlib.error(self._damage)
            if not self._packed:
                self._packed = self._file.read(_CHUNK) or b""
            if self._members and not self._begun:
                self._packed = self._packed.lstrip(b"\0")  # padding, as gzip allows it
            if not self._packed:
                if self._begun or not self._members:
                    raise EOFError("压缩文件在此中断")
                return b""
            if text := self._unpack(most):
                return text

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go on at ``offset``, from the beginning of a file of which nothing was read."""
        left = offset
        while left > 0 and (text := self.read(min(left, _CHUNK))):
            left -= len(text)
        return offset - left

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _unpack(self, most: int) -> bytes:
        self._begun, before = True, self._unpacker.copy()
        try:
            text = self._unpacker.decompress(self._packed, most)
        except zlib.error as error:
            self._damage = f"压缩数据损坏（{error}）"
            return _before_damage(before, self._packed)
        self._packed = self._unpacker.unconsumed_tail
        if self._unpacker.eof:
            self._packed = self._unpacker.unused_data
            self._unpacker = zlib.decompressobj(_GZIP)
            self._begun, self._members = False, self._members + 1
        return text


def _before_damage(unpacker: zlib._Decompress, packed: bytes) -> bytes:
    """What can be unpacked of ``packed`` before its damage: a call that meets it keeps nothing of its own."""
    text = b""
    with suppress(zlib.error):
        for at in range(len(packed)):
            text += unpacker.decompress(packed[at : at + 1])
    return text
