"""Thousands of lines at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bilan.observe.hj212.store import verify

from .wire import Line, connect, data, qns, run, serving, stored

LINES = 2000


@contextmanager
def open_files(number: int) -> Iterator[None]:
    """Let the process open so many files, or skip."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < number:
        if hard != resource.RLIM_INFINITY and hard < number:
            pytest.skip(f"only {hard} files may be open, {number} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.optional
def test_two_thousand_lines_open_and_each_answered(tmp_path: Path) -> None:
    outlets = [f"X{number:013d}" for number in range(LINES)]
    register = "station,mn,password\n" + "".join(f"s{mn},{mn},123456\n" for mn in outlets)

    async def trial() -> None:
        async with serving(tmp_path, register) as gateway:
            lines: list[Line] = []
            for _ in range(LINES // 200):
                lines += await asyncio.gather(*(connect(gateway) for _ in range(200)))
            sent = [data(mn=mn, pw="123456") for mn in outlets]
            for line, frame in zip(lines, sent, strict=True):
                await line.send(frame)
            heard = [await line.hear(20) for line in lines]
            assert qns(heard) == qns(sent)
            assert (gateway.counts.connected, len(gateway.presences)) == (LINES, LINES)
            assert sorted(stored(tmp_path)) == sorted(sent)
            for line in lines:
                line.close()
        assert gateway.counts.connected == 0

    with open_files(2 * LINES + 200):
        run(trial())
    assert verify(tmp_path / "store").ok
