"""Plain text: the decoded file itself, character for character, and the tables that stand in it as rows of text."""

from __future__ import annotations

from bilan.plan.document import Document
from bilan.plan.readers.decoding import decode
from bilan.plan.readers.source import Progress, SourceFile, check_length
from bilan.plan.readers.typed_tables import typed_tables


def read(source: SourceFile, progress: Progress | None = None) -> Document:
    """The text exactly as ``open(path, encoding=document.encoding).read()`` gives it, so that spans agree.

    Raises :class:`~bilan.plan.document.DocumentError` when the file is not text, or is longer than
    :data:`~bilan.plan.readers.source.MAX_CHARACTERS`.
    """
    text, encoding = decode(source)
    check_length(source.name, len(text))
    return Document(
        name=source.name,
        media_type="text/plain",
        sha256=source.sha256,
        text=text,
        encoding=encoding,
        is_plain=True,
        tables=tuple(typed_tables(text)),
    )
