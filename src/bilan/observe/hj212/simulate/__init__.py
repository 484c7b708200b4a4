"""Outlets that do not exist, and all they send: for tests, load, and trying a receiver out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.observe.hj212.simulate.device import Device, Message
    from bilan.observe.hj212.simulate.faults import Faults
    from bilan.observe.hj212.simulate.outlets import KINDS, PREFIX, SimulatedOutlet, SimulationError, simulated_outlets
    from bilan.observe.hj212.simulate.stream import frames, messages

_HOMES = {
    "Device": "device",
    "Faults": "faults",
    "KINDS": "outlets",
    "Message": "device",
    "PREFIX": "outlets",
    "SimulatedOutlet": "outlets",
    "SimulationError": "outlets",
    "frames": "stream",
    "messages": "stream",
    "simulated_outlets": "outlets",
}
__all__ = [
    "KINDS",
    "PREFIX",
    "Device",
    "Faults",
    "Message",
    "SimulatedOutlet",
    "SimulationError",
    "frames",
    "messages",
    "simulated_outlets",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
