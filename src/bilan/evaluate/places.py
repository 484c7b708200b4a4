"""Which station counts for which region, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bilan.errors import BilanError
from bilan.policy import Region, inner_region, region_by_name, regions

if TYPE_CHECKING:
    from bilan.observe import Lake

PREFECTURE = 2
_WATERS = ("basin", "section")
MEMBERS = pa.schema(
    [("station", pa.string()), ("region", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
)


class RegionError(BilanError):
    """No region, or more than one, is called so."""


def region(text: str, within: str | None = None) -> Region:
    """Return the region with the id or the name ``text``; a name is looked up in the region ``within`` (its id) first.

    The name of an outer region before it tells namesakes apart, too.

    >>> region("990100").name, region("清河市").id, region("清河市东湖区").id
    ('清河市', '990100', '990103')
    >>> region("东湖区").id, region("东湖区", within="990100").id
    ('360102', '990103')

    Raises :class:`RegionError`.
    """
    found = _by_id().get(text)
    for place in dict.fromkeys((within, None)):
        found = found or region_by_name(text, within=place) or inner_region(text, place)
    if found is None:
        raise RegionError(f"行政区表里没有“{text}”，或不止一个；请写全名或编号")
    return found


def region_of(id_: str) -> Region:
    """Return the region with the id.

    >>> region_of("basin.qinghe").name
    '清河流域'

    Raises :class:`RegionError`.
    """
    found = _by_id().get(id_)
    if found is None:
        raise RegionError(f"行政区表里没有编号 {id_}")
    return found


def city_of(id_: str | None) -> Region | None:
    """Return the city that the region lies in or is: a prefecture, else a municipality or directly governed county.

    >>> city_of("990102").name
    '清河市'
    """
    found = _by_id().get(id_ or "")
    while found is not None and found.level > PREFECTURE and found.parent:
        found = _by_id().get(found.parent)
    return found


def lies_in(id_: str | None, outer: str) -> bool:
    """Return whether the region ``id_`` is ``outer`` or lies in it.

    >>> lies_in("990102", "990100"), lies_in("990100", "990102")
    (True, False)
    """
    return outer in _outward(id_)


def covers(region: str, station: Mapping[str, Any]) -> bool:
    """Return whether ``station``, a row of the lake, counts for the region with this id.

    For an administrative region it lies there; for a basin or river its attribute ``basin`` or ``river`` names it;
    for a section it is called so.

    >>> bridge = {"name": "临江大桥", "region": "990102", "attributes": [("river", "清河"), ("basin", "清河流域")]}
    >>> [covers(id_, bridge) for id_ in ("990100", "990103", "basin.qinghe", "section.qinghe.linjiang_bridge")]
    [True, False, True, True]
    """
    if lies_in(station["region"], region):
        return True
    found = _by_id().get(region)
    if found is None or found.kind not in _WATERS:
        return False
    said = dict(station["attributes"] or ())
    told = [station["name"]] if found.kind == "section" else [said.get("basin"), said.get("river")]
    names = {_bare(name) for name in (found.name, found.short_name, *found.aliases) if name}
    return any(_bare(name) in names for name in told if name)


def _bare(name: str) -> str:
    """The name of a water without what it is: 清河流域 and 清河, 临江大桥断面 and 临江大桥."""
    return name.removesuffix("流域").removesuffix("断面")


def members(lake: Lake, medium: str, *, within: str | None = None, cities: Collection[str] = ()) -> pa.Table:
    """Return which station counts for which city, by :data:`MEMBERS`.

    Only stations of ``medium`` that lie in ``within``, when it is given. ``cities``: regions of any level, each taken
    as one city of all stations in it; a station may then count for several. A station without a region counts for none.
    """
    rows = list(_memberships(_placed(lake, medium), within, frozenset(cities)))
    return pa.Table.from_pylist(rows, schema=MEMBERS)


def cities_inside(lake: Lake, medium: str) -> dict[str, set[str]]:
    """Return the ids of the cities that have a station of ``medium``, for every region in which there is one."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _placed(lake, medium):
        city = city_of(row["region"])
        for place in _outward(row["region"]):
            found[place] |= {city.id} if city else set()
    return dict(found)


def stations_of(lake: Lake, medium: str) -> set[str]:
    """Return the ids of the stations of ``medium``, also of those without a region.

    An outlet measures what a section does, under the same codes; only what the lake says of a station tells them apart.
    """
    return {row["id"] for row in lake.stations().to_pylist() if row["medium"] == medium}


def names(lake: Lake) -> dict[str, str]:
    """Return the names of stations and regions by their ids."""
    called = {row["id"]: row["name"] or row["id"] for row in lake.stations().to_pylist()}
    return called | {r.id: r.name for r in regions()}


def _placed(lake: Lake, medium: str) -> list[dict[str, Any]]:
    """The stations of the medium that have a region."""
    return [row for row in lake.stations().to_pylist() if row["medium"] == medium and row["region"]]


def _memberships(
    rows: Iterable[dict[str, Any]], within: str | None, cities: Collection[str]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        outward = _outward(row["region"])
        if within is not None and within not in outward:
            continue
        city = city_of(row["region"])
        own = () if city is None else (city.id,)
        for place in [one for one in outward if one in cities] if cities else own:
            validity: dict[str, date | None] = {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
            yield {"station": row["id"], "region": place, **validity}


@cache
def _outward(id_: str | None) -> tuple[str, ...]:
    """The region and all that it lies in, the innermost first; none where there is no such region."""
    found = _by_id().get(id_ or "")
    return () if found is None else (found.id, *_outward(found.parent))


@cache
def _by_id() -> dict[str, Region]:
    return {r.id: r for r in regions()}
