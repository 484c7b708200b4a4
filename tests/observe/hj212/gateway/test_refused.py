"""Who is believed: refused frames are not answered, not stored, kept apart with the reason, and stop nobody."""

from __future__ import annotations

import logging
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bilan.observe.hj212.encoding import frame
from bilan.observe.hj212.frames import only_frame
from bilan.observe.hj212.gateway import Gateway, server
from bilan.observe.hj212.gateway.gate import Gate
from bilan.observe.hj212.register import Outlet, Register

from .wire import (
    KEY,
    MN,
    NEW_KEY,
    OTHER,
    REGISTER,
    STRANGER,
    connect,
    data,
    qns,
    quarantined,
    run,
    serving,
    stored,
    until,
    write_register,
)

WITH_KEY = f"station,mn,password,key\ns1,{MN},123456,{KEY.decode()}\ns2,{OTHER},654321,\n"


def damaged(frame: bytes) -> bytes:
    """The frame with three bytes lost in the middle, as real lines lose them."""
    middle = len(frame) // 2
    return frame[:middle] + frame[middle + 3 :]


def changed(frame: bytes) -> bytes:
    """The frame with one digit changed, its CRC as it was."""
    return frame.replace(b"=1.5,", b"=9.5,")


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (data(mn=STRANGER), "unknown-mn"),
        (frame(b"QN=20260301080000000;ST=31;CN=2011;PW=123456;MN=;Flag=5;CP=&&&&"), "unknown-mn"),
        (data(pw="654321"), "password"),
        (data(pw=""), "password"),
        (changed(data()), "crc"),
        (damaged(data()), "damaged"),
        (b"##0300ST=31;CN=2011;\r\n", "damaged"),
        (data(cn=""), "damaged"),
        (data(flag=9, key=NEW_KEY), "cipher"),
        (data(flag=9, key=NEW_KEY, mn=OTHER), "cipher"),
        (data(flag=9, key=NEW_KEY, mn=STRANGER), "unknown-mn"),
    ],
    ids=[
        "stranger",
        "nobody",
        "wrong password",
        "no password",
        "bad CRC",
        "bytes lost",
        "cut off",
        "no CN",
        "another key",
        "no key",
        "a stranger's cipher",
    ],
)
def test_refused_between_good_ones(tmp_path: Path, frame: bytes, reason: str) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY) as gateway:
            line = await connect(gateway)
            before, after = data(), data()
            await line.send(before, frame, after)
            assert qns(await line.hear_all(2)) == qns([before, after])
            assert await line.silent()
            assert stored(tmp_path) == [before, after]
            assert gateway.counts.refused == {reason: 1}
            assert gateway.counts.frames == 3
            await until(lambda: quarantined(tmp_path))
            [(why, raw)] = quarantined(tmp_path)
            assert (why, raw.rstrip(b"\r\n")) == (reason, frame.rstrip(b"\r\n"))
            await line.send(again := data())
            assert qns([await line.hear()]) == qns([again])

    run(trial())


