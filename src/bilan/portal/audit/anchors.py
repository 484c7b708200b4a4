"""Numbers and hashes of entries noted in a file beside the database.

The chain alone does not show that its end was cut off, or that it was computed anew after a change. Whoever does that
in the database has to change this file, too, or the copy of it that is kept elsewhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings

from bilan.errors import FileError, os_reason

_NAME = "audit.anchors"
_LINE = re.compile(r"(\d+) ([0-9a-f]{64})")


def default_file() -> Path:
    """Return the file in the data folder."""
    return Path(settings.BILAN_HOME) / _NAME


def note(number: int, hash_: str) -> None:
    """Add a line; one write to the end of the file, so that processes do not mix their lines."""
    handle = os.open(default_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{number} {hash_}\n".encode())
    finally:
        os.close(handle)


def read(path: Path) -> dict[int, str]:
    """Return the noted hash of each number, none where there is no file. Raises FileError at a line of another form."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "不是文本"
        raise FileError(f"{path}：无法读取：{reason}") from error
    found: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        if not (parts := _LINE.fullmatch(line)):
            raise FileError(f"{path} 第 {number} 行：应为 编号 散列，是 {line[:80]!r}")
        found[int(parts[1])] = parts[2]
    return found
