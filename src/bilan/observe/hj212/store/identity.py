"""The name of a store, by which a lake that takes in several of them tells their frames apart."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from bilan.observe.hj212.store.errors import StoreError, refused
from bilan.observe.hj212.store.system import FILE_MODE, sync_data, sync_folder

FILE = "id"
_FORM = re.compile(r"[0-9a-f]{8}\n?")


def store_id(folder: Path) -> str:
    """Return the name of the store in ``folder``, eight hexadecimal digits; nothing is written.

    Raises StoreError where there is none, or something else in its place.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = make_store_id(Path(folder))
    ...     store_id(Path(folder)) == made, len(made)
    (True, 8)
    """
    path = folder / FILE
    try:
        text = path.read_bytes()[:80].decode("ascii", errors="backslashreplace")
    except FileNotFoundError:
        raise StoreError(f"{path}：没有存储的编号；网关启动时产生，丢了就从备份恢复") from None
    except OSError as error:
        raise refused(path, error) from error
    if not _FORM.fullmatch(text):
        raise StoreError(f"{path}：应为存储的编号，8 位小写十六进制数，实为 {text!r}；从备份恢复")
    return text.strip()


def make_store_id(folder: Path) -> str:
    """Return the name of the store in ``folder``, drawn by lot and brought to the disk where it has none yet.

    Raises StoreError as :func:`store_id` does, or where it cannot be written.
    """
    path = folder / FILE
    try:
        if not path.exists():
            _draw(path)
    except OSError as error:
        raise refused(path, error) from error
    return store_id(folder)


def _draw(path: Path) -> None:
    drawn = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(4).encode() + b"\n")
            file.flush()
            sync_data(file.fileno())  # before it has its name, or a power cut could leave the name without content
        with suppress(FileExistsError):
            os.link(drawn, path)  # whole or not at all, and the first one stays
    finally:
        drawn.unlink(missing_ok=True)
    sync_folder(path.parent)
