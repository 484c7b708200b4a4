"""What the board asks of the data: a figure up to a day, and what may become of it by the end of its period.

One class for each kind of evidence: ``facts_air`` and ``facts_water`` for what is monitored, ``facts_reported`` for
statistics, ``facts_entered`` for what people count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from bilan.board.model import Said, Source
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit
from bilan.periods import Period
from bilan.policy import Indicator, Region
from bilan.policy.told import Told

if TYPE_CHECKING:
    from bilan.board.spans import Span
    from bilan.plan.model import Target

SIMULATED = "模拟"  # in the source of a report, or the reason of an entry, that says so
Lack = Literal[
    "no_stations",
    "no_data",
    "not_reported",
    "incomplete",
    "period_not_begun",
    "no_whole_month",
    "no_indicator",
    "no_method",
]


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked about: an indicator of a region, for a target; over a span, on the evening of a day."""

    target: Target
    indicator: Indicator | None
    region: Region
    span: Span
    as_of: date

    @property
    def code(self) -> str:
        """The code of the indicator, empty without one."""
        return self.indicator.code if self.indicator else ""

    def over(self, period: Period) -> Matter:
        """Return the same question about another period, whatever was reported of this one."""
        span = replace(self.span, period=period, upto=None, stands_for=None, unreported=False)
        return replace(self, span=span)


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of the part of a period up to a day, or what it lacks (``lack``, with ``detail`` in Chinese).

    ``value`` may be there although something is lacking: it is then what the data give, not to be judged. ``final``:
    the period is over and nothing is lacking. ``decimals`` are those it is published with. ``preliminary``: a report
    that it rests on may still change.
    """

    value: Decimal | None
    unit: str
    source: Source
    period: Period | None
    decimals: int | None = None
    final: bool = False
    completeness: Said | None = None
    preliminary: bool = False
    lack: Lack | None = None
    detail: str = ""
    unverified: tuple[Told, ...] = ()
    simulated: bool = False


class Facts(Protocol):
    """Evidence of one kind."""

    def figure(self, matter: Matter) -> Figure:
        """Return the figure of the part of the period that is over."""
        ...

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return what the rest of the period may bring with ``limit`` still kept; None where no closed form exists."""
        ...

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return the probability that the period's figure keeps ``limit``; None where no method exists."""
        ...
