"""What the reader tests share: reading bytes under a name, and the property every document has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bilan.plan.document import Document
from bilan.plan.readers import read_document

Read = Callable[..., Document]


def assert_spans_hold(document: Document) -> None:
    """Every span lies inside the text, and every cell is the text of its span."""
    text = document.text
    for heading in document.headings:
        assert 0 <= heading.start < heading.end <= len(text)
        assert text[heading.start : heading.end].strip() == text[heading.start : heading.end]
    for table in document.tables:
        assert 0 <= table.start < table.end <= len(text)
        assert len({len(row) for row in table.rows}) == 1
        for cell in (cell for row in table.rows for cell in row):
            assert table.start <= cell.start <= cell.end <= table.end
            assert text[cell.start : cell.end] == cell.text


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Reads bytes as a file of the given name and checks its spans."""
    folder: Path = tmp_path_factory.mktemp("files")

    def read_bytes(data: bytes, name: str = "方案.txt", **options: object) -> Document:
        path = folder / name
        path.write_bytes(data)
        document = read_document(path, **options)  # type: ignore[arg-type]
        assert_spans_hold(document)
        assert document.name == name
        return document

    return read_bytes


def headings(document: Document) -> list[tuple[str, int | None]]:
    return [(document.text[h.start : h.end], h.level) for h in document.headings]


def rows(document: Document, table: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row] for row in document.tables[table].rows]


@pytest.fixture(scope="session")
def headings_of() -> Callable[[Document], list[tuple[str, int | None]]]:
    return headings


@pytest.fixture(scope="session")
def rows_of() -> Callable[..., list[list[str]]]:
    return rows
