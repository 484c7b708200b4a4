"""What was refused, kept for a person to look at: one file of JSON lines for what one reading of one file refused.

A file is named after its content: the source's SHA-256 and that of its refusals. So the same file read again adds
nothing, a file read by another mapping adds a file, and none is ever changed.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bilan.errors import FileError, os_reason
from bilan.observe.importers.sources import Reject
from bilan.observe.lake_log import local_folder
from bilan.whole_file import replacing

FOLDER = "quarantine"
AWAY = "bilan-quarantine"  # a person looks at refusals where the import was run, not in a bucket
_IN_MEMORY = 1 << 20  # bytes of refusals; more of them wait in a temporary file


class Refusals:
    """The refusals of one file while it is read; :meth:`save` puts them into the lake when it is done.

    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as lake, refusals("a.csv", "0" * 64, "cnemc") as refused:
    ...     refused.add([Reject(3, "co", "n.a.", "不是数")])
    ...     saved = refused.save(quarantine_of(lake)), refused.save(quarantine_of(lake))
    ...     saved[0] == saved[1], [row["line"] for row in read_quarantine(lake)]
    (True, [3])
    """

    def __init__(self, file: str, sha256: str, format_name: str, lines: IO[bytes]) -> None:
        self.file, self.sha256, self.format = file, sha256, format_name
        self.count = 0
        self.first: list[Reject] = []
        self._lines = lines
        self._digest = hashlib.sha256(format_name.encode())

    def add(self, rejects: Iterable[Reject]) -> None:
        """Take in more refusals, in the order of the file."""
        for reject in rejects:
            if self.count < 3:
                self.first.append(reject)
            self.count += 1
            row = {
                "file": self.file,
                "sha256": self.sha256,
                "format": self.format,
                "line": reject.line,
                "column": reject.column,
                "value": reject.value,
                "reason": reject.reason,
            }
            text = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
            # The name a file had is not part of what was refused: a copy under another name adds nothing.
            said = f"{reject.line}\0{reject.column}\0{reject.value}\0{reject.reason}\n"
            self._digest.update(said.encode("utf-8", "replace"))
            self._lines.write(text + b"\n")

    def save(self, folder: Path, received_at: datetime | None = None) -> Path | None:
        """Return the file in ``folder`` that holds the refusals, written unless it is there; None when there were none.

        Raises FileError where it cannot be written.
        """
        if not self.count:
            return None
        target = folder / f"{self.sha256[:16]}-{self._digest.hexdigest()[:16]}.jsonl"
        if target.exists():
            return target
        moment = (received_at or datetime.now(UTC)).isoformat(timespec="seconds")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{folder}：无法写入：{os_reason(error)}") from error
        self._lines.seek(0)
        with replacing(target) as unfinished, unfinished.open("wb") as file:
            for line in self._lines:
                file.write(line[:-2] + f', "received_at": "{moment}"}}\n'.encode())
        return target


@contextmanager
def refusals(file: str, sha256: str, format_name: str) -> Iterator[Refusals]:
    """A place for the refusals of ``file``; what is not saved by the end of the block is gone."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as lines:
        yield Refusals(file, sha256, format_name, lines)


def quarantine_of(lake: str | Path) -> Path:
    """Return the folder for what the lake at ``lake`` refuses: within it, or here when it lies in an object store.

    >>> quarantine_of("湖").as_posix(), quarantine_of("s3://bucket/lake").as_posix()
    ('湖/quarantine', 'bilan-quarantine')
    """
    folder = local_folder(str(lake)) if "://" in str(lake) else Path(lake)
    return Path(AWAY) if folder is None else folder / FOLDER


def read_quarantine(lake: str | Path) -> Iterator[dict[str, Any]]:
    """Yield everything that the lake at ``lake`` has refused, file by file in the order of their names.

    Keys: file, sha256, format, line, column (empty for a whole row), value, reason, received_at.
    """
    for path in sorted(quarantine_of(lake).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
