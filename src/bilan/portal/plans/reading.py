"""Reading what rows keep: compiled plans, each parsed once in a while, and stored files under their own names."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bilan.plan.model import CompiledPlan
from bilan.portal.core.held import Held
from bilan.portal.files.models import StoredFile

_LONGEST_NAME = 60  # characters: names on the disk may have 255 bytes
_plans: Held[CompiledPlan] = Held(32)


def parsed(key: Hashable, compiled: Callable[[], str]) -> CompiledPlan:
    """Return the plan in the JSON that ``compiled`` gives where none is held by ``key``; not to be changed."""
    return _plans.once(key, lambda: CompiledPlan.model_validate_json(compiled()))


@contextmanager
def under_its_name(file: StoredFile) -> Iterator[Path]:
    """Give a path that ends in the name the file was uploaded with; on the disk it has that of its hash."""
    with tempfile.TemporaryDirectory(prefix="bilan-") as folder:
        path = Path(folder, file.name[-_LONGEST_NAME:])
        path.symlink_to(file.path)
        yield path
