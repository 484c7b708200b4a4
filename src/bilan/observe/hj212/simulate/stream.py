"""Outlets that do not exist, and all they send: for tests, load, and trying a receiver out.

    outlet ──► series ──► messages (2011, 2021, 2051, 2061, 2031, 3020, 9015) ──► frames ──► faults ──► wire

The same arguments give the same bytes. Time is that of the simulated devices, without a zone, as packets have it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from bilan.observe.hj212.simulate.device import Device, Message
from bilan.observe.hj212.simulate.faults import Faults
from bilan.observe.hj212.simulate.outlets import SimulatedOutlet


def messages(
    outlets: Sequence[SimulatedOutlet],
    start: datetime,
    hours: float,
    *,
    seed: int = 0,
    faults: Faults | None = None,
    split: float = 0.0,
) -> Iterator[Message]:
    """What all ``outlets`` send in ``hours`` from ``start`` (time of the devices), in the order of sending."""
    end = start + timedelta(hours=hours)
    streams = [Device(outlet, seed=seed, faults=faults, split=split).messages(start, end) for outlet in outlets]
    return heapq.merge(*streams, key=attrgetter("moment"))


def frames(
    outlets: Sequence[SimulatedOutlet],
    start: datetime,
    hours: float,
    *,
    seed: int = 0,
    faults: Faults | None = None,
    split: float = 0.0,
) -> Iterator[tuple[str, bytes]]:
    """MN and bytes of everything that arrives from ``outlets`` in ``hours`` from ``start``; see :func:`messages`.

    >>> from bilan.observe.hj212.simulate.outlets import simulated_outlets
    >>> first = next(frames(simulated_outlets(1), datetime(2026, 3, 1), 1))
    >>> first[0], first[1][26:44]
    ('53494D553100000000000001', b';ST=31;CN=2011;PW=')
    """
    for message in messages(outlets, start, hours, seed=seed, faults=faults, split=split):
        yield message.mn, message.wire
