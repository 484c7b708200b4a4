"""The file as it arrives: its bytes, its name and its hash, within the limits that hold for every format."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bilan.plan.document import DocumentError

MAX_FILE_BYTES = 64 * 2**20
MAX_CHARACTERS = 5_000_000  # of the text in the file; a plan has 20,000 to 200,000

Progress = Callable[[int, int], None]
"""Called as ``progress(page, pages)`` after each page, by formats that have pages."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of one file; ``name`` is the last part of its path, fit for a one-line message."""

    name: str
    data: bytes
    sha256: str

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()


def refusal(name: str, reason: str) -> DocumentError:
    """The error for ``name``: one line, whatever characters the name or the reason brings along."""
    return DocumentError("".join(c if c.isprintable() else " " for c in f"{name}：{reason}"))


def check_length(name: str, characters: int) -> None:
    """Raises :class:`~bilan.plan.document.DocumentError` when a text is longer than any plan."""
    if characters > MAX_CHARACTERS:
        reason = f"文本有 {characters:,} 个字符，超过 {MAX_CHARACTERS:,} 个字符的上限；计划一般不到 20 万字符"
        raise refusal(name, reason)


def load(path: Path) -> SourceFile:
    """The file at ``path``, read once.

    Raises :class:`~bilan.plan.document.DocumentError` when it is missing, is not a regular file, may not be read, is
    empty or is larger than :data:`MAX_FILE_BYTES`.
    """
    name = path.name or str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refusal(name, "这是文件夹，请给出其中的一个文件")
        if not stat.S_ISREG(status.st_mode):
            raise refusal(name, "不是普通文件")
        if status.st_size > MAX_FILE_BYTES:
            raise _too_large(name)
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)  # the file may have grown since stat
    except FileNotFoundError:
        raise refusal(name, "文件不存在") from None
    except PermissionError:
        raise refusal(name, "没有读取权限") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        if isinstance(error, DocumentError):
            raise
        raise refusal(name, f"无法读取（{error}）") from None
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(name)
    if not data:
        raise refusal(name, "文件是空的（0 字节）")
    printable = "".join(c if c.isprintable() else " " for c in name)
    return SourceFile(name=printable, data=data, sha256=hashlib.sha256(data).hexdigest())


def _too_large(name: str) -> DocumentError:
    return refusal(name, f"文件超过 {MAX_FILE_BYTES // 2**20} MiB 的上限")
