"""Text of a government plan in, five linked lists out; every item with its span in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.plan.compiler import compile_document, compile_file, relink
    from bilan.plan.diff.compare import diff_plans
    from bilan.plan.document import Document, DocumentError
    from bilan.plan.model import CompiledPlan
    from bilan.plan.readers import read_document
    from bilan.plan.workbook.read import import_workbook
    from bilan.plan.workbook.write import write_workbook

_HOMES = {
    "CompiledPlan": "model",
    "Document": "document",
    "DocumentError": "document",
    "compile_document": "compiler",
    "compile_file": "compiler",
    "diff_plans": "diff.compare",
    "import_workbook": "workbook.read",
    "read_document": "readers",
    "relink": "compiler",
    "write_workbook": "workbook.write",
}
__all__ = [
    "CompiledPlan",
    "Document",
    "DocumentError",
    "compile_document",
    "compile_file",
    "diff_plans",
    "import_workbook",
    "read_document",
    "relink",
    "write_workbook",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
