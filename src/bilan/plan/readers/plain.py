"""Plain text: the decoded file itself, character for character."""

from __future__ import annotations

from bilan.plan.document import Document
from bilan.plan.readers.decoding import decode
from bilan.plan.readers.source import Progress, SourceFile


def read(source: SourceFile, progress: Progress | None = None) -> Document:
    """The text exactly as ``open(path, encoding=document.encoding).read()`` gives it, so that spans agree."""
    text, encoding = decode(source)
    return Document(
        name=source.name,
        media_type="text/plain",
        sha256=source.sha256,
        text=text,
        encoding=encoding,
        is_plain=True,
    )
