"""What can go wrong with the store, said in one line that names the place."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

from bilan.errors import BilanError, os_reason

_FULL = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "超出允许的文件大小",
}


class StoreError(BilanError):
    """The store cannot be written or read; nothing of what was to be appended is in it."""


class StoreFull(StoreError):  # noqa: N818 - a state that passes, not a defect
    """There is no room; nothing of what was to be appended is in the store, and the next try may succeed."""


class PositionError(StoreError):
    """A position is not one of this store, or the disk has lost what stood there: reading must begin anew."""


def refused(path: Path, error: OSError) -> StoreError:
    """Return the error for what the operating system refused at ``path``: StoreFull where room is all that lacks.

    >>> refused(Path("a.frames"), OSError(errno.ENOSPC, ""))
    StoreFull('a.frames：磁盘已满，未写入；腾出空间后自动继续')
    """
    if error.errno in _FULL:
        return StoreFull(f"{path}：{_FULL[error.errno]}，未写入；腾出空间后自动继续")
    return StoreError(f"{path}：{os_reason(error)}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A place in the store that is not as it was written.

    ``offset`` counts bytes from the beginning of the file, of its unpacked text where it is packed.

    >>> str(Problem(Path("01-000001.frames"), 120, "序号 4", "序号 5"))
    '01-000001.frames：第 120 字节处应为序号 4，实为序号 5'
    """

    file: Path
    offset: int
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.file}：第 {self.offset} 字节处应为{self.expected}，实为{self.found}"
