"""Reading what rows keep: compiled plans, each parsed once in a while, and stored files under their own names."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from bilan.plan.model import CompiledPlan
from bilan.portal.files.models import StoredFile

_LONGEST_NAME = 60  # characters: names on the disk may have 255 bytes


@lru_cache(maxsize=32)
def parsed(digest: str, compiled: str) -> CompiledPlan:
    """Return the plan in the JSON ``compiled``; ``digest`` tells it from others quickly. Not to be changed."""
    return CompiledPlan.model_validate_json(compiled)


@contextmanager
def under_its_name(file: StoredFile) -> Iterator[Path]:
    """Give a path that ends in the name the file was uploaded with; on the disk it has that of its hash."""
    with tempfile.TemporaryDirectory(prefix="bilan-") as folder:
        path = Path(folder, file.name[-_LONGEST_NAME:])
        path.symlink_to(file.path)
        yield path
