"""A PDF is opened once at the door: it must open, without a password, and not be longer than may be worked on."""

from __future__ import annotations

import shutil
import tempfile
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from bilan.portal.files.apart import ApartError, apart
from bilan.portal.files.pdf_pages import LOCKED

_SECONDS = 30  # counting pages takes a moment


class PdfError(ValueError):
    """The PDF may not come in; the message says why."""


def check(file: BinaryIO) -> None:
    """Raise PdfError for one that is broken, locked, or has no pages or too many."""
    pages = count(file)
    if pages == 0:
        raise PdfError(_("PDF 没有页面。"))
    if pages > settings.BILAN_MOST_PAGES:
        raise PdfError(
            _("PDF 有 %(pages)d 页，超过 %(most)d 页的上限。请只上传计划正文。")
            % {"pages": pages, "most": settings.BILAN_MOST_PAGES}
        )


def count(file: BinaryIO) -> int:
    """Return how many pages there are. Raises PdfError where it cannot be opened."""
    file.seek(0)
    with tempfile.NamedTemporaryFile(prefix="bilan-", suffix=".pdf") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        try:
            found = apart("bilan.portal.files.pdf_pages:count", copy.name, seconds=_SECONDS)
        except ApartError as error:
            raise PdfError(str(error)) from error
    if isinstance(found, int):
        return found
    raise PdfError(_("PDF 加了密码。请去掉密码后再上传。") if found == LOCKED else _("PDF 已损坏，打不开。"))
