"""The plan's own region, and the regions its goals name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bilan.policy import Region, inner_region, region_by_name

_PLACE = re.compile(
    r"^(?:中共)?(?P<name>[\u4e00-\u9fffX]{2,12}?(?:特别行政区|自治区|自治州|自治县|投资区|开发区|高新区|新区|省|市|县|区|州|盟|旗))"
)
_SPOKEN = re.compile(r"(?<![^\W\dA-Za-z_])(?P<name>[^\W\dA-Za-z_]{2,3}(?:省|市))(?!场|政|级|直|区|民)")


@dataclass(frozen=True, slots=True)
class PlanRegion:
    """``id`` in policy/regions.csv where the name is one of it; ``level`` is 省, 市, 县 or 区."""

    id: str | None
    name: str | None
    level: str | None


def plan_region(title: str | None, text: str, name: str | None = None) -> PlanRegion:
    """The region for which the plan is made: ``name`` if given, else from the title, else the one named most.

    >>> plan_region("清河市生态环境保护行动计划", "")
    PlanRegion(id='990100', name='清河市', level='市')
    """
    if name is None and title and (m := _PLACE.match(re.sub(r"^(?:关于|印发|《)+", "", title))):
        name = m["name"]
    if name is None:
        counts = Counter(m["name"] for m in _SPOKEN.finditer(text))
        counts.update(m[1] for m in re.finditer(r"《([^\W\dA-Za-z_]{2,3}(?:省|市))", text))
        known = [(n, c) for n, c in counts.most_common(5) if region_by_name(n)]
        name = known[0][0] if known else _by_short_name(title, text)
    region = region_by_name(name) if name else None
    level = re.search(r"(省|市|县|区|州|盟|旗)$", name) if name else None
    return PlanRegion(region.id if region else None, region.name if region else name, level[1] if level else None)


def _by_short_name(title: str | None, text: str) -> str | None:
    spoken = re.findall(r"美丽([^\W\dA-Za-z_]{2})", (title or "") + text[:3000])
    regions = [r for name in spoken if name != "中国" and (r := region_by_name(name))]
    return regions[0].name if regions else None


def scope_region(scope: str | None, plan: PlanRegion) -> str | None:
    """The id of the region that a goal's scope names; the plan's own when it names none.

    >>> scope_region("松花江流域", plan_region("吉林省规划", "")) is not None
    True
    """
    if scope is None or re.match(r"全[省市县区州]|辖区|每个|地级|县级|设区市|省级", scope):
        return plan.id
    found = inside(scope, plan.id) if plan.id else None
    found = found or region_by_name(scope)
    return found.id if found else plan.id


def inside(name: str, plan: str) -> Region | None:
    """The region called ``name`` in the region ``plan``, the names of regions around it in front or not.

    >>> [inside(name, "990100").id for name in ("临江区", "清河市临江区", "清河高新区")]
    ['990102', '990102', '990171']
    """
    return region_by_name(name, within=plan) or inner_region(name, within=plan)
