"""Triggers with which the database itself refuses to change or delete entries of the log.

They are put in place after every migration: SQLite loses them when a migration makes the table anew.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

_TABLE = "audit_entry"
_SAID = "entries of the audit log are neither changed nor deleted"

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb} BEFORE {verb} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
    for verb in ("update", "delete")
]
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$",
    f"CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {_TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {_TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS audit_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER IF EXISTS audit_no_{verb} ON {_TABLE}" for verb in ("change", "truncate")],
}
_INSTALL = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def install(using: str = "default", **_: Any) -> None:
    """Put the triggers in place where they are missing; a receiver of ``post_migrate``."""
    _run(_INSTALL, using)


def remove(using: str = "default") -> None:
    """Take the triggers away: for tests that empty the database."""
    _run(_REMOVE, using)


def _run(statements: dict[str, list[str]], using: str) -> None:
    connection = connections[using]
    if _TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
