"""How far the rows of a source have been judged that left no row in the lake.

A row that says what already stands is not stored. When the value is corrected later and the old file imported again,
the lake could take that row for a correction back. So the commit of a chunk also sets, for each source of such rows,
the last line judged: a mark in the Delta log, as the protocol has them for writers that must not repeat themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from bilan.observe.lake_log import ConflictError, LakeLog
from bilan.observe.lake_schema import LakeError

TRIES = 30  # commits of others between reading and setting marks are rare


class Marks:
    """The marks as one import sees them: those it sets itself do not bind it.

    A source need not come in the order of its lines: a later chunk of the same import may bring earlier ones.
    """

    def __init__(self, log: LakeLog) -> None:
        self._log = log
        self._own: dict[str, tuple[int, int]] = {}  # by mark, what it was before this import, and what that made it

    def before(self, source_ref: str) -> int:
        """The last line of ``source_ref`` judged by other imports; -1 if none."""
        name = _name(source_ref)
        return self._others(name, self._log.mark(name))

    def to_set(self, lines: Mapping[str, int]) -> dict[str, int]:
        """The marks that the commit of a chunk has to set, given the last line judged by source."""
        named = {_name(source): line for source, line in lines.items()}
        return {name: line for name, line in named.items() if line > self._log.mark(name)}

    def was_set(self, marks: Mapping[str, int], former: Mapping[str, int]) -> None:
        """Note what a commit of this import has set, and what it found."""
        for name, line in marks.items():
            self._own[name] = (self._others(name, former[name]), line)

    def _others(self, name: str, found: int) -> int:
        """What others made of a mark that is ``found`` in the log."""
        was, made = self._own.get(name, (found, found))
        return was if found == made else found


def note_manners(log: LakeLog, manners: Mapping[str, str]) -> set[str]:
    """Note in which manner each source was read, by ``source_ref``; return those that were last read in another.

    Rows are known again by source, line and content, in whatever manner they are read: what an earlier manner said
    stays said, and is not said anew.
    """
    said = {ref: crc32(manner.encode()) for ref, manner in manners.items()}
    for _ in range(TRIES):
        log.refresh()
        before = {ref: log.mark(f"manner:{ref}") for ref in said}
        changed = {ref for ref, number in said.items() if before[ref] != number}
        if not changed:
            return set()
        try:
            log.commit((), marks={f"manner:{ref}": said[ref] for ref in changed})
        except ConflictError:
            continue
        return {ref for ref in changed if before[ref] >= 0}
    raise LakeError(f"{log.root}：其他进程一直在写入，请稍后再试")


def _name(source_ref: str) -> str:
    return f"judged:{source_ref}"
