"""Which station counts for which region, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bilan.errors import BilanError
from bilan.policy import Region, region_by_name, regions

if TYPE_CHECKING:
    from bilan.observe import Lake

PREFECTURE = 2
MEMBERS = pa.schema(
    [("station", pa.string()), ("region", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
)


class RegionError(BilanError):
    """No region, or more than one, is called so."""


def region(text: str) -> Region:
    """Return the region with the id or the name ``text``.

    >>> region("990100").name, region("清河市").id
    ('清河市', '990100')

    Raises :class:`RegionError`.
    """
    found = _by_id().get(text) or region_by_name(text)
    if found is None:
        raise RegionError(f"行政区表里没有“{text}”，或不止一个；请写全名或编号")
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
    found = _by_id().get(id_ or "")
    while found is not None:
        if found.id == outer:
            return True
        found = _by_id().get(found.parent or "")
    return False


def members(lake: Lake, medium: str, *, within: str | None = None, whole: bool = False) -> pa.Table:
    """Return which station counts for which city, by :data:`MEMBERS`; ``whole`` makes ``within`` itself the region.

    Only stations of ``medium`` that lie in ``within``, when it is given. A station without a region counts for none.
    """
    rows = [row for row in lake.stations().to_pylist() if row["medium"] == medium]
    return pa.Table.from_pylist(list(_memberships(rows, within, whole)), schema=MEMBERS)


def names(lake: Lake) -> dict[str, str]:
    """Return the names of stations and regions by their ids."""
    called = {row["id"]: row["name"] or row["id"] for row in lake.stations().to_pylist()}
    return called | {r.id: r.name for r in regions()}


def _memberships(rows: Iterable[dict[str, Any]], within: str | None, whole: bool) -> Iterator[dict[str, Any]]:
    for row in rows:
        place = _by_id().get(within or "") if whole else city_of(row["region"])
        if place is not None and row["region"] and (within is None or lies_in(row["region"], within)):
            validity: dict[str, date | None] = {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
            yield {"station": row["id"], "region": place.id, **validity}


@cache
def _by_id() -> dict[str, Region]:
    return {r.id: r for r in regions()}
