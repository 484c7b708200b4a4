"""Figures of surface water up to a day and their room: shares of sections, classes, means of an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.facts import Figure, Lack, Matter
from bilan.board.rooms_water import decimals_of, room_of_item, worst_room
from bilan.board.texts import said
from bilan.board.waters import Named, waters_of
from bilan.evaluate.water.indicators import WATER, share_of
from bilan.evaluate.water.items import rule
from bilan.evaluate.water.limits import numbers_of_classes
from bilan.evaluate.water.regions import Section, WaterRegions
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit, published
from bilan.foresee.room_sections import room_of_sections
from bilan.foresee.room_words import room_texts
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.plan.model import Target

CLASS = "water.section.class"
MEANS = {"water.section.tp": "tp", "sea.river.tn": "tn"}
CODES = (*WATER, CLASS, *MEANS)
LATE = 2  # months: results of a month come in the middle of the next; what is older than these two is missing for good
_WHAT = {"water.surface.good_ratio": "good_section", "water.surface.inferior_v_ratio": "inferior_section"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Whole months of a period, the sections asked over them, and what they give: ``value``, or what is ``lacking``."""

    months: Period
    sections: Sequence[Section]
    value: Decimal | None
    decimals: int | None
    lacking: str

    @property
    def measured(self) -> int:
        """How many of the sections have been measured at all."""
        return sum(section.measured for section in self.sections)


@dataclass(frozen=True)
class WaterFacts:
    """Facts of the indicators in :data:`CODES`; ``simulated`` are the ids of sections whose data are simulated.

    A period that runs is judged by its months that have results. A target that names sections or rivers is about these.
    """

    water: WaterRegions
    simulated: frozenset[str] = frozenset()
    _named: dict[str, Named] = field(default_factory=dict)

    def figure(self, matter: Matter) -> Figure:
        """Return the figure of the months that have results."""
        unit = matter.indicator.unit if matter.indicator else ""
        asked, named = self.asked(matter), self.names(matter.target)
        if not asked:
            return Figure(None, unit, "monitored", matter.span.period.months_to(matter.as_of), lack="no_stations")
        part = self._part(matter)
        if part is None:
            return Figure(None, unit, "monitored", None, lack=_none_yet(matter))
        detail = "；".join(text for text in (named.lacking, part.lacking) if text)
        judged = sum(1 for section in part.sections if section.number is not None)
        return Figure(
            value=part.value,
            unit=unit,
            source="monitored",
            period=part.months,
            decimals=part.decimals,
            final=part.months is matter.span.period and not detail,
            completeness=said("complete.sections", judged=judged, asked=len(asked)),
            lack="no_data" if not part.measured else "incomplete" if detail else None,
            detail=detail,
            simulated=any(section.station in self.simulated for section in part.sections),
        )

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of a share of sections, of a class, or of the mean of an item."""
        part = self._part(matter)
        if part is None or not part.sections:
            return None
        if matter.code in WATER:
            judged = [section for section in part.sections if section.number is not None]
            counted = sum(counts(matter.code, section) for section in judged)
            ended = matter.as_of >= matter.span.period.last
            return room_of_sections(limit, counted, len(judged), _WHAT[matter.code], ended=ended)
        left = (matter.span.period.months or 0) - (part.months.months or 0)
        if matter.code == CLASS:
            return worst_room(part.sections, limit, part.months, left)
        return room_of_item(part.sections, MEANS[matter.code], limit, part.months, left)

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return None: nobody has shown how well classes of sections can be foreseen."""
        del matter, limit
        return None

    def asked(self, matter: Matter) -> set[str]:
        """Return the ids of the sections that the figure is about, whether they have data or not."""
        inside, named = self.water.within(matter.region.id), self.names(matter.target).sections
        return inside if named is None else inside & named

    def names(self, target: Target) -> Named:
        """Return the sections that the words of the target name."""
        if target.id not in self._named:
            self._named[target.id] = waters_of(target, self.water)
        return self._named[target.id]

    def _part(self, matter: Matter) -> Part | None:
        """The longest run of whole months with their results, None where not one may have them yet.

        Where every run lacks something although its last month is measured, the longest says what.
        """
        latest, runs = None, list(_runs(matter))
        for months in runs:
            part = self._over(matter, months)
            if not part.lacking or (len(runs) > 1 and self._is_measured(matter, part)):
                return part
            latest = latest or part
        if latest is None or (not latest.measured and _months_behind(matter.span.period.first, matter.as_of) <= LATE):
            return None
        return latest

    def _over(self, matter: Matter, months: Period) -> Part:
        asked = self.asked(matter)
        found = [section for section in self.water.sections(months) if section.station in asked]
        return Part(months, found, *_VALUES.get(matter.code, _of_item)(matter, found, months.last))

    def _is_measured(self, matter: Matter, part: Part) -> bool:
        """Whether the results of the last month are there: of as many sections as a share needs, else of all."""
        last = Period.parse(f"{part.months.last:%Y-%m}")
        least = rule("judged_share", last.last) if matter.code in WATER else 100
        return 100 * self._over(matter, last).measured >= least * max(part.measured, 1)


