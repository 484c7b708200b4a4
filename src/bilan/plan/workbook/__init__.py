"""The five lists as a workbook that an office circulates, corrects and sends back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.plan.workbook.read import ImportResult, import_workbook
    from bilan.plan.workbook.write import write_workbook

_HOMES = {"ImportResult": "read", "import_workbook": "read", "write_workbook": "write"}
__all__ = ["ImportResult", "import_workbook", "write_workbook"]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
