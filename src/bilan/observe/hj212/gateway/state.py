"""What gateways and people share about a store: commands to send, who is online, keys that were set.

One SQLite file in the store's folder; gateways of one store, the command line and other readers may open it at the same
time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bilan.errors import BilanError

FILE = "gateway.sqlite"
# Longer than any command takes, and than any outlet is silent on a line that is left open.
_FORSAKEN = timedelta(days=1)
_REMEMBERED = timedelta(days=200)  # two spells of a key (90 days, HJ 212-2025) and some weeks

# waiting -> sent -> accepted -> done; or refused (by QnRtn), failed (by ExeRtn), silent (no answer), cancelled, expired
State = Literal["waiting", "sent", "accepted", "done", "refused", "failed", "silent", "cancelled", "expired"]
OPEN: tuple[State, ...] = ("waiting", "sent", "accepted")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS command (
    id INTEGER PRIMARY KEY, mn TEXT NOT NULL, cn TEXT NOT NULL, cp TEXT NOT NULL, created TEXT NOT NULL,
    expires TEXT, state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0, qn TEXT, changed TEXT,
    answer TEXT, note TEXT, writer INTEGER
);
CREATE INDEX IF NOT EXISTS command_state ON command (state, mn);
CREATE INDEX IF NOT EXISTS command_cn ON command (cn, created);
CREATE TABLE IF NOT EXISTS outlet (
    mn TEXT PRIMARY KEY, online INTEGER NOT NULL, since TEXT NOT NULL, last_frame TEXT, peer TEXT, version INTEGER,
    writer INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sm4_key (mn TEXT NOT NULL, key BLOB NOT NULL, since TEXT NOT NULL, PRIMARY KEY (mn, since));
"""


class StateError(BilanError):
    """The state of the gateway cannot be read or written, or a command does not fit."""


class Command(NamedTuple):
    """A command of the host to a device: what is to be sent, and how far it has come.

    Times are ISO 8601 in UTC. ``cp`` holds the text between the ``&&``; ``answer`` is the device's last word
    (``QnRtn=1``, ``ExeRtn=100`` …), ``note`` what it means or what it sent, ``writer`` the
    number of the gateway process that sends it.
    """

    id: int
    mn: str
    cn: str
    cp: str
    created: str
    expires: str | None
    state: State
    tries: int
    qn: str | None
    changed: str | None
    answer: str | None
    note: str | None
    writer: int | None


class Presence(NamedTuple):
    """Whether an outlet is online, since when it has been so, and when it was heard last (UTC)."""

    mn: str
    online: bool
    since: str
    last_frame: str | None
    peer: str | None
    version: int | None