Value = tuple[Decimal | None, int | None, str]


def _of_share(matter: Matter, found: Sequence[Section], on: date) -> Value:
    judged = [section for section in found if section.number is not None]
    counted = sum(counts(matter.code, section) for section in judged)
    share = share_of(counted, len(judged), len(found), on)
    return share.value, share.decimals, share.lacking and share.lacking + _because(found)


def _of_class(matter: Matter, found: Sequence[Section], on: date) -> Value:
    """The worst class; one section without a class leaves the worst open."""
    del matter, on
    known = [section.number for section in found if section.number is not None]
    silent = "、".join(section.name for section in found if section.number is None)
    lacking = f"{silent} 没有类别{_because(found)}" if silent else "" if known else "没有一个断面有类别"
    return (Decimal(max(known)) if known else None), 0, lacking


def _of_item(matter: Matter, found: Sequence[Section], on: date) -> Value:
    """The mean of the sections' means, published as the item is."""
    item = MEANS[matter.code]
    decimals = decimals_of(item, on)
    means = [section.means[item][0] for section in found if item in section.means]
    if not means or decimals is None:
        return None, decimals, f"没有一个断面有均值{_because(found)}"
    silent = "、".join(section.name for section in found if item not in section.means)
    value = published(sum(means, Decimal(0)) / len(means), decimals)
    return value, decimals, f"{silent} 没有均值{_because(found)}" if silent else ""


_VALUES: dict[str, Callable[[Matter, Sequence[Section], date], Value]] = {
    **dict.fromkeys(WATER, _of_share),
    CLASS: _of_class,
}


def _because(found: Sequence[Section]) -> str:
    """The reason that most of the sections without a class share."""
    reasons = Counter(section.reason for section in found if section.number is None and section.reason)
    return f"（{reasons.most_common(1)[0][0]}）" if reasons else ""


def words_of(matter: Matter, section: Section) -> str:
    """Return what the section gives to the figure: its class, or its mean of the item; empty where it has none."""
    item = MEANS.get(matter.code)
    if item is not None:
        return format(section.means[item][0], "f") if item in section.means else ""
    if section.number is None:
        return ""
    word = room_texts().get(f"word.class_{section.number}")
    return "劣Ⅴ类" if word is None else word["zh"]


def counts(code: str, section: Section) -> bool:
    """Return whether the section is one of those whose share the indicator is."""
    numbers = {numbers_of_classes()[name] for name in WATER[code][0]}
    return section.number in numbers


def _runs(matter: Matter) -> Iterator[Period]:
    """The whole months that are over, then fewer of them, as long as later results may still come.

    Once the target was due nothing but the whole period answers it.
    """
    months = matter.span.period.months_to(matter.as_of)
    while months is not None:
        yield months
        if _months_behind(months.last, matter.as_of) >= LATE or matter.span.ended(matter.as_of):
            return
        months = matter.span.period.months_to(months.last.replace(day=1) - _DAY)


def _months_behind(day: date, as_of: date) -> int:
    return 12 * (as_of.year - day.year) + as_of.month - day.month


def _none_yet(matter: Matter) -> Lack:
    return "period_not_begun" if matter.as_of < matter.span.period.first else "no_whole_month"
