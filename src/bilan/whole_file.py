"""Writing a file so that it is whole or not there."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bilan.errors import FileError, os_reason

_OURS = re.compile(r"\.bilan-[0-9a-f]{16}\.part")
_LEFT_OVER = 24 * 3600  # seconds; no write takes so long


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; when the block ends well its file takes the place of ``path`` in one step.

    What is no file, ``/dev/null`` or a pipe, is written to as it stands.
    Raises FileError, which names ``path`` as it was given, where the operating system refuses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "a.txt")
    ...     with replacing(target) as unfinished:
    ...         _ = unfinished.write_text("whole")
    ...     target.read_text()
    'whole'
    """
    try:
        target = path.resolve()  # write through a symbolic link, do not replace it
        if target.is_dir():
            raise FileError(f"{path}：是文件夹，不是文件")
        if not target.parent.is_dir():
            raise FileError(f"{path.parent}：没有这个文件夹")
        if target.exists() and not target.is_file():  # a device or a pipe is written to, not replaced
            yield target
            return
        _sweep(target.parent)
        unfinished = target.with_name(f".bilan-{secrets.token_hex(8)}.part")
        try:
            yield unfinished
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{path}：无法写入：{os_reason(error)}") from error


def _sweep(folder: Path) -> None:
    """Remove what a killed process left: files of our very name, and old, as another process may be at work."""
    for path in folder.glob(".bilan-*.part"):
        try:
            if _OURS.fullmatch(path.name) and path.is_file() and time.time() - path.stat().st_mtime > _LEFT_OVER:
                path.unlink()
        except OSError:
            continue  # another process was faster, or it is not ours to remove
