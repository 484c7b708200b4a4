"""What reads uploaded plans and workbooks; it runs apart (``bilan.portal.files.apart``) and knows nothing of Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bilan.plan import compile_document, import_workbook, read_document
from bilan.plan.corrections import edits_of
from bilan.plan.model import CompiledPlan
from bilan.plan.workbook.read import stated_version

Tell = Callable[[str, float], None]

_READING, _COMPILED = 0.6, 0.95  # of the work


def compiled(tell: Tell, path: str, name: str, issued: str, region: str) -> dict[str, str]:
    """Return text, media type and compiled plan of a document that was uploaded as ``name``. Raises DocumentError."""
    tell("读取文件", 0.0)
    source = read_document(
        Path(path),
        progress=lambda page, pages: tell(f"读取第 {page} 页，共 {pages} 页", _READING * page / max(pages, 1)),
    )
    # databases keep no NUL in a text
    source = replace(source, name=name, text=source.text.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    def step(words: str, share: float) -> None:  # the compiler is done, the job is not
        tell(words if share < 1 else "生成审核稿", min(share, _COMPILED))

    plan = compile_document(source, issued=issued or None, region=region, progress=step)
    return {"text": source.text, "media_type": source.media_type, "plan": plan.model_dump_json()}


def workbook_version(_tell: Tell, path: str) -> str:
    """Return the version of which a workbook says it is, or ''. Raises WorkbookError."""
    return stated_version(Path(path)) or ""


def workbook_edits(_tell: Tell, path: str, base: str, text: str) -> dict[str, Any]:
    """Return what a workbook changes in the plan ``base``, and the cells refused and doubted. Raises WorkbookError."""
    plan = CompiledPlan.model_validate_json(base)
    result = import_workbook(Path(path), plan, text=text)
    return {
        "edits": [asdict(edit) for edit in edits_of(plan, result)],
        "refused": [asdict(one) for one in result.refused],
        "doubts": [asdict(one) for one in result.doubts],
    }
