"""The gateway: what devices send over HJ 212 is kept before it is acknowledged, and what they are asked.

See Also
--------
bilan.observe.hj212.gateway.server : the process, which puts the other modules together
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.observe.hj212.gateway.dialogue import Patience
    from bilan.observe.hj212.gateway.limits import Limits
    from bilan.observe.hj212.gateway.server import Gateway
    from bilan.observe.hj212.gateway.state import GatewayState

_HOMES = {"Gateway": "server", "GatewayState": "state", "Limits": "limits", "Patience": "dialogue"}
__all__ = ["Gateway", "GatewayState", "Limits", "Patience"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
