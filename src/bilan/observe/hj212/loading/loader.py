"""Stored frames into the lake: from where the last run stopped, in batches, each of them known again if it comes twice.

    store ──► frames by arrival ──► packet ──► rows ──► Lake.add ──► checkpoint ──► means of what is over
                                      └─► what is not believed, by sort and count (``STORE/refused``)

- **Nothing is lost or doubled**, whenever the loader dies: the checkpoint follows the rows. What is loaded again has
  the same source (day, writer and number of the frame) and the same content, by which the lake knows it. A lake that
  is another one than the checkpoint knows, or was put back to an older state, is loaded from the beginning.
- **A re-send** of what stands is no second value, one with another value is a correction that closes the first.
- **Believed** is what came from an MN that the register has on the day of arrival, undamaged. The password was checked
  by the gateway against the register of that moment; here a changed one would refuse what was acknowledged.
- **Batches.** Every commit adds a file to each parameter it meets. The lake merges small files as they come, so that
  readers need not know of any staging; what must be bounded is the number of commits. A run that followed a run waits
  for :data:`SECONDS_PER_FILE` for every file that it wrote, and :data:`SHARE` times as long as it took: a device alone
  is seen after some seconds, a province after a minute, and a day never makes more than about 43,000 files.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from types import TracebackType

from bilan.errors import BilanError
from bilan.observe.hj212.decoding import examine
from bilan.observe.hj212.loading import rows
from bilan.observe.hj212.loading.batch import Batch, is_late
from bilan.observe.hj212.loading.due_means import DueMeans
from bilan.observe.hj212.loading.parts import OpenParts
from bilan.observe.hj212.loading.reading import Reading, source_ref
from bilan.observe.hj212.loading.refused import RefusedFiles
from bilan.observe.hj212.loading.rows import Extract, Refusal
from bilan.observe.hj212.loading.state import Checkpoint, CheckpointFile, LoaderError, Lock
from bilan.observe.hj212.packet import Packet
from bilan.observe.hj212.register import Outlet, Register, RegisterError
from bilan.observe.hj212.store.errors import PositionError, Problem
from bilan.observe.hj212.store.identity import make_store_id
from bilan.observe.hj212.store.reading import Position, Stored
from bilan.observe.lake import Lake
from bilan.observe.lake_classify import Added
from bilan.observe.lake_schema import STATIONS

BATCH_ROWS = 200_000  # held a few times over in less than 200 MB; the lake must commit them at once (CHUNK_ROWS)
SECONDS_PER_FILE = 2.0
SHARE = 10
PAUSE = 1.0  # seconds between two looks at a store in which nothing happens
GRACE = 20.0  # seconds after a stop for which what is left is still loaded; the rest is for the next loader
RETRY = 30.0  # seconds after something refused that may not refuse for ever: a full disk, a lake that is away

_EPOCH = date(1970, 1, 1).toordinal()

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Loaded:
    """What a run did, counted in frames but for the last five.

    ``packets`` gave rows, ``others`` are no observations (heartbeats, answers, alarms), ``unknown`` have an MN that the
    register does not know, ``damaged`` cannot be read, ``lost`` are places of the store that are not as written.
    ``early`` came before their interval was over. ``refused`` counts values, ``rows`` what was handed to the lake and
    ``added`` what the lake made of it, ``means`` the same of computed rows; ``stations`` were added or changed.
    """

    frames: int = 0
    packets: int = 0
    others: int = 0
    unknown: int = 0
    damaged: int = 0
    lost: int = 0
    early: int = 0
    refused: int = 0
    rows: int = 0
    stations: int = 0
    added: Added = field(default_factory=Added)
    means: Added = field(default_factory=Added)

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(Loaded)))

    @property
    def doubtful(self) -> int:
        """How many frames and values were not believed."""
        return self.unknown + self.damaged + self.lost + self.refused


class Loader:
    """Loads the store in a folder into ``lake``; the only one of that store until it is closed.

    ``batch_rows``: rows handed to the lake at once, at most :data:`BATCH_ROWS`. ``future``: seconds by which DataTime
    may be ahead of the arrival.
    ``any_age``: take real-time data however old, as those of a store that was replayed; else they are refused after
    :data:`~bilan.observe.hj212.loading.rows.OLDEST_INSTANT`. ``means``: whether to compute minutes, hours and days of
    outlets that send only real-time data. ``clock``: seconds since 1970 UTC. ``progress`` is called with a stage and
    the fraction done.
    Raises LoaderError where another process loads the store, or its checkpoint cannot be read.
    """

    def __init__(
        self,
        store: Path,
        lake: Lake,
        register: Register,
        *,
        batch_rows: int = BATCH_ROWS,
        future: int = rows.FUTURE,
        any_age: bool = False,
        means: bool = True,
        clock: Callable[[], float] = time.time,
        progress: Callable[[str, float], None] | None = None,
    ) -> None:
        self.store, self.lake, self.register = Path(store), lake, register
        self._batch_rows, self._means, self._clock = min(batch_rows, BATCH_ROWS), means, clock
        self._future, self._any_age = future, any_age
        self._progress = progress
        self._lock = Lock(self.store)
        self._store_id = make_store_id(self.store)
        self._file = CheckpointFile(self.store, lake.path)
        self._told_stations: Register | None = None
        self._told_problems: set[Problem] = set()
        self._told_register = ""
        self._files, self._took = 0, 0.0  # files written and seconds taken by the loading of the last run
        self._until = clock()  # what arrived before is in the lake
        self._stopping: Callable[[], bool] = lambda: False
        try:
            self._resume()
        except BaseException:
            self.close()
            raise

    @property
    def lag(self) -> float:
        """The greatest age, in seconds, that a frame can have which is not in the lake yet. For any thread."""
        return max(0.0, self._clock() - self._until)

    def run_once(self) -> Loaded:
        """Load what the store holds now, and compute the means that are due.

        Raises LakeError, StoreError or FileError where lake or disk refuse; what was loaded so far stays loaded.
        """
        self._files, started = 0, time.monotonic()
        began, first = self._clock(), True
        total = self._tell_stations()
        problems: list[Problem] = []
        reading = Reading(self.store, Position(self._position) if self._position else None, problems.append)
        keys = _keys_set(self.store)
        batch, counts = Batch(), Loaded()
        for frame in _frames(reading):
            self._take(frame, keys, batch, counts)
            if first:
                self._until, first = min(self._until, frame.arrived / 1e6), False
            if len(batch) >= self._batch_rows:
                total += self._commit(batch, counts, reading.position)
                batch, counts = Batch(), Loaded()
                self._until = frame.arrived / 1e6
                if self._progress:
                    self._progress("装载", reading.fraction)
                if self._stopping():
                    return total
        counts.lost = self._tell_problems(problems)
        total += self._commit(batch, counts, reading.position)
        self._until, self._took = began, time.monotonic() - started
        return total + self._compute()

    def follow(self, stop: Event, told: Callable[[Loaded], None] | None = None) -> Loaded:
        """Load until ``stop`` is set, then once more, at most :data:`GRACE` seconds; return all that was done.

        ``told`` is called after each run. What the lake or the disk refuse, and whatever else a run meets, is logged
        and tried again; so is a register that cannot be read, and meanwhile the one before it holds.
        """
        total, broken = Loaded(), False
        self._stopping = _after(stop, GRACE)
        while True:
            ending = stop.is_set()
            try:
                if broken:
                    self._resume()
                self._refresh_register()
                done, broken = self.run_once(), False
            except Exception as error:
                if ending:
                    raise
                known = isinstance(error, BilanError | OSError)
                log.error(str(error) if known else "装载出错，稍后再试", exc_info=not known)
                broken = True
                stop.wait(RETRY)
                continue
            total += done
            if told:
                told(done)
            if ending:
                return total
            stop.wait(self._pause(done))

    def begin_again(self) -> None:
        """Forget how far the store was loaded: the next run begins at its beginning, and doubles nothing.

        For when a table of policy or the register has learned what was refused before.
        """
        self._file.forget()
        self._refused.forget()
        self._resume()

    def close(self) -> None:
        """Let another loader begin."""
        self._lock.close()

    def __enter__(self) -> Loader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _resume(self) -> None:
        """Go on from the checkpoint, forgetting what came after it; from the beginning for a lake that has less."""
        found = self._file.load()
        self._refused = RefusedFiles(self.store)
        if found.position and (found.lake_id != self.lake.id or found.lake_version > self.lake.version):
            log.warning(f"{self.lake.path}：不是上次装载的数据湖，或已退回更早的版本；从头装载存储，不会重复")
            found = Checkpoint()
            self._refused.forget()
            self._told_stations = None
        self._position = found.position
        self._parts, self._due = OpenParts(found.parts), DueMeans(found.means)

    def _refresh_register(self) -> None:
        """Take a changed register; one that is broken is told once, and the one before it stays."""
        try:
            self.register, self._told_register = self.register.refreshed(), ""
        except RegisterError as error:
            if self._told_register != str(error):
                log.error(f"{error}；继续使用原来的登记表")
            self._told_register = str(error)

    def _tell_stations(self) -> Loaded:
        if self._told_stations is self.register:
            return Loaded()
        import pyarrow as pa

        changed = self.lake.add_stations(pa.Table.from_pylist(self.register.stations(), schema=STATIONS))
        self._told_stations = self.register
        return Loaded(stations=changed)

    def _tell_problems(self, problems: Iterable[Problem]) -> int:
        """How many places of the store are damaged that were not told before; one at the end is met by every run."""
        new = set(problems) - self._told_problems
        for problem in sorted(new, key=str):
            log.warning(str(problem))
        self._told_problems |= new
        return len(new)

    def _take(self, frame: Stored, keys: dict[str, tuple[bytes, ...]], batch: Batch, counts: Loaded) -> None:
        """Bring the rows of a frame into ``batch``, what is refused to its place, and count it."""
        counts.frames += 1
        packet = examine(frame.raw)
        arrived = frame.arrived // 1_000_000
        outlet = self.register.on(packet.mn or "", _day(arrived))  # its folder may be of a clock that was ahead
        if outlet is None and packet.mn and all(problem.code == "cipher.key" for problem in packet.errors):
            counts.unknown += 1
            return self._refuse(frame, packet, Refusal("", "", "unknown-mn"))
        if outlet and packet.errors and (of_mn := (*keys.get(outlet.mn, ()), *outlet.keys)):
            packet = examine(frame.raw, keys=of_mn)
        if outlet is None or packet.errors:
            counts.damaged += 1
            return self._refuse(frame, packet, Refusal("", packet.errors[0].code, "damaged"))
        data_time = self._parts.data_time(packet, arrived)
        found = rows.extract(packet, outlet, arrived, data_time=data_time, future=self._future, any_age=self._any_age)
        self._refuse(frame, packet, *found.refusals)
        counts.refused += len(found.refusals)
        counts.rows += len(found.rows)
        counts.early += found.early
        if found.rows:
            late = is_late(found, arrived)
            ref = f"{self._store_id}:{source_ref(frame, late=late)}"
            batch.add(outlet.station, found, ref, frame.seq, late=late)
            self._note_instants(outlet, packet, found)
            counts.packets += 1
        elif not found.refusals:
            counts.others += 1
        return None

    def _note_instants(self, outlet: Outlet, packet: Packet, found: Extract) -> None:
        if self._means and any(row.statistic in ("rtd", "zsrtd") for row in found.rows):
            self._due.note(outlet.station, outlet.st or packet.st or "", found)

    def _refuse(self, frame: Stored, packet: Packet, *refusals: Refusal) -> None:
        for refusal in refusals:
            self._refused.add(frame, packet.mn or "", packet.cn or "", refusal)

    def _commit(self, batch: Batch, counts: Loaded, position: Position) -> Loaded:
        """Bring ``batch`` into the lake, then note that it is there."""
        name = f"hj212-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        for table in batch.tables():
            counts.added += self.lake.add([table], batch=name)
            self._files += len(table["parameter"].unique())
        if len(batch):  # also what was there already: a loader that was killed may have left it unsynced
            _bring_to_disk(self.lake)
        self._refused.save()
        if position != self._position:
            self._position = position
            self._save()
        return counts

    def _compute(self) -> Loaded:
        if not self._means:
            return Loaded()
        made, files = self._due.compute(self.lake, self.register, self._clock())
        if files:
            _bring_to_disk(self.lake)
            self._save()
        return Loaded(means=made)

    def _save(self) -> None:
        told = self._parts.to_json(), self._due.to_json()
        self._file.save(Checkpoint(self._position, *told, self.lake.id, self.lake.version))

    def _pause(self, done: Loaded) -> float:
        """Seconds until the next run; means are not in it, as they come once in ten minutes whatever the pause."""
        if not done.frames:
            return PAUSE
        return max(PAUSE, SHARE * self._took, SECONDS_PER_FILE * self._files)


def _day(arrived: int) -> date:
    """The day in Asia/Shanghai of a moment in seconds since 1970 UTC."""
    return date.fromordinal(_EPOCH + (arrived + rows.SHANGHAI) // 86400)


def _bring_to_disk(lake: Lake) -> None:
    """What the checkpoint says is loaded must outlive a power cut; files of the lake are many, so all are asked for."""
    if "://" not in lake.path and hasattr(os, "sync"):
        os.sync()


def _after(stop: Event, seconds: float) -> Callable[[], bool]:
    """Whether ``stop`` was seen to be set ``seconds`` ago, asked again and again."""
    seen: list[float] = []

    def late() -> bool:
        if stop.is_set():
            seen.append(time.monotonic())
        return bool(seen) and seen[-1] - seen[0] >= seconds

    return late


def _frames(reading: Reading) -> Iterator[Stored]:
    """The frames of ``reading``; a position that is not in the store is told with what to do about it."""
    try:
        yield from reading
    except PositionError as error:
        raise LoaderError(f"{error}；加 --again 从头装载，不会重复") from error


def _keys_set(store: Path) -> dict[str, tuple[bytes, ...]]:
    """The SM4 keys that gateways of the store gave to devices by command, by MN."""
    from bilan.observe.hj212.gateway.state import FILE, GatewayState

    if not (store / FILE).exists():
        return {}
    with GatewayState(store, create=False) as state:
        return state.keys()
