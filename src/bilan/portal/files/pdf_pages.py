"""Counts the pages of a PDF with PDFium; it runs apart (``bilan.portal.files.apart``) and knows nothing of Django."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

LOCKED, BROKEN = "locked", "broken"


def count(_tell: Callable[[str, float], None], path: str) -> int | str:
    """Return how many pages the PDF has, or why it cannot be opened."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(Path(path))
    except pypdfium2.PdfiumError as error:
        return LOCKED if "password" in str(error).lower() else BROKEN
    try:
        return len(document)
    finally:
        document.close()
