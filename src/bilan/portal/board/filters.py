"""Filters of a board, all in the address, so that a view can be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bilan.board.looks import ATTENTION
from bilan.board.model import Row
from bilan.board.status import STATUSES
from bilan.board.texts import phrase
from bilan.policy.quotation import within_quotes
from bilan.portal.board.areas import AREAS, area_of
from bilan.portal.board.twins import same
from bilan.portal.core.speech import language

_SOON, _LATER = 30, 90  # days
DUES: Mapping[str, Any] = {
    "past": _lazy("已到期"),
    "soon": _lazy("30 天内到期"),
    "later": _lazy("90 天内到期"),
    "year": _lazy("今年内到期"),
    "none": _lazy("没有期限"),
}
_LONGEST = 60  # of what is searched for
NOBODY = "-"  # in an address: targets for which the plan names no unit


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter, and how many rows it would leave where that is told."""

    value: str
    label: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty asks for all. An area, a status or a time that there is not is as none."""

    q: str = ""
    area: str = ""
    unit: str = ""
    status: str = ""
    due: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """Return the filters in the address."""
        return cls(
            q=query.get("q", "").strip()[:_LONGEST],
            area=_one_of(query.get("area", ""), AREAS),
            unit=query.get("unit", "").strip()[:_LONGEST],
            status=_one_of(query.get("status", ""), STATUSES),
            due=_one_of(query.get("due", ""), DUES),
        )

    def rows(self, rows: Iterable[Row], as_of: date, *, but: str = "") -> list[Row]:
        """Return the rows that are asked for; ``but`` names a filter that is left aside."""
        return [row for row in rows if self._keeps(row, as_of, but)]

    def _keeps(self, row: Row, as_of: date, but: str) -> bool:
        return (
            (not self.q or self.q.casefold() in f"{row.name}{row.quote}{row.scope or ''}".casefold())
            and (not self.area or but == "area" or area_of(row) == self.area)
            and (not self.unit or but == "unit" or self.unit in _answering(row))
            and (not self.status or but == "status" or row.status == self.status)
            and (not self.due or but == "due" or self.due in _dues(row, as_of))
        )

    def shown(self) -> dict[str, str]:
        """Return what is in force in words, by its name in the address."""
        named = {
            "q": _("含“%s”") % within_quotes(self.q),
            "area": str(AREAS.get(self.area, "")),
            "unit": _unit_words(self.unit),
            "status": phrase(f"status.{self.status}", language()) if self.status else "",
            "due": str(DUES.get(self.due, "")),
        }
        return {name: words for name, words in named.items() if getattr(self, name)}

    def areas(self, rows: Sequence[Row], as_of: date) -> list[Option]:
        """Return the areas that rows fall into."""
        many = _counted_once(self.rows(rows, as_of, but="area"), lambda row: [area_of(row)])
        found = {area_of(row) for row in rows}
        return [Option(one, str(name), one == self.area, many[one]) for one, name in AREAS.items() if one in found]

    def units(self, rows: Sequence[Row], as_of: date) -> list[Option]:
        """Return the units that answer for rows, those with most of them first; nobody is one of them."""
        many = _counted_once(self.rows(rows, as_of, but="unit"), _answering)
        every = _counted_once(rows, _answering)
        return [Option(name, _unit_words(name), name == self.unit, many[name]) for name, _many in every.most_common()]

    def statuses(self) -> list[Option]:
        """Return the five answers."""
        return [Option(one, phrase(f"status.{one}", language()), one == self.status) for one in ATTENTION]

    def dues(self) -> list[Option]:
        """Return the ranges of days."""
        return [Option(one, str(name), one == self.due) for one, name in DUES.items()]


def _counted_once(rows: Iterable[Row], values: Callable[[Row], Iterable[str]]) -> Counter[str]:
    """Of how many goals one of the ``values`` is; what a plan states twice is one."""
    return Counter(value for _goal, value in {(same(row), value) for row in rows for value in values(row)})


def units_of(row: Row) -> list[str]:
    """Return the names of the units that lead; where none does, of those that share the work."""
    return [unit.name for unit in row.leads] or [unit.name for unit in row.supports]


def _answering(row: Row) -> list[str]:
    return units_of(row) or [NOBODY]


def _unit_words(name: str) -> str:
    return _("规划没有写明") if name == NOBODY else name


def slipping_first(rows: Iterable[Row]) -> list[Row]:
    """Return the rows as they need attention: by their answer, then the less likely first, then the sooner due."""
    return sorted(rows, key=_slip)


def _slip(row: Row) -> tuple[int, float, date]:
    likely = row.chance.probability if row.chance is not None and row.chance.probability is not None else 1.0
    return ATTENTION.index(row.status), likely, row.next_due or date.max


def _dues(row: Row, as_of: date) -> set[str]:
    """The ranges in which the next day lies on which the row is judged."""
    if row.next_due is None:
        return {"none"} if row.due is None else {"past"}
    left = (row.next_due - as_of) // timedelta(days=1)
    found = {"soon"} if left <= _SOON else set()
    found |= {"later"} if left <= _LATER else set()
    return found | ({"year"} if row.next_due.year <= as_of.year else set())


def _one_of(value: str, known: Iterable[str]) -> str:
    return value if value in known else ""
