"""What a reader of a board must know beside its rows, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bilan.board.model import Row, Said
from bilan.board.texts import said

if TYPE_CHECKING:
    from bilan.policy import Region


def notes(
    rows: Sequence[Row], known_at: datetime | None, *, instead_of: Region | None, region: Region | None, empty: bool
) -> list[Said]:
    """Return the notes of a board of ``rows``; ``region`` where it stands ``instead_of`` the plan's, ``empty`` lake."""
    return list(_notes(rows, known_at, instead_of, region, empty=empty))


def _notes(
    rows: Sequence[Row], known_at: datetime | None, instead_of: Region | None, region: Region | None, *, empty: bool
) -> Iterator[Said]:
    if region is not None and (instead_of is None or region.id != instead_of.id):
        yield said("note.region", region=region.name)
    if known_at is not None:
        yield said("note.known_at", moment=known_at)
    if empty:
        yield said("note.empty_lake")
    if any(row.figure is not None and not row.official for row in rows):
        yield said("note.to_date")
    preliminary = sum(row.preliminary for row in rows)
    if preliminary:
        yield said("note.preliminary", count=preliminary)
    unverified = sum(bool(row.unverified) for row in rows)
    if unverified:
        yield said("note.unverified", count=unverified)
