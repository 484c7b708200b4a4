"""What a workbook that comes back would change in a draft that has moved on since the workbook went out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from bilan.plan import import_workbook
from bilan.plan.corrections import Edit, edits_of
from bilan.plan.workbook.read import WorkbookError, stated_version
from bilan.plan.workbook.rows import Doubt, Refusal
from bilan.portal.files.models import StoredFile
from bilan.portal.plans.models import Draft
from bilan.portal.plans.reading import under_its_name
from bilan.portal.plans.state import Review, review_at, review_of


@dataclass(frozen=True)
class Incoming:
    """Edits that can be applied, those whose items were changed on the site meanwhile, refused and doubtful cells."""

    edits: list[Edit]
    passed_over: list[Edit]
    refused: list[Refusal]
    doubts: list[Doubt]
    moved_on: bool


def read_incoming(draft: Draft, file: StoredFile) -> Incoming:
    """Return what a workbook would change. Raises WorkbookError for one that never left this draft."""
    with under_its_name(file) as path:
        try:
            return _read(draft, path)
        except WorkbookError as refused:  # where it lies for the moment is nobody's concern
            raise WorkbookError(str(refused).removeprefix(f"{path}：")) from refused


def _read(draft: Draft, path: Path) -> Incoming:
    version = stated_version(path)
    out = review_at(draft, version or "")
    now = review_of(draft)
    if out is None:
        raise WorkbookError(_("这个工作簿不是从这份审核稿下载的，或者下载它的那一步已经不在了。请重新下载再改。"))
    result = import_workbook(path, out.plan, text=out.text)
    edits = edits_of(out.plan, result)
    free = [edit for edit in edits if not _touched(edit, out, now)]
    return Incoming(
        free, [edit for edit in edits if edit not in free], result.refused, result.doubts, out.number != now.number
    )


def _touched(edit: Edit, out: Review, now: Review) -> bool:
    """Whether somebody changed the item on the site after the workbook went out, or it is there already."""
    last = now.touched.get(edit.item)
    return last is not None and last.number > out.number
