"""Which sections a target is about: those that it names, those on rivers or in basins that it names, else all.

What is named is decided once for a target, from its own words and the sections of its own region. A district of that
region then has those of them that lie in it, which may be none: it never answers with other sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bilan.plan.grammar.numerals import number
from bilan.policy import regions

if TYPE_CHECKING:
    from bilan.evaluate.water.regions import WaterRegions
    from bilan.plan.model import Target

_KINDS = ("section", "river", "basin")  # the most particular that is named is meant
_COUNTED = re.compile(r"(\d+|[一二两三四五六七八九十]+)\s*(?:条|个)[^，。；、（）()\d\s]{0,8}?(支流|河流|河道|断面|河)")
_NAME = 2  # characters; a river called 河 would be named everywhere


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of the sections that a target names, None where it names none; ``lacking`` says which are not known."""

    sections: frozenset[str] | None
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class _Water:
    """What a name means: a section, a river, a basin, or a region, which is no water and takes its characters away."""

    kind: str
    sections: frozenset[str]


def waters_of(target: Target, water: WaterRegions) -> Named:
    """Return which sections the words of ``target`` name (name, scope, quote), and what they count but nobody knows.

    Names of sections go before those of rivers, rivers before basins; 断面 may be left out. A longer name goes before a
    shorter one that it begins with: in 清河市 and 清河流域 nobody names the river 清河. A section that is known to the
    table of regions, but not to the lake, is named too, and has no data. Of 北山河等3条支流 one river is known by name:
    ``lacking`` says so.
    """
    inside = water.within(target.region) if target.region else set(water.stations)
    text = "\n".join((target.name, target.scope or "", target.quote))
    meant = _meanings(text, water, inside)
    said = dict.fromkeys(name for name in _read(text, meant) if meant[name].kind in _KINDS)
    kind = next((kind for kind in _KINDS if any(meant[name].kind == kind for name in said)), None)
    if kind is None:
        return Named(None, _uncounted(text, water, inside))
    named = [name for name in said if meant[name].kind == kind]
    found = frozenset[str]().union(*(meant[name].sections for name in named))
    return Named(found, _uncounted(text, water, found & inside))


def _meanings(text: str, water: WaterRegions, inside: set[str]) -> Mapping[str, _Water]:
    """The names in ``text`` and what they mean, the most particular meaning of each."""
    found: dict[str, _Water] = {}
    for name, meaning in _named(text, water, inside):
        known = found.get(name)
        if len(name) < _NAME or name not in text or (known and _rank(known) < _rank(meaning)):
            continue
        both = known.sections | meaning.sections if known and known.kind == meaning.kind else meaning.sections
        found[name] = _Water(meaning.kind, both)
    return found


def _named(text: str, water: WaterRegions, inside: set[str]) -> Iterator[tuple[str, _Water]]:
    """Every name and what it may mean; a section elsewhere must be called 断面 in full."""
    for id_, station in water.stations.items():
        one = frozenset((id_,))
        bare = (station["name"] or id_).removesuffix("断面")
        yield (bare if id_ in inside else f"{bare}断面"), _Water("section", one)
        if id_ in inside:
            yield water.attribute(id_, "river"), _Water("river", one)
            yield f"{water.attribute(id_, 'basin').removesuffix('流域')}流域", _Water("basin", one)
    for name, region in _regions().items():
        if name in text:
            sections = water.within(region) if region else ()
            yield name, _Water("section" if region else "region", frozenset(sections))


def _rank(meaning: _Water) -> int:
    return _KINDS.index(meaning.kind) if meaning.kind in _KINDS else len(_KINDS)


def _read(text: str, meant: Mapping[str, _Water]) -> Iterator[str]:
    """The names in the order of the text, the longest at every place; 东湖区域 is no 东湖区."""
    if meant:
        longest_first = sorted(meant, key=len, reverse=True)
        pattern = "|".join(re.escape(n) + ("(?!域)" if meant[n].kind == "region" else "") for n in longest_first)
        yield from (match[0] for match in re.finditer(pattern, text))


def _uncounted(text: str, water: WaterRegions, sections: frozenset[str] | set[str]) -> str:
    """What the text counts (3 条支流, 10 个断面) where fewer than that are known."""
    rivers = {river for id_ in sections if (river := water.attribute(id_, "river"))}
    for match in _COUNTED.finditer(text):
        what, unit = ("断面", "个断面") if match[2] == "断面" else ("河流", "条")
        asked, known = number(match[1]), len(sections if what == "断面" else rivers)
        if known < asked:
            return f"目标说 {int(asked)} {unit}，只认出 {known} {unit}"
    return ""


@cache
def _regions() -> Mapping[str, str | None]:
    """The full names of all regions, and of sections also the short ones, with the ids of the sections."""
    found: dict[str, str | None] = {}
    for region in regions():
        if region.kind == "section":
            found |= dict.fromkeys((region.name.removesuffix("断面"), region.short_name, *region.aliases), region.id)
        else:
            found.setdefault(region.name)
    return found
