"""The name of a store, by which a lake that takes in several of them tells their frames apart."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bilan.observe.hj212.store.errors import StoreError, refused
from bilan.observe.hj212.store.system import sync_folder

FILE = "id"


def store_id(folder: Path) -> str:
    """The store's name, eight hexadecimal digits drawn by lot when it is asked for first; StoreError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store_id(Path(folder)) == store_id(Path(folder))
    True
    """
    path = folder / FILE
    try:
        if not path.exists():
            drawn = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
            drawn.write_text(secrets.token_hex(4) + "\n", encoding="ascii")
            with suppress(FileExistsError):
                os.link(drawn, path)  # whole or not at all, and the first one stays
            drawn.unlink()
            sync_folder(folder)
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise refused(path, error) if isinstance(error, OSError) else StoreError(f"{path}：不是存储的编号") from error
