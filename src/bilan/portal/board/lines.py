"""A row of a board as a page shows it: with the line of its figures, and beside what was closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.model import Row
from bilan.portal.board.history import History

if TYPE_CHECKING:
    from bilan.portal.board.closings import Then


@dataclass(frozen=True)
class Line:
    """``past`` are the figures of earlier periods; ``then`` is what a closing of the same period froze.

    ``apart`` says where in the plan the target stands, if there is another one of its name; ``again`` are the rows of
    the same goal stated elsewhere in the plan, and where.
    """

    row: Row
    past: History
    then: Then | None = None
    apart: str = ""
    again: Sequence[tuple[Row, str]] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all that belongs to it is there: of what was closed, the row of its day by the data of now."""
        return self.then is None or self.then.is_whole

    @property
    def figures(self) -> list[Decimal | None]:
        """The figures from the first known on, the present one last; the baseline where nothing else is known."""
        if self.row.figure is None:
            return []
        told: list[Decimal | None] = [value for _period, value in self.past]
        if not told and self.row.baseline is not None and self.row.baseline.value is not None:
            told = [self.row.baseline.value]
        return [*told, self.row.figure]

    @property
    def level(self) -> Decimal | None:
        """The level asked, where it is one."""
        return self.row.limits[0].value if len(self.row.limits) == 1 else None

    @property
    def span(self) -> str:
        """The first and the last period of the line, to be read instead of it."""
        first = self.past[0][0] if self.past else ""
        if not first and self.row.baseline is not None and self.row.baseline.year is not None:
            first = str(self.row.baseline.year)
        return f"{self.row.name} {first}–{(self.row.period or '').rpartition('/')[2]}"
