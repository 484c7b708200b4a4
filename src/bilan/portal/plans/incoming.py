"""What a workbook that comes back would change in a draft that has moved on since the workbook went out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from bilan.plan.corrections import Edit
from bilan.plan.workbook.door import WorkbookError
from bilan.plan.workbook.rows import Doubt, Refusal
from bilan.portal.core.sentences import again
from bilan.portal.files.apart import UnreadableError, apart
from bilan.portal.files.models import StoredFile
from bilan.portal.plans.models import Draft
from bilan.portal.plans.reading import under_its_name
from bilan.portal.plans.state import Review, review_at, review_of

_SECONDS = 60  # a page waits for it


@dataclass(frozen=True)
class Incoming:
    """Edits that can be applied, those whose items were changed on the site meanwhile, refused and doubtful cells."""

    edits: list[Edit]
    passed_over: list[Edit]
    refused: list[Refusal]
    doubts: list[Doubt]
    moved_on: bool


def read_incoming(draft: Draft, file: StoredFile) -> Incoming:
    """Return what a workbook would change. Raises WorkbookError for one that never left this draft, ApartError."""
    with under_its_name(file) as path:
        try:
            return _read(draft, path)
        except UnreadableError as refused:  # where it lies for the moment is nobody's concern
            raise WorkbookError(again(str(refused).removeprefix(f"{path}："))) from refused


def _read(draft: Draft, path: Path) -> Incoming:
    version = apart("bilan.portal.plans.parsing:workbook_version", str(path), seconds=_SECONDS)
    out = review_at(draft, version)
    now = review_of(draft)
    if out is None:
        raise WorkbookError(_("这个工作簿不是从这份审核稿下载的，或者下载它的那一步已经不在了。请重新下载再改。"))
    base = out.plan.model_dump_json()
    found = apart("bilan.portal.plans.parsing:workbook_edits", str(path), base, out.text, seconds=_SECONDS)
    edits = [Edit(**edit) for edit in found["edits"]]
    return Incoming(
        [edit for edit in edits if not _touched(edit, out, now)],
        [edit for edit in edits if _touched(edit, out, now)],
        [Refusal(**one) for one in found["refused"]],
        [Doubt(**one) for one in found["doubts"]],
        out.number != now.number,
    )


def _touched(edit: Edit, out: Review, now: Review) -> bool:
    """Whether somebody changed the item on the site after the workbook went out, or it is there already."""
    last = now.touched.get(edit.item)
    return last is not None and last.number > out.number
