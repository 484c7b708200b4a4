"""Who is online, since when, and when it was heard last."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bilan.observe.hj212.gateway import Gateway
from bilan.observe.hj212.gateway.state import Presence

from .wire import MN, OTHER, connect, data, run, serving, until


def told(gateway: Gateway, mn: str = MN) -> Presence | None:
    return next((outlet for outlet in gateway.state.presences() if outlet.mn == mn), None)


def is_online(gateway: Gateway, mn: str = MN) -> bool:
    outlet = told(gateway, mn)
    return outlet is not None and outlet.online


def age(text: str | None) -> timedelta:
    assert text is not None
    return datetime.now(UTC) - datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("flag", "version"), [(None, 2005), (0, 2005), (4, 2017), (5, 2017), (9, 2025), (99999999, 2005)]
)
def test_online_from_the_first_believed_frame_to_the_end_of_the_line(
    tmp_path: Path, flag: int | None, version: int
) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await asyncio.sleep(0.1)
            assert told(gateway) is None
            await line.send(data(flag=flag))
            await until(lambda: is_online(gateway))
            first = told(gateway)
            assert first is not None
            assert (first.version, first.peer) == (version, f"127.0.0.1:{line.writer.get_extra_info('sockname')[1]}")
            assert age(first.since) < timedelta(seconds=2)
            await asyncio.sleep(0.2)
            await line.send(data(flag=flag))
            await until(lambda: told(gateway).last_frame > first.last_frame)  # type: ignore[union-attr, operator]
            assert told(gateway).since == first.since  # type: ignore[union-attr]
            line.close()
            await until(lambda: not is_online(gateway))
            last = told(gateway)
            assert last is not None
            assert last.since > first.since
            assert str(last.last_frame) < last.since
            assert last.peer == first.peer

    run(trial())


def test_the_end_of_an_old_line_does_not_end_the_new_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            lines = [await connect(gateway), await connect(gateway)]
            for line in lines:
                await line.send(data())
                await line.hear()
            await until(lambda: is_online(gateway))
            since = told(gateway).since  # type: ignore[union-attr]
            lines[0].close()
            await until(lambda: gateway.counts.connected == 1)
            await asyncio.sleep(0.2)
            found = told(gateway)
            assert found is not None
            assert (found.online, found.since) == (True, since)
            assert str(found.peer).endswith(str(lines[1].writer.get_extra_info("sockname")[1]))
            lines[1].close()
            await until(lambda: not is_online(gateway))

    with caplog.at_level(logging.INFO):
        run(trial())
    assert [record.message for record in caplog.records if record.message in ("online", "offline")] == [
        "online",
        "offline",
    ]


def test_outlets_behind_one_line_come_and_go_together(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(data(), data(mn=OTHER))
            await until(lambda: is_online(gateway) and is_online(gateway, OTHER))
            assert len(gateway.presences) == 2
            line.reset()
            await until(lambda: not is_online(gateway) and not is_online(gateway, OTHER))

    run(trial())


def test_nobody_is_online_at_a_gateway_that_has_ended(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(data())
            await line.hear()
        async with serving(tmp_path) as gateway:
            assert not is_online(gateway)
            assert told(gateway) is not None

    run(trial())
