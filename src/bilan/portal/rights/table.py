"""The table of rights, ``rights.csv``: role x object x action x scope. What it does not grant is refused."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bilan.errors import BilanError
from bilan.portal.rights.words import ACTIONS, ALL_ROLES, OBJECTS, SCOPES

FILE = Path(__file__).with_name("rights.csv")
_HEAD = ["role", "object", "action", "scope"]


class RightsError(BilanError):
    """The table of rights cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One row: people of ``role`` may do ``action`` with those rows of ``object`` that lie within ``scope``."""

    role: str
    object: str
    action: str
    scope: str


def read(lines: Iterable[str], name: str = FILE.name) -> tuple[Grant, ...]:
    """Return the grants in ``lines`` of CSV. Raises RightsError at an unknown word and at a row that stands twice.

    >>> read(["role,object,action,scope", "public,site,read,all"])
    (Grant(role='public', object='site', action='read', scope='all'),)
    """
    rows = csv.reader(lines)
    head = next(rows, [])
    if head != _HEAD:
        raise RightsError(f"{name} 第 1 行：应为 {','.join(_HEAD)}，是 {','.join(head)}")
    found: dict[Grant, int] = {}
    for row in rows:
        place = f"{name} 第 {rows.line_num} 行"
        if len(row) != len(_HEAD):
            raise RightsError(f"{place}：应有 {len(_HEAD)} 列，是 {len(row)} 列")
        grant = Grant(*row)
        _check(grant, place)
        if grant in found:
            raise RightsError(f"{place}：与第 {found[grant]} 行重复")
        found[grant] = rows.line_num
    return tuple(found)


def _check(grant: Grant, place: str) -> None:
    if grant.role not in ALL_ROLES:
        raise RightsError(f"{place}：没有角色 {grant.role!r}")
    if grant.object not in OBJECTS:
        raise RightsError(f"{place}：没有对象 {grant.object!r}")
    if grant.action not in ACTIONS or grant.action not in OBJECTS[grant.object][1]:
        raise RightsError(f"{place}：对象 {grant.object} 没有操作 {grant.action!r}")
    if grant.scope not in SCOPES:
        raise RightsError(f"{place}：没有范围 {grant.scope!r}")


@cache
def grants() -> tuple[Grant, ...]:
    """Return every grant of the table."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return read(file)


@cache
def scopes(role: str, object_: str, action: str) -> frozenset[str]:
    """Return the scopes within which ``role`` may do ``action``, none where it may not. Raises RightsError."""
    if object_ not in OBJECTS or action not in OBJECTS[object_][1]:
        raise RightsError(f"没有这样的权限：{object_} {action}")
    return frozenset(one.scope for one in grants() if (one.role, one.object, one.action) == (role, object_, action))
