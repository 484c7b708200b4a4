"""The regions of ``bilan.policy`` as rows, so that rows of the portal can refer to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from bilan import policy
from bilan.portal.audit.record import record
from bilan.portal.people.models import Region

_FIELDS = ["code", "name", "short_name", "kind", "level", "parent_id", "path", "valid_from", "valid_to", "own"]


@transaction.atomic
def sync_regions(only: Iterable[str] | None = None) -> int:
    """Bring the rows up to the table, or those of the ids ``only`` and of what lies above them; return how many.

    Regions made here stay as they are. A region that has left the table stays, too: rows may refer to it.
    """
    table = {one.id: one for one in policy.regions()}
    lines = {id_: _line(id_, table) for id_ in (table if only is None else only)}
    wanted = {id_ for line in lines.values() for id_ in line}
    rows = [
        Region(
            id=id_,
            code=table[id_].code,
            name=table[id_].name,
            short_name=table[id_].short_name,
            kind=table[id_].kind,
            level=table[id_].level,
            parent_id=table[id_].parent or None,
            path="/" + "".join(f"{one}/" for one in _line(id_, table)),
            valid_from=table[id_].valid_from,
            valid_to=table[id_].valid_to,
            own=False,
        )
        for id_ in sorted(wanted, key=lambda one: len(_line(one, table)))
    ]
    before = {row["id"]: row for row in Region.objects.filter(own=False).values("id", *_FIELDS)}
    new = [row for row in rows if before.get(row.id) != {name: getattr(row, name) for name in ("id", *_FIELDS)}]
    Region.objects.bulk_create(new, 500, update_conflicts=True, update_fields=_FIELDS, unique_fields=["id"])
    if changed := [row.id for row in new if row.id in before]:  # others may be at work on the same database
        record("region.change", label="policy/regions.csv", new={"regions": changed[:100], "count": len(changed)})
    return len(rows)


def _line(id_: str, table: dict[str, policy.Region]) -> list[str]:
    """The ids from the outermost region to this one."""
    found = [id_]
    while parent := table[found[0]].parent:
        found.insert(0, parent)
    return found
