"""What a vendor has to mend: frames judged outlet by outlet and command by command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.observe.hj212.check.report import Case, Checker, CommandReport, OutletReport

_HOMES = {"Case": "report", "Checker": "report", "CommandReport": "report", "OutletReport": "report"}
__all__ = ["Case", "Checker", "CommandReport", "OutletReport"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
