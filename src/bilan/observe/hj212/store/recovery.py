"""Where the chain of a writer goes on after its last process ended, however it ended.

A killed process leaves at most one batch that is not whole, at the end of its last part, and never an acknowledged
one. It is moved to ``DIR/torn``, never thrown away: an acknowledged batch that was damaged or cut later looks the same,
and where whole records are in it nobody can tell (:func:`doubts`). Nothing before the last whole batch is touched: what
is damaged there was damaged later, and stays for ``verify`` to show.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bilan.observe.hj212.store.parts import Part, open_part
from bilan.observe.hj212.store.record import LINE_MAX, Chain
from bilan.observe.hj212.store.scan import ENDS_HERE, RECORD_LINE, Begin, Gap, Record, Scanner, Text, in_batches
from bilan.observe.hj212.store.system import FILE_MODE, make_folder, sync_data, sync_folder


class Recovered(NamedTuple):
    """Where the chain stands, the last part that holds some of it, and the files that were made of a torn end."""

    chain: Chain
    last: Part | None
    torn: list[Path]


def recover(parts: Sequence[Part], torn: Path) -> Recovered | None:
    """Return where the chain of the writer of ``parts`` goes on; what is not whole at its end is moved to ``torn``.

    None when its last part holds nothing that can be read, though more than a killed process leaves of a part that it
    had only begun: acknowledged frames were in it, and nobody knows where the chain stood.

    Raises OSError where a torn end cannot be moved, as on a full disk: then nothing has changed.
    """
    moved: list[Path] = []
    for part in reversed(parts):
        found = chain_end(part)
        if found:
            end, chain = found
            if not part.packed:
                if end < part.path.stat().st_size:
                    moved.append(_cut(part, end, torn))
                _bring_to_disk(part)
            return Recovered(chain, part, moved)
        if part.packed or part.path.stat().st_size >= LINE_MAX:
            return None
        moved.append(_move(part, torn))
    return Recovered(Chain(), None, moved)


def chain_end(part: Part) -> tuple[int, Chain] | None:
    """Return the length of what is whole in ``part`` and where its chain stands there; None where nothing is."""
    scanner = Scanner()
    found: tuple[int, Chain] | None = None
    with open_part(part) as stream:
        for batch in in_batches(scanner.part(part, Text(stream)), []):
            item = batch[-1]
            if isinstance(item, Record):
                found = item.end, Chain(item.seq, item.hash)
            elif isinstance(item, Begin) and scanner.seq is not None and scanner.links:
                found = item.end, Chain(scanner.seq, scanner.links[0])
    return found


def agrees(part: Part, chain: Chain, size: int) -> str:
    """Return what is wrong with a part of ``size`` bytes that should end with ``chain``, nothing where it agrees."""
    scanner = Scanner()
    with open_part(part) as stream:
        for item in scanner.part(part, Text(stream, limit=size)):
            if isinstance(item, Gap) or item.problem:
                return str(item.problem)
    if (scanner.seq, scanner.links[:1]) != (chain.seq, (chain.head,)):
        return f"{part.path}：应以第 {chain.seq} 条记录结束，实以第 {scanner.seq} 条结束"
    return ""


def doubts(torn: Path) -> str:
    """Return why it cannot be told of a torn end whether it was acknowledged; nothing where it never was.

    A killed process leaves the beginning of a batch, a power cut zeros. Where whole records stand, or lines that cannot
    be read, the batch may have been whole once. Raises OSError where the file cannot be read.
    """
    tail = torn.read_bytes().rstrip(b"\0")
    if b"\n" not in tail:
        return ""
    known = RECORD_LINE.search(tail)
    if not known:
        return "不能读出的记录"
    part = Part(0, "", 0, torn)
    items = list(Scanner().part(part, Text(io.BytesIO(tail)), known[1]))
    whole = [item.seq for item in items if isinstance(item, Record)]
    if whole:
        return f"{len(whole)} 条完整的记录（第 {whole[0]} 条起）"
    ends_early = isinstance(items[0], Gap) and items[0].problem.found == ENDS_HERE
    return "" if ends_early else "不能读出的记录"


def _cut(part: Part, end: int, torn: Path) -> Path:
    """Copy what stands behind ``end`` to the folder ``torn``, and only then cut it off."""
    with part.path.open("rb") as stream:
        stream.seek(end)
        tail = stream.read()
    make_folder(torn)
    # Named by its content: a start that was killed between copy and cut makes the same file again.
    name = f"{part.day}-{part.path.stem}-{end}-{hashlib.sha256(tail).hexdigest()[:12]}.torn"
    unfinished = torn / f".{name}.{os.getpid()}"
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(descriptor, "wb") as copy:
            copy.write(tail)
            copy.flush()
            sync_data(copy.fileno())
        unfinished.replace(torn / name)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    sync_folder(torn)
    os.truncate(part.path, end)
    return torn / name


def _bring_to_disk(part: Part) -> None:
    """A batch whose writer was killed before its sync is gone on from, so that a power cut must not take it back."""
    descriptor = os.open(part.path, os.O_RDWR)
    try:
        sync_data(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(part.path.parent)
    sync_folder(part.path.parent.parent)


def _move(part: Part, torn: Path) -> Path:
    """Move a part in which nothing is whole to the folder ``torn``; one without a byte may have had some, too."""
    make_folder(torn)
    number = 0
    while (target := torn / f"{part.day}-{part.path.name}-{number}.torn").exists():
        number += 1
    part.path.rename(target)
    sync_folder(torn)
    sync_folder(part.path.parent)
    return target
