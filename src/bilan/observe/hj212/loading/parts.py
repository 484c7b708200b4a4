"""The DataTime of packets that are parts of one message, where only the first part has it.

Every part is meant to hold whole factors and its DataTime (HJ 212-2017 tables C.49 and C.50), and is loaded by itself.
Some devices leave the DataTime to the first part: then the parts behind it take it from there, also when they come
again. Nothing but the order ties such parts together (each has a QN of its own); a message that is sent again as
history (RF) is another one than the current one of its command.
"""

from __future__ import annotations

from typing import Any

from bilan.observe.hj212.packet import Packet

LATEST = 120  # seconds between a part and the one before it
MOST = 10_000  # messages that are remembered at once


class OpenParts:
    """The messages of which parts may come, or come again; ``told`` is what :meth:`to_json` gave.

    >>> from bilan.observe.hj212.decoding import examine
    >>> from bilan.observe.hj212.encoding import encode
    >>> first = encode("DataTime=20240520210600;011-Avg=1", cn="2051", mn="X1", st="32", flag=6, pnum=2, pno=1)
    >>> second = encode("060-Avg=1", cn="2051", mn="X1", st="32", flag=6, pnum=2, pno=2)
    >>> parts = OpenParts({})
    >>> parts.data_time(examine(first), 100), parts.data_time(examine(second), 101), parts.to_json()
    (None, '20240520210600', {'X1 2051 2': ['20240520210600', 2, 101]})
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self._open: dict[str, tuple[str, int, int]] = {name: (at[0], at[1], at[2]) for name, at in told.items()}

    def to_json(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {name: list(at) for name, at in self._open.items()}

    def data_time(self, packet: Packet, arrived: int) -> str | None:
        """The DataTime that ``packet``, which came ``arrived`` seconds after 1970, has from a part before it.

        None where it has its own, or no part came that it may follow.
        """
        pnum, pno = packet.pnum or 1, packet.pno or 1
        if not 1 <= pno <= pnum or pnum == 1:
            return None
        name = f"{packet.mn} {packet.cn} {pnum}{' RF' if packet.rf else ''}"
        text, before, moment = self._open.get(name, ("", 0, 0))
        own = packet.data.get("DataTime")
        if isinstance(own, str):
            self._note(name, own, pno, arrived)
            return None
        if not 1 < pno <= before + 1 or abs(arrived - moment) > LATEST:
            return None
        self._note(name, text, max(before, pno), arrived)
        return text

    def _note(self, name: str, text: str, pno: int, arrived: int) -> None:
        """Note that parts up to ``pno`` came; messages of which no more can come are forgotten, the oldest first."""
        self._open.pop(name, None)
        self._open[name] = (text, pno, arrived)
        for other, (_, _, moment) in list(self._open.items()):
            if arrived - moment <= LATEST and len(self._open) <= MOST:
                break
            del self._open[other]
