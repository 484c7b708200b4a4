"""The folder in which a portal keeps everything of its own, and the key it signs with."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from bilan.errors import FileError, os_reason

DEFAULT = "bilan-data"
_KEY_FILE = "secret.key"
_KEY_BYTES = 48


def folder() -> Path:
    """Return the data folder: ``BILAN_HOME``, else ``bilan-data`` where the portal was started."""
    return Path(os.environ.get("BILAN_HOME") or DEFAULT).resolve()


def prepare(home: Path) -> None:
    """Make the data folder and its key, where they are missing; others may read neither. Raises FileError."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in ("files", "kept", "static"):
            (home / part).mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            number = os.open(home / _KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w") as file:
                file.write(secrets.token_urlsafe(_KEY_BYTES))
    except OSError as error:
        raise FileError(f"{home}：不能用作数据文件夹：{os_reason(error)}") from error


def secret_key(home: Path) -> str:
    """Return ``BILAN_SECRET_KEY``, else the key of the folder, else nothing, with which Django refuses to sign."""
    if given := os.environ.get("BILAN_SECRET_KEY"):
        return given
    try:
        return (home / _KEY_FILE).read_text().strip()
    except OSError:
        return ""
