"""Triggers with which the database itself refuses to change or delete the rows of every ``AppendOnly`` model.

They are put in place after every migration: SQLite loses them when a migration makes a table anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, transaction

from bilan.portal.audit.append_only import AppendOnly

_SAID = "rows of {table} are neither changed nor deleted"
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION bilan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_SAID.format(table='%')}', TG_TABLE_NAME; END $$"
)
_DIFFERS = {"sqlite": "NEW.{0} IS NOT OLD.{0}", "postgresql": "NEW.{0} IS DISTINCT FROM OLD.{0}"}
_VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


def install(using: str = "default", **_: Any) -> None:
    """Put the triggers in place as the models are now; a receiver of ``post_migrate``."""
    vendor = connections[using].vendor
    with transaction.atomic(using), connections[using].cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for model in _guarded(using):
            for verb in _VERBS[vendor]:
                cursor.execute(_drop(model, verb, vendor))
                cursor.execute(_create(model, verb, vendor))


def remove(using: str = "default") -> None:
    """Take the triggers away: for tests that empty the database, and for migrations of rows."""
    vendor = connections[using].vendor
    with connections[using].cursor() as cursor:
        for model in _guarded(using):
            for verb in _VERBS[vendor]:
                cursor.execute(_drop(model, verb, vendor))


def _guarded(using: str) -> Iterator[type[AppendOnly]]:
    """The models whose tables are there: a single app may be migrated."""
    tables = set(connections[using].introspection.table_names())
    yield from (one for one in apps.get_models() if issubclass(one, AppendOnly) and one._meta.db_table in tables)


def _name(model: type[AppendOnly], verb: str) -> str:
    return f"{model._meta.db_table}_no_{verb.lower()}"


def _drop(model: type[AppendOnly], verb: str, vendor: str) -> str:
    of_table = f" ON {model._meta.db_table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {_name(model, verb)}{of_table}"


def _create(model: type[AppendOnly], verb: str, vendor: str) -> str:
    table = model._meta.db_table
    head = f"CREATE TRIGGER {_name(model, verb)} BEFORE {verb} ON {table}"
    each = f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'}"
    when = f"WHEN ({_not_the_one_change(model, vendor)})" if verb == "UPDATE" and model.set_once else ""
    if vendor == "postgresql":
        return f"{head} {each} {when} EXECUTE FUNCTION bilan_refuse()"
    return f"{head} {each} {when} BEGIN SELECT RAISE(ABORT, '{_SAID.format(table=table)}'); END"


def _not_the_one_change(model: type[AppendOnly], vendor: str) -> str:
    """The condition under which an update is not the single one that ``set_once`` permits."""
    columns = {field.name: field.column for field in model._meta.local_concrete_fields}
    mark = columns[model.set_once[0]]
    differs = [_DIFFERS[vendor].format(f'"{column}"') for name, column in columns.items() if name not in model.set_once]
    return " OR ".join([f'OLD."{mark}" IS NOT NULL', f'NEW."{mark}" IS NULL', *differs])