class GatewayState:
    """The state of the gateways of the store in ``folder``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, GatewayState(Path(folder)) as state:
    ...     number = state.enqueue("X1", "1062", "RtdInterval=30")
    ...     [command.id for command in state.take({"X1", "X2"}, 1)] == [number], state.command(number).state
    (True, 'sent')
    """

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        path = folder / FILE
        if not create and not path.exists():
            raise StateError(f"{folder}：这里没有网关的状态（{FILE}）；网关在这个文件夹里运行过吗？")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o600)  # it holds keys
            self._path = path
            self._db = sqlite3.connect(path, timeout=10, isolation_level=None)
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + _SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"{path}：{error}") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> GatewayState:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- commands ---

    def enqueue(self, mn: str, cn: str, cp: str, *, expires: datetime | None = None) -> int:
        """The number of a new command; it is sent when the outlet is online, but not after ``expires``."""
        until = None if expires is None else expires.astimezone(UTC).isoformat()
        with self._durably():
            row = self._do(
                "INSERT INTO command (mn, cn, cp, created, expires) VALUES (?, ?, ?, ?, ?)", (mn, cn, cp, _now(), until)
            )
        return int(row.lastrowid or 0)

    def want(self, commands: Iterable[tuple[str, str, str]]) -> None:
        """Have ``commands`` (MN, CN, CP) sent once each: what waits already is not added again."""
        with self._writing():
            for mn, cn, cp in commands:
                self._do(
                    "INSERT INTO command (mn, cn, cp, created) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS "
                    "(SELECT 1 FROM command WHERE state = 'waiting' AND mn = ?1 AND cn = ?2 AND cp = ?3)",
                    (mn, cn, cp, _now()),
                )

    def command(self, number: int) -> Command:
        """The command with this number; StateError without one."""
        row = self._do("SELECT * FROM command WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise StateError(f"没有第 {number} 号命令")
        return Command(*row)

    def commands(self, mn: str | None = None, *, only_open: bool = False, limit: int = 1000) -> list[Command]:
        """The newest commands (of one outlet), the newest first."""
        wanted = "state IN ('waiting', 'sent', 'accepted')" if only_open else "1"
        found = self._do(
            f"SELECT * FROM command WHERE {wanted} AND (?1 IS NULL OR mn = ?1) ORDER BY id DESC LIMIT ?2", (mn, limit)
        )
        return [Command(*row) for row in found]

    def unsettled(self, cn: str, mn: str | None = None) -> list[Command]:
        """The commands that went out in the last months and are not known to be done, whatever the device said."""
        since = (datetime.now(UTC) - _REMEMBERED).isoformat(timespec="milliseconds")
        found = self._do(
            "SELECT * FROM command WHERE cn = ?1 AND created > ?2 AND tries > 0 AND state <> 'done' "
            "AND (?3 IS NULL OR mn = ?3) ORDER BY id DESC",
            (cn, since, mn),
        )
        return [Command(*row) for row in found]

    def cancel(self, number: int) -> bool:
        """Whether the command was still waiting and is cancelled now."""
        changed = self._do(
            "UPDATE command SET state = 'cancelled', changed = ? WHERE id = ? AND state = 'waiting'", (_now(), number)
        )
        return changed.rowcount > 0

    def take(self, mns: Iterable[str], writer: int) -> list[Command]:
        """The oldest waiting command of each of ``mns``, marked as sent by this process: no other takes it.

        A command for an outlet that is online at another gateway, where it was heard last, is left to that one.
        """
        names = set(mns)
        taken = []
        with self._writing():
            self._do(
                "UPDATE command SET state = 'expired', changed = ?1 WHERE state = 'waiting' AND expires < ?1", (_now(),)
            )
            waiting = self._do(
                "SELECT min(id), mn FROM command WHERE state = 'waiting' AND mn NOT IN "
                "(SELECT mn FROM outlet WHERE online AND writer <> ?) GROUP BY mn",
                (writer,),
            ).fetchall()
            for number, mn in waiting:
                if mn in names:
                    self._do(
                        "UPDATE command SET state = 'sent', writer = ?, changed = ? WHERE id = ?",
                        (writer, _now(), number),
                    )
                    taken.append(self.command(number))
        return taken

    def note(self, number: int, state: State, *, answer: str | None = None, note: str | None = None) -> None:
        """Write down how far a command has come; what is not given stays."""
        self._do(
            "UPDATE command SET state = ?, changed = ?, answer = coalesce(?, answer), note = coalesce(?, note) "
            "WHERE id = ?",
            (state, _now(), answer, note, number),
        )

    def sending(self, number: int, qn: str, tries: int) -> None:
        """Write down that a command goes out, under which QN and for the how many-th time."""
        self._do("UPDATE command SET qn = ?, tries = ?, changed = ? WHERE id = ?", (qn, tries, _now(), number))

    def recover(self, writer: int) -> None:
        """After a crash of the process: what it had sent without an answer waits again.

        So does what a gateway with another number left a day ago, which may never come back under that number.
        """
        day_ago = (datetime.now(UTC) - _FORSAKEN).isoformat(timespec="milliseconds")
        with self._writing():
            self._do("UPDATE outlet SET online = 0, since = ? WHERE online = 1 AND last_frame < ?", (_now(), day_ago))
            for state, then in (("sent", "waiting"), ("accepted", "silent")):
                self._do(
                    "UPDATE command SET state = ?, changed = ?, note = '网关重启' "
                    "WHERE state = ? AND (writer = ? OR changed < ?)",
                    (then, _now(), state, writer, day_ago),
                )

    # --- who is online ---

    def present(self, writer: int, rows: Iterable[Presence]) -> None:
        """Write down who is online."""
        with self._writing():
            for row in rows:
                self._do(
                    "INSERT INTO outlet VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (mn) DO UPDATE SET "
                    "online = ?2, since = ?3, last_frame = coalesce(?4, last_frame), peer = coalesce(?5, peer), "
                    "version = coalesce(?6, version), writer = ?7 WHERE ?2 OR writer = ?7",
                    (*row, writer),
                )

    def all_offline(self, writer: int) -> None:
        """What a gateway says when it begins and ends: nobody is connected to it."""
        self._do("UPDATE outlet SET online = 0, since = ? WHERE writer = ? AND online = 1", (_now(), writer))

    def presences(self) -> list[Presence]:
        """Every outlet that was ever heard, by MN."""
        found = self._do("SELECT mn, online, since, last_frame, peer, version FROM outlet ORDER BY mn")
        return [Presence(mn, bool(online), *rest) for mn, online, *rest in found]

    # --- keys ---

    def add_key(self, mn: str, key: bytes) -> None:
        """Keep a key that the device has taken over; older ones still open what was stored before."""
        with self._durably():
            self._do("INSERT OR REPLACE INTO sm4_key VALUES (?, ?, ?)", (mn, key, _now()))

    def keys_seen(self) -> int:
        """A number that grows whenever a key is set, by whichever process."""
        return int(self._do("SELECT coalesce(max(rowid), 0) FROM sm4_key").fetchone()[0])

    def keys(self) -> dict[str, tuple[bytes, ...]]:
        """The keys of each MN that were set by command, the newest first."""
        found: dict[str, tuple[bytes, ...]] = {}
        for mn, key in self._do("SELECT mn, key FROM sm4_key ORDER BY mn, since DESC, rowid DESC"):
            found[mn] = (*found.get(mn, ()), key)
        return found

    def _do(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:  # locked for long, or a full disk
            raise StateError(f"{self._path}：{error}") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._do("BEGIN IMMEDIATE")
        try:
            yield
            self._do("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # some errors have rolled back already
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _durably(self) -> Iterator[None]:
        """What is written here outlives a power cut, too; the other writes do not wait for the disk."""
        self._do("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            self._do("PRAGMA synchronous = NORMAL")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
