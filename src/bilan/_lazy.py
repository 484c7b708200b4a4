"""Rooms that offer their names without importing their modules: a name is imported when it is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_exports(room: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of the package ``room``; ``homes`` says in which submodule each name lives.

    >>> get, names = lazy_exports("bilan.plan", {"Document": "document"})
    >>> get("Document").__module__, names()
    ('bilan.plan.document', ['Document'])
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(f"{room}.{homes[name]}"), name)
        setattr(sys.modules[room], name, value)
        return value

    return get, lambda: sorted(homes)
