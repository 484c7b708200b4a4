"""What the store asks of the operating system: a number of its own, data on the disk, folders that keep their files.

Writing needs ``fcntl`` and with it Linux or macOS; reading and verifying need nothing of this.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bilan.observe.hj212.store.errors import StoreError

FILE_MODE, FOLDER_MODE = 0o640, 0o750  # frames hold passwords
_WRITERS = range(1, 100)


def claim(folder: Path, above: int = 0) -> tuple[int, int]:
    """Return the lowest writer number over ``above`` that nobody holds, and the descriptor that holds it until closed.

    Each number is a file in ``folder`` with a lock; the system frees it when its process ends, however it ends. A
    process that forks without starting another program shares it with its child.
    """
    try:
        import fcntl
    except ImportError:
        raise StoreError(f"{folder}：此系统（{sys.platform}）没有文件锁 fcntl，只能读取和核验，不能写入") from None
    for number in _WRITERS:
        if number <= above:
            continue
        lock = os.open(folder / f"{number:02}.lock", os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        except BaseException:
            os.close(lock)
            raise
        else:
            return number, lock
    raise StoreError(f"{folder}：{len(_WRITERS)} 个写入进程的编号都已占用")


def sync_data(descriptor: int) -> None:
    """Return when the content of the file is on the disk, not only in a cache."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # fsync there leaves data in the cache of the disk
    else:
        os.fdatasync(descriptor)


def sync_folder(folder: Path) -> None:
    """Return when the names in ``folder`` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what lies above it; each new name is on the disk when this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(FOLDER_MODE, exist_ok=True)
    sync_folder(folder.parent)


def forget_cache(path: Path) -> None:
    """Let the next reading of ``path`` come from the disk, where the system can be asked for that."""
    if hasattr(os, "posix_fadvise"):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
