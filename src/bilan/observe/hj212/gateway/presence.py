"""Who is online: an outlet is, while a line on which it was heard and believed stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bilan.observe.hj212.gateway import state
from bilan.policy import hj212 as standard

if TYPE_CHECKING:
    from bilan.observe.hj212.gateway.connection import Connection


@dataclass(slots=True)
class _Line:
    """The newest line of an outlet and when it was heard on it."""

    connection: Connection
    since: datetime
    heard: float  # time of the event loop
    version: int


class Presences:
    """The outlets with a line, by MN, and those whose presence changed since it was last told."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._changed: set[str] = set()
        self._gone: dict[str, _Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, mn: str) -> bool:
        return mn in self._lines

    def heard(self, mn: str, connection: Connection, header: Mapping[str, str]) -> bool:
        """Note a believed frame of the outlet; whether it is online only now."""
        line = self._lines.get(mn)
        self._changed.add(mn)
        if line is not None and line.connection is connection:
            line.heard = connection.heard_at
            return False
        if not connection.stands:  # the last frame of a line that is gone; the outlet may have another one by now
            return False
        flag = header.get("Flag", "")
        version = standard.edition_of_flag(int(flag)) if flag.isascii() and flag.isdigit() and len(flag) <= 3 else 2005
        since = line.since if line is not None else datetime.now(UTC)
        self._lines[mn] = _Line(connection, since, connection.heard_at, version or 2017)
        return line is None

    def lost(self, connection: Connection) -> list[str]:
        """The outlets that have no line any more, now that ``connection`` is gone."""
        gone = []
        for mn in connection.mns:
            line = self._lines.get(mn)
            if line is not None and line.connection is connection:
                self._gone[mn] = self._lines.pop(mn)
                self._changed.add(mn)
                gone.append(mn)
        return gone

    def line(self, mn: str) -> Connection | None:
        """The newest line of the outlet."""
        line = self._lines.get(mn)
        return None if line is None else line.connection

    def version(self, mn: str) -> int:
        """The edition of the standard that the outlet speaks."""
        return self._lines[mn].version

    def changes(self, now: float) -> list[state.Presence]:
        """What changed since :meth:`told`, at the time ``now`` of the event loop."""
        moment = datetime.now(UTC)
        told = []
        for mn in self._changed:
            line, gone = self._lines.get(mn), self._gone.get(mn)
            last = line or gone
            if last is not None:
                heard = moment - timedelta(seconds=now - last.heard)
                since = moment if line is None else line.since
                peer = last.connection.peer
                told.append(state.Presence(mn, line is not None, _text(since), _text(heard), peer, last.version))
        return told

    def told(self) -> None:
        """What changed so far is written down."""
        self._changed.clear()
        self._gone.clear()

    def online(self) -> list[str]:
        """The MNs that are online."""
        return list(self._lines)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
