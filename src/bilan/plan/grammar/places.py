"""Districts named before an indicator: 临江区细颗粒物年均浓度 is a goal of the district, not of the plan's region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bilan.plan.grammar.found import Found
from bilan.plan.grammar.regions import PlanRegion, inside

_SPLIT = re.compile(r"以及|[、和及与]")
_LONGEST, _SHORTEST = 16, 3  # characters of a written place; 城区 and 新区 are words before they are names
_NAME = re.compile(r".*[市县区旗州盟省]")
_WORD_GOES_ON = re.compile(r"[场政级直区民域划县属辖]")  # 长春市级, 长春市区, 临江区域
# What holds for each of several places; tonnes, hectares and plants are one sum over them.
_OF_EACH = re.compile(r"%|百分点|‰|类|天|.+/.+")


def by_place(goals: Sequence[Found], said: str, plan: PlanRegion) -> list[tuple[Found, str | None]]:
    """The goals of one clause, each with the district that it is for, None where it names none.

    A rate or a mean for several districts becomes a goal of each. ``said`` is the indicator said before, for a goal
    whose name is nothing but places. A goal after that of a district in the same clause is the same district's.
    """
    made: list[tuple[Found, str | None]] = []
    held: str | None = None
    for goal in goals:
        places, rest = leading_places(goal.name, plan)
        rest = _whole(places, rest, leading_places(goals[-1].name, plan)[1])
        if not places or not (rest or (said and goal.kind == "target")) or (len(places) > 1 and not _is_each(goal)):
            made.append((goal, None if places else held))
            continue
        held = places[0] if len(places) == 1 else None
        made += [(replace(goal, name=place + rest if rest else said), place) for place in places]
    return made


def _whole(places: Sequence[str], rest: str, last: str) -> str:
    """``rest`` without the end of the place that the last goal names: 临江区湖区绿地率 beside 东湖区绿地率."""
    piece = rest.removesuffix(last)
    return last if last and len(places) == 1 and _NAME.fullmatch(piece) and len(piece) < _SHORTEST else rest


def _is_each(goal: Found) -> bool:
    return goal.kind == "target" and (goal.unit is None or _OF_EACH.fullmatch(goal.unit) is not None)


def without_place(name: str, plan: PlanRegion) -> str:
    """The indicator in ``name``, the districts before it taken off.

    >>> without_place("临江区细颗粒物年均浓度", PlanRegion("990100", "清河市", "市"))
    '细颗粒物年均浓度'
    """
    return leading_places(name, plan)[1] or name


def leading_places(name: str, plan: PlanRegion) -> tuple[list[str], str]:
    """The districts of the plan's region that open ``name``, as written, and the words after them.

    >>> leading_places("临江区、安平县森林覆盖率", PlanRegion("990100", "清河市", "市"))
    (['临江区', '安平县'], '森林覆盖率')
    >>> leading_places("农业园区秸秆综合利用率", PlanRegion("990100", "清河市", "市"))
    ([], '农业园区秸秆综合利用率')
    """
    found: list[str] = []
    at = 0
    while plan.id is not None and (place := _place(name[at : at + _LONGEST + 1], plan.id)):
        found.append(place)
        at += len(place)
        mark = _SPLIT.match(name, at)
        if mark is None:
            return found, name[at:]
        at = mark.end()
    return [], name  # no place, or a list that goes on with something else


@lru_cache(maxsize=4096)
def _place(text: str, plan: str) -> str | None:
    """The longest district of the region ``plan`` that opens ``text``."""
    for end in range(min(len(text), _LONGEST), _SHORTEST - 1, -1):
        name = text[:end]
        if not _NAME.fullmatch(name) or _WORD_GOES_ON.match(text, end):
            continue
        found = inside(name, plan)
        if found is not None and found.id != plan:
            return name
    return None
