"""Frames that were refused, with the reason, for a person to look at: bounded, never in the way of the gateway.

They lie in ``DIR/quarantine`` in the form of the store (see :mod:`.record`; NOTE is the reason), each part with a
chain of its own. Nothing here is acknowledged, so nothing is synced, and what cannot be written is counted instead.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from bilan.errors import BilanError
from bilan.observe.hj212.store.errors import refused
from bilan.observe.hj212.store.file import GrowingFile
from bilan.observe.hj212.store.parts import QUARANTINE, WRITERS, day_of, open_part, part_at, parts_of
from bilan.observe.hj212.store.record import LINE_MAX, RAW_MAX, Chain, new_part, records, word
from bilan.observe.hj212.store.scan import Record, Scanner, Text, plain
from bilan.observe.hj212.store.system import FILE_MODE, claim, make_folder
from bilan.whole_file import replacing

DAY_BYTES = 100_000_000
_BUFFER = 256 << 10  # bytes that wait for a flush at most
_REASONS = 100  # words told apart in a day; a reason is one of a few words of ours


@dataclass(slots=True)
class Tally:
    """How many frames were refused for one reason on one day: ``kept`` to look at, or only counted."""

    kept: int = 0
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused frame; ``arrived``: microseconds since 1970 UTC."""

    writer: int
    day: str
    arrived: int
    peer: str
    reason: str
    raw: bytes
    file: Path
    offset: int


class Quarantine:
    """Takes refused frames into ``DIR/quarantine``; used by one thread at a time.

    ``day_bytes``: what all writers together keep of a day in Asia/Shanghai, to within their buffers; beyond it frames
    are only counted. Frames wait in memory until :meth:`flush` or until there are 256 KiB of them.

    Raises StoreError or StoreFull where the folder cannot be made; nothing raises afterwards.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Quarantine(Path(folder)) as quarantine:
    ...         quarantine.add(b"##0000", "10.0.0.7:5000", "unknown-mn")
    ...     [(frame.reason, frame.raw) for frame in read_refused(Path(folder))]
    [('unknown-mn', b'##0000')]
    """

    def __init__(self, folder: Path, *, day_bytes: int = DAY_BYTES, clock: Callable[[], int] = time.time_ns) -> None:
        self.folder = Path(folder) / QUARANTINE
        self.tally: dict[str, Tally] = {}
        self._day_bytes = day_bytes
        self._clock = clock
        self._day = ""
        self._number = 0
        self._file: GrowingFile | None = None
        self._chain, self._mark = Chain(), b""
        self._waiting: list[tuple[bytes, str, str, int]] = []
        self._bytes = 0
        try:
            make_folder(self.folder / WRITERS)
            self.writer, self._lock = claim(self.folder / WRITERS)
        except OSError as error:
            raise refused(self.folder, error) from error

    def add(self, raw: bytes, peer: str, reason: str) -> None:
        """Take in a frame that was refused for ``reason``, one word."""
        now = self._clock()
        if (day := day_of(now)) > self._day:
            self._turn(day)
        reason = word(reason).decode()
        if reason not in self.tally and len(self.tally) >= _REASONS:
            reason = "other"
        self._waiting.append((bytes(raw[:RAW_MAX]), peer, reason, now // 1000))
        self._bytes += len(raw)
        if self._bytes >= _BUFFER or len(self._waiting) >= _BUFFER // LINE_MAX:
            self.flush()

    def flush(self) -> None:
        """Write what waits, or count it where the day is full or the disk refuses."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting:
            return
        kept = self._write(waiting)
        for index, (_, _, reason, _) in enumerate(waiting):
            tally = self.tally.setdefault(reason, Tally())
            if index < kept:
                tally.kept += 1
            else:
                tally.counted += 1
        self._note()

    def close(self) -> None:
        """Write what waits and give the number back."""
        self.flush()
        self._leave()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Quarantine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, waiting: list[tuple[bytes, str, str, int]]) -> int:
        """Return how many of ``waiting`` were written: the first ones, as far as there is room."""
        try:
            file = self._file or self._begin()
            room = self._day_bytes - _bytes_in(self.folder / self._day)
            pieces: list[bytes] = []
            chain = self._chain
            for raw, peer, reason, arrived in waiting:
                text, after = records([(raw, peer)], chain, self._mark, arrived, reason)
                if (room := room - len(text)) < 0:
                    break
                pieces.append(text)
                chain = after
            file.add(b"".join(pieces))
        except OSError:
            return 0
        self._chain = chain
        return len(pieces)

    def _begin(self) -> GrowingFile:
        """Begin a part of the day: the first, or one beside those that earlier processes left."""
        folder = self.folder / self._day
        make_folder(folder)
        while True:
            self._number += 1
            part = part_at(self.folder, self.writer, self._day, self._number)
            with suppress(FileExistsError):
                file = GrowingFile(part.path, durable=False)
                break
        begun = new_part(f"{self.writer:02}", self._day, f"{self._number:06}", Chain())
        try:
            file.add(begun.line)
        except BaseException:
            file.discard()
            raise
        self._file, self._mark, self._chain = file, begun.mark, begun.chain
        return file

    def _turn(self, day: str) -> None:
        """Begin a day, going on from what an earlier process counted of it."""
        if self._day:
            self.flush()
        self._leave()
        self._day, self._number = day, 0
        self.tally = _tally_in(self.folder / day / f"{self.writer:02}.json")

    def _leave(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _note(self) -> None:
        """Note the tally where a person finds it; a disk that refuses even this stops nothing."""
        path = self.folder / self._day / f"{self.writer:02}.json"
        with suppress(OSError, BilanError), replacing(path) as unfinished:
            told = {reason: asdict(tally) for reason, tally in sorted(self.tally.items())}
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(told, file, ensure_ascii=False, indent=1)


def read_refused(folder: Path, day: str | None = None) -> Iterator[Refused]:
    """Yield what the quarantine of the store in ``folder`` kept, of one day or of all, by writer and time.

    A frame that is damaged there is passed over.
    """
    for parts in parts_of(Path(folder) / QUARANTINE).values():
        for part in parts:
            if day not in (None, part.day):
                continue
            with open_part(part) as stream:
                for item in Scanner().part(part, Text(stream)):
                    if isinstance(item, Record) and not item.problem:
                        yield Refused(
                            part.writer,
                            part.day,
                            item.arrived,
                            plain(item.peer),
                            plain(item.note),
                            item.raw,
                            part.path,
                            item.offset,
                        )


def tallies(folder: Path, day: str) -> dict[str, Tally]:
    """Return how many frames were refused on ``day`` by all writers of the store in ``folder``, by reason."""
    found: dict[str, Tally] = {}
    for path in sorted((Path(folder) / QUARANTINE / day).glob("[0-9][0-9].json")):
        for reason, tally in _tally_in(path).items():
            of_all = found.setdefault(reason, Tally())
            of_all.kept += tally.kept
            of_all.counted += tally.counted
    return found


def _tally_in(path: Path) -> dict[str, Tally]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {reason: Tally(int(tally["kept"]), int(tally["counted"])) for reason, tally in told.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _bytes_in(folder: Path) -> int:
    with os.scandir(folder) as entries:
        return sum(entry.stat().st_size for entry in entries if entry.name.endswith((".frames", ".gz")))
