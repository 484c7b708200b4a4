"""The DataTime of packets that are parts of one message, where only the first part has it.

Every part is meant to hold whole factors and its DataTime (HJ 212-2017 tables C.49 and C.50), and is loaded by itself.
Some devices leave the DataTime to the first part: then the parts behind it take it from there.
"""

from __future__ import annotations

from typing import Any

from bilan.observe.hj212.packet import Packet

LATEST = 120  # seconds between a part and the one before it
MOST = 1000  # messages that may be open at once


class OpenParts:
    """The messages of which more parts may come; ``told`` is what :meth:`to_json` gave.

    >>> from bilan.observe.hj212.decoding import examine
    >>> from bilan.observe.hj212.encoding import encode
    >>> first = encode("DataTime=20240520210600;011-Avg=1", cn="2051", mn="X1", st="32", flag=6, pnum=2, pno=1)
    >>> second = encode("060-Avg=1", cn="2051", mn="X1", st="32", flag=6, pnum=2, pno=2)
    >>> parts = OpenParts({})
    >>> parts.data_time(examine(first), 100), parts.data_time(examine(second), 101), parts.to_json()
    (None, '20240520210600', {})
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
        name = f"{packet.mn} {packet.cn} {pnum}"
        own = packet.data.get("DataTime")
        text, before, moment = self._open.pop(name, ("", 0, 0))
        if isinstance(own, str):
            text = own
        elif pno != before + 1 or abs(arrived - moment) > LATEST:
            return None
        if pno < pnum:
            self._open[name] = (text, pno, arrived)
            if len(self._open) > MOST:
                del self._open[next(iter(self._open))]
        return None if isinstance(own, str) else text
