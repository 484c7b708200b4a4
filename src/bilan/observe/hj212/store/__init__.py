"""The evidence store: frames as they were received, durable, chained by hash, and read from any place on.

``DIR/frames`` holds the chain (:mod:`.record` says how), ``DIR/writers`` the numbers of the processes that write,
``DIR/torn`` what killed processes left unfinished, ``DIR/quarantine`` what was refused. A closed part, one that is not
the last of its writer, may be packed with ``gzip`` where it lies.
"""

from __future__ import annotations

from bilan.observe.hj212.store.errors import PositionError, Problem, StoreError, StoreFull
from bilan.observe.hj212.store.quarantine import Quarantine, Refused, Tally, read_refused, tallies
from bilan.observe.hj212.store.reading import Position, Stored, read
from bilan.observe.hj212.store.verifying import Span, Verified, verify
from bilan.observe.hj212.store.writer import PART_BYTES, Store

__all__ = [
    "PART_BYTES",
    "Position",
    "PositionError",
    "Problem",
    "Quarantine",
    "Refused",
    "Span",
    "Store",
    "StoreError",
    "StoreFull",
    "Stored",
    "Tally",
    "Verified",
    "read",
    "read_refused",
    "tallies",
    "verify",
]
