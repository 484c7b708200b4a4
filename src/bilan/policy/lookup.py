"""From the words of a plan to the rows of the tables: which region, which body, on which day.

Both lookups answer None rather than guess.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

from bilan.policy.tables import Department, Region, departments, regions

_BRACKETED = re.compile(r"[（(〔\[][^（()）〔〕\[\]]*[)）〕\]]")

# What may stand before a body's name without being part of it: a place or level, an organ above, "all", "concerned".
_PREFIX = re.compile(
    r"(?:中共|国网)?"
    r"(?:.{0,14}(?:省|市|县|区|州|盟|旗|镇|乡|管委会))?"
    r"(?:人民政府|政府|党工委|党委|委)?"
    r"(?:各|有关|相关|直|属)*"
)
# What may stand after it: a branch, a team or an office of that body.
_BRANCH = re.compile(r".{0,10}(?:分局|总队|支队|大队|中队|中心|处|科|站|所|分行|支行|分公司|监管局)")


def region_by_name(name: str, on: date | None = None, within: str | None = None) -> Region | None:
    """Return the region called ``name``, or None when there is none or more than one.

    A full name wins over a short name or alias, and an outer region over an inner one (吉林 is the province).
    ``on`` asks for the regions of that day, else of the present. ``within`` is the id of a region the answer must be
    or lie in; it tells namesakes apart. Fictional regions answer to short names only within a fictional region.

    >>> region_by_name("吉林").name, region_by_name("吉林", within="220200").name
    ('吉林省', '吉林市')
    >>> region_by_name("朝阳区") is None
    True
    >>> region_by_name("朝阳区", within="220000").id
    '220104'
    """
    name = "".join(name.split())
    ranked = defaultdict(list)
    for region in _regions_called().get(name, ()):
        by_short_name = region.name != name
        if not _holds(region, on) or (within is not None and within not in _line(region)):
            continue
        if region.fictional and by_short_name and within is None:
            continue
        ranked[by_short_name, region.fictional, region.level].append(region)
    best = ranked[min(ranked)] if ranked else []
    return best[0] if len(best) == 1 else None


def inner_region(name: str, within: str | None = None) -> Region | None:
    """Return the region whose name follows that of one around it, or None; ``within`` as in :func:`region_by_name`.

    >>> inner_region("长春市朝阳区").id, inner_region("吉林省长春市朝阳区").id
    ('220104', '220104')
    >>> inner_region("朝阳区") is None
    True
    """
    name = "".join(name.split())
    for end in range(len(name) - 1, 1, -1):
        outer = region_by_name(name[:end], within=within)
        inner = name[end:]
        found = (region_by_name(inner, within=outer.id) or inner_region(inner, outer.id)) if outer else None
        if found:
            return found
    return None


def department_for(text: str, on: date | None = None) -> Department | None:
    """Return the body that ``text`` names, or None.

    Place and level before the name (省, 清河市, 国网) and a branch after it (高新分局) are stripped; brackets, which
    hold functions or lists of levels, are ignored. A body that has ended by ``on`` (else: by now) answers with its
    successor; one that did not exist yet answers None.

    >>> department_for("省发改委").name, department_for("市生态环境局高新分局").name
    ('发展改革', '生态环境')
    >>> department_for("市环境保护局").id, department_for("市环保局", date(2016, 5, 1)).id
    ('ecology', 'environmental_protection')
    >>> department_for("区经济发展局（发改、工信）") is None
    True
    """
    called = _BRACKETED.sub("", "".join(text.split())).removesuffix("等")
    return next((body for form in _readings(called) if (body := _body(form, on))), None)


def _readings(text: str) -> Iterator[str]:
    """Yield the known names inside ``text`` that account for all of it, longest first; whole bodies before branches."""
    starts = [i for i in range(len(text)) if _is_prefix(text[:i])]
    for start in starts:
        if text[start:] in _departments_called():
            yield text[start:]
    for start in starts:
        for end in range(len(text) - 1, start + 1, -1):
            if text[start:end] in _departments_called() and _BRANCH.fullmatch(text, end):
                yield text[start:end]


def _is_prefix(text: str) -> bool:
    return _PREFIX.fullmatch(text) is not None or text.removeprefix("国网") in _regions_called()


def _body(form: str, on: date | None) -> Department | None:
    candidates = _departments_called()[form]
    current = [body for body in candidates if _holds(body, on)]
    if current:
        return current[0]
    return next((after for body in candidates if (after := _successor(body, on))), None)


def _successor(body: Department, on: date | None) -> Department | None:
    while body.successor and body.valid_to and (on is None or body.valid_to <= on):
        body = _departments_by_id()[body.successor]
    return body if _holds(body, on) else None


def _holds(row: Region | Department, on: date | None) -> bool:
    if on is None:
        return row.valid_to is None
    return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on < row.valid_to)


def _line(region: Region) -> Iterator[str]:
    """Yield the id of the region and of every region above it."""
    above: Region | None = region
    while above:
        yield above.id
        above = _regions_by_id()[above.parent] if above.parent else None


@cache
def _regions_by_id() -> dict[str, Region]:
    return {region.id: region for region in regions()}


@cache
def _regions_called() -> dict[str, list[Region]]:
    called = defaultdict(list)
    for region in regions():
        for form in {region.name, region.short_name, *region.aliases} - {""}:
            called[form].append(region)
    return dict(called)


@cache
def _departments_by_id() -> dict[str, Department]:
    return {body.id: body for body in departments()}


@cache
def _departments_called() -> dict[str, list[Department]]:
    called = defaultdict(list)
    for body in departments():
        for form in {body.name, *body.names, *body.aliases}:
            called[form].append(body)
    return dict(called)