def test_a_line_of_strangers_only_is_not_online(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(data(mn=STRANGER), data(pw="000000"))
            await until(lambda: gateway.counts.frames == 2)
            assert (len(gateway.presences), gateway.state.presences()) == (0, [])

    run(trial())


async def admits(gateway: Gateway, mn: str = MN) -> bool:
    """Whether a frame of the MN is stored by the gateway as it stands."""
    line = await connect(gateway)
    before, stranger = gateway.counts.frames, gateway.counts.refused["unknown-mn"]
    await line.send(data(mn=mn))
    await until(lambda: gateway.counts.frames > before)
    line.close()
    return gateway.counts.refused["unknown-mn"] == stranger


def test_an_mn_counts_on_its_days_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = f"station,mn,password,valid_from,valid_to\ns1,{MN},123456,2026-01-01,2026-02-01\n"
    today = [date(2025, 12, 31)]
    monkeypatch.setattr(server, "_today", lambda: today[0])

    async def trial() -> None:
        async with serving(tmp_path, register) as gateway:
            for day, known in ((31, False), (32, True), (62, True), (63, False)):
                today[0] = date(2025, 12, 1) + timedelta(days=day - 1)
                await until(lambda: gateway.gate.day == today[0])
                assert await admits(gateway) == known, today

    run(trial())


def test_the_day_is_that_of_beijing() -> None:
    assert server._today() == (datetime.now(UTC) + timedelta(hours=8)).date()


def test_a_changed_register_counts_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(first := data())
            assert qns([await line.hear()]) == qns([first])
            assert not await admits(gateway, STRANGER)
            write_register(tmp_path, f"station,mn,password\ns9,{STRANGER},123456\n")
            await until(lambda: len(gateway.gate.register) == 1)
            assert await admits(gateway, STRANGER)
            await line.send(data())
            assert await line.silent()
            assert gateway.counts.refused["unknown-mn"] == 2
            assert len(stored(tmp_path)) == 2

    with caplog.at_level(logging.INFO):
        run(trial())
    assert [record.outlets for record in caplog.records if record.message == "register taken"] == [1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("broken", ["station,mn\n", f"station,mn,password\ns1,{MN}\n", None])
def test_a_broken_register_keeps_the_old_one_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    def told() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.message == "register not taken"]

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            path = tmp_path / "register.csv"
            if broken is None:
                path.unlink()
            else:
                path.write_text(broken)
                os.utime(path, ns=(1, 1))
            await until(told)
            line = await connect(gateway)
            await line.send(first := data())
            assert qns([await line.hear()]) == qns([first])
            seen = gateway.counts.frames
            await line.silent(0.4)  # several looks at the register
            assert seen == 1
            assert [record.levelname for record in told()] == ["ERROR"]
            assert str(path) in told()[0].reason  # type: ignore[attr-defined]
            write_register(tmp_path, REGISTER + f"s9,{STRANGER},123456,\n")
            await until(lambda: len(gateway.gate.register) == 3)

    run(trial())


def test_a_last_frame_of_an_old_line_does_not_take_the_outlet_off_its_new_one(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            old, new = await connect(gateway), await connect(gateway)
            await old.send(data())
            await old.hear()
            await new.send(data())
            await new.hear()
            await old.send(data().removesuffix(b"\r\n"))
            await until(lambda: gateway.counts.bytes > 300)
            old.reset()
            await until(lambda: gateway.counts.connected == 1)
            assert MN in gateway.presences

    run(trial())


# --- what is judged by the frame before ---

HEADERS = [
    "QN=20260301080000000;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=20260301080000001;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=2026030108000000;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=202603010800000001;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=202603010800000991;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=2026030108000000x;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=20260301080000002;ST=31;CN=2051;PW=123456;MN={mn};Flag=5",
    "QN=20260301080000003;ST=31;CN=2011;PW=654321;MN={mn};Flag=5",
    "QN=20260301080000004;ST=31;CN=2011;PW=123456;MN=" + STRANGER + ";Flag=5",
    "QN=20260301080000005;QN=20260301080000006;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "QN=20260301080000007;QN=20260301080000006;ST=31;CN=2011;PW=123456;MN={mn};Flag=5",
    "ST=31;QN=20260301080000000;CN=2011;PW=123456;MN={mn};Flag=5",
    "ST=31;CN=2011;PW=123456;MN={mn}",
]


@pytest.mark.parametrize("first", HEADERS)
@pytest.mark.parametrize("second", HEADERS)
def test_a_frame_is_judged_the_same_after_any_other(first: str, second: str) -> None:
    gate = Gate(Register([Outlet("s1", MN, "123456")]), date(2026, 3, 1), {}, {})
    one, two = (only_frame(frame(f"{header};CP=&&a=1&&".format(mn=MN).encode())) for header in (first, second))
    before, alone = gate.judge(one), gate.judge(two)
    after = gate.judge(two, None if isinstance(before, str) else before)
    if isinstance(alone, str):
        assert after == alone
    else:
        assert not isinstance(after, str)
        assert (after.outlet, dict(after.header)) == (alone.outlet, dict(alone.header))


def test_the_frame_before_says_nothing_on_another_day_or_by_another_register() -> None:
    header = f"QN=20260301080000000;ST=31;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&&&".encode()
    one = only_frame(frame(header))
    lines = [Outlet("s1", MN, "123456", valid_to=date(2026, 3, 2))]
    gate = Gate(Register(lines), date(2026, 3, 1), {}, {})
    before = gate.judge(one)
    assert not isinstance(before, str)
    assert not isinstance(gate.judge(one, before), str)
    gate.day = date(2026, 3, 2)
    assert gate.judge(one, before) == "unknown-mn"
    gate.day = date(2026, 3, 1)
    gate.register = Register([Outlet("s1", MN, "654321")])
    assert gate.judge(one, before) == "password"
