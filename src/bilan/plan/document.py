"""A document as a reader hands it over: one text, and what the layout said about parts of it.

Readers (:mod:`bilan.plan.readers`) turn a file into a :class:`Document`; everything after them works on
:attr:`Document.text` and never on the file, so each span has one meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from bilan.errors import BilanError


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell; ``start:end`` is its text in :attr:`Document.text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; a merged cell stands in every place it covers; ``start:end`` covers the whole table."""

    rows: tuple[tuple[Cell, ...], ...]
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A piece of text that the layout marks as a heading (style, bold run-in, ``h2`` …)."""

    start: int
    end: int
    level: int | None  # 1 outermost; None when the layout only says "bold"


@dataclass(frozen=True, slots=True)
class Document:
    """``text`` plus layout. ``is_plain`` says that ``text`` is the decoded file itself."""

    name: str
    media_type: str
    sha256: str
    text: str
    encoding: str | None = None
    is_plain: bool = False
    tables: tuple[Table, ...] = ()
    headings: tuple[Heading, ...] = ()
    notes: tuple[str, ...] = ()  # what was left out of the text on purpose or asks for a look, in words for a person
    unread: tuple[str, ...] = ()  # what could not be read, in words for a person


class DocumentError(BilanError, ValueError):
    """The file cannot be read as a plan; the message is one line for a person."""
