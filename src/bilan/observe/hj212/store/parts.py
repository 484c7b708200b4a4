"""Where the parts of a store lie: ``DIR/frames/YYYY-MM-DD/WW-NNNNNN.frames``, packed ones with ``.gz`` behind.

The day is that of arrival in Asia/Shanghai, WW the number of the writer, NNNNNN that of the part within day and writer.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import IO, NamedTuple, cast

from bilan.errors import os_reason
from bilan.observe.hj212.store.errors import StoreError
from bilan.observe.hj212.store.unpacked import Unpacked

FRAMES, QUARANTINE, TORN, WRITERS = "frames", "quarantine", "torn", "writers"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NAME = re.compile(r"(\d{2})-(\d{6})\.frames(\.gz)?")
_SHANGHAI = 8 * 3600  # seconds; without summer time since 1991, so that no table of time zones is needed
_EPOCH = date(1970, 1, 1).toordinal()


class Part(NamedTuple):
    """The name of a part; parts of one writer sort into the order of its chain by day and number."""

    writer: int
    day: str
    number: int
    path: Path

    @property
    def packed(self) -> bool:
        """Whether the part is packed with gzip."""
        return self.path.suffix == ".gz"


def day_of(nanoseconds: int) -> str:
    """Return the day in Asia/Shanghai on which a moment lies, given as nanoseconds since 1970 UTC.

    >>> day_of(1_709_222_400 * 10**9 - 1), day_of(1_709_222_400 * 10**9)  # 2024-02-29 16:00 UTC
    ('2024-02-29', '2024-03-01')
    """
    seconds = nanoseconds // 1_000_000_000 + _SHANGHAI
    return date.fromordinal(_EPOCH + seconds // 86400).isoformat()


def part_at(frames: Path, writer: int, day: str, number: int) -> Part:
    """Return the part of that name, in the folder ``frames``.

    >>> part_at(Path("frames"), 1, "2026-11-21", 3).path.as_posix()
    'frames/2026-11-21/01-000003.frames'
    """
    return Part(writer, day, number, frames / day / f"{writer:02}-{number:06}.frames")


def parts_of(frames: Path) -> dict[int, list[Part]]:
    """Return the parts in the folder ``frames`` by writer, each in the order of its chain; an unknown name is no part.

    Where a part stands beside its packed copy, as while it is being packed, the plain one counts. Raises StoreError
    where a folder cannot be read.
    """
    found: dict[tuple[int, str, int], Part] = {}
    for folder in _listed(frames) if frames.is_dir() else ():
        if not _DAY.fullmatch(folder.name) or not folder.is_dir():
            continue
        for path in _listed(folder):
            if name := _NAME.fullmatch(path.name):
                part = Part(int(name[1]), folder.name, int(name[2]), path)
                if not part.packed or part[:3] not in found:
                    found[part[:3]] = part
    writers: dict[int, list[Part]] = {}
    for key in sorted(found):
        writers.setdefault(key[0], []).append(found[key])
    return writers


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise StoreError(f"{folder}：无法读取：{os_reason(error)}") from error


def open_part(part: Part) -> IO[bytes]:
    """Return the text of ``part`` from its beginning, unpacked.

    A part that was packed since its name was read is found. Raises StoreError where it cannot be opened.
    """
    try:
        if part.packed:
            return cast(IO[bytes], Unpacked(part.path))
        return part.path.open("rb", buffering=0)
    except FileNotFoundError:
        other = part.path.with_suffix("") if part.packed else part.path.with_name(part.path.name + ".gz")
        if not other.exists():
            raise StoreError(f"{part.path}：没有这个文件，读取期间被移走") from None
        return open_part(part._replace(path=other))
    except OSError as error:
        raise StoreError(f"{part.path}：无法读取：{os_reason(error)}") from error
