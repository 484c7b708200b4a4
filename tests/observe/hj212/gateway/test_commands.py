"""What the host asks of devices: sent once, answered or given up, one after another (HJ 212-2017 chapter 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bilan.observe.hj212 import Packet, examine
from bilan.observe.hj212.gateway import Gateway, GatewayState, Patience
from bilan.observe.hj212.gateway.state import Command

from .wire import (
    KEY,
    MN,
    NEW_KEY,
    OTHER,
    STRANGER,
    Line,
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

QUICK = Patience(over_time=0.2, recount=2, execution=0.6)
SLOW = Patience(over_time=20, execution=20)
WITH_KEY = f"station,mn,password,st,key\ns1,{MN},123456,31,{KEY.decode()}\ns3,X0000000000003,123456,31,{KEY.decode()}\n"


async def online(gateway: Gateway, mn: str = MN, **changes: Any) -> Line:
    """A device's line on which it has been heard."""
    line = await connect(gateway)
    frame = data(mn=mn, **changes)
    await line.send(frame)
    if changes.get("flag", 5) is not None:
        await line.answered()
    await until(lambda: mn in gateway.presences)
    return line


async def reply(line: Line, asked: Packet, cn: str, cp: str, **changes: Any) -> None:
    await line.send(data(cp, **({"cn": cn, "mn": asked.mn, "st": "91", "qn": asked.qn, "flag": 4} | changes)))


async def obey(line: Line, asked: Packet, result: str = "1") -> None:
    await reply(line, asked, "9011", "QnRtn=1")
    await reply(line, asked, "9012", f"ExeRtn={result}")


async def ended(gateway: Gateway, number: int, state: str) -> Command:
    await until(lambda: gateway.state.command(number).state == state)
    return gateway.state.command(number)


@pytest.mark.parametrize(
    ("cn", "cp"),
    [
        ("1000", "OverTime=10;ReCount=3"),
        ("1062", "RtdInterval=30"),
        ("1064", "MinInterval=10"),
        ("2051", "BeginTime=20260301000000,EndTime=20260301010000"),
        ("2061", "BeginTime=20260301000000,EndTime=20260302000000"),
    ],
)
@pytest.mark.parametrize(("version", "flag"), [(2017, 5), (2025, 9)])
def test_a_command_is_sent_as_the_device_speaks_and_done(
    tmp_path: Path, cn: str, cp: str, version: int, flag: int
) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway, OTHER, flag=flag)
            number = gateway.state.enqueue(OTHER, cn, cp)
            asked = await line.hear()
            assert (asked.cn, asked.cp, asked.mn, asked.pw, asked.st, asked.flag) == (
                cn,
                cp,
                OTHER,
                "654321",
                "32",
                flag,
            )
            assert gateway.state.command(number).qn == asked.qn
            await reply(line, asked, "9011", "QnRtn=1")
            assert (await ended(gateway, number, "accepted")).answer == "QnRtn=1"
            await reply(line, asked, "9012", "ExeRtn=1")
            command = await ended(gateway, number, "done")
            assert (command.answer, command.tries) == ("ExeRtn=1", 1)
            assert await line.silent(0.1)
            assert gateway.counts.commands == {"sent": 1, "done": 1}

    run(trial())


def test_the_time_to_be_set_is_that_of_sending(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            gateway.state.enqueue(MN, "1012", "")
            await asyncio.sleep(0.2)
            line = await online(gateway)
            asked = await line.hear()
            told = datetime.strptime(str(asked.data["SystemTime"]), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            assert abs(told - timedelta(hours=8) - datetime.now(UTC)) < timedelta(seconds=3)
            assert asked.cn == "1012"

    run(trial())


def test_history_that_was_asked_for_is_answered_and_kept(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=QUICK) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "2061", "BeginTime=20260301000000,EndTime=20260301030000")
            asked = await line.hear()
            await reply(line, asked, "9011", "QnRtn=1")
            for hour in range(3):  # slower than one command may take, but never silent for so long
                await asyncio.sleep(0.3)
                cp = f"DataTime=2026030{hour + 1}000000;w01018-Avg=12.{hour},w01018-Flag=N"
                await reply(line, asked, "2061", cp, st="32", flag=5)
                assert ((answer := await line.hear()).cn, answer.qn) == ("9014", asked.qn)
            await reply(line, asked, "9012", "ExeRtn=1")
            await ended(gateway, number, "done")
            assert sum(b"CN=2061" in raw for raw in stored(tmp_path)) == 3

    run(trial())


@pytest.mark.parametrize(
    ("code", "version", "note"),
    [("2", 2017, "请求被拒绝"), ("3", 2017, "PW错误"), ("100", 2025, "未知错误"), ("77", 2017, None)],
)
def test_a_refused_request_says_why(tmp_path: Path, code: str, version: int, note: str | None) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "1062", "RtdInterval=30")
            await reply(line, await line.hear(), "9011", f"QnRtn={code}", flag=4 if version == 2017 else 8)
            command = await ended(gateway, number, "refused")
            assert (command.answer, command.note) == (f"QnRtn={code}", note)

    run(trial())


@pytest.mark.parametrize(
    ("code", "note"), [("2", "执行失败，原因不明"), ("5", "系统繁忙不能执行"), ("100", "没有数据")]
)
def test_a_failed_execution_says_why(tmp_path: Path, code: str, note: str) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "2051", "BeginTime=20260301000000,EndTime=20260301010000")
            await obey(line, await line.hear(), code)
            command = await ended(gateway, number, "failed")
            assert (command.answer, command.note) == (f"ExeRtn={code}", note)

    run(trial())


def test_without_an_answer_the_same_request_goes_out_again_and_then_no_more(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=QUICK) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "1011", "")
            loop = asyncio.get_running_loop()
            heard, times = [], []
            for _ in range(3):  # once, and ReCount times again
                heard.append((await line.hear()).raw)
                times.append(loop.time())
            assert len(set(heard)) == 1
            assert all(0.15 < after - before < 1 for before, after in pairwise(times))
            command = await ended(gateway, number, "silent")
            assert command.tries == 3
            assert await line.silent(0.3)

    run(trial())


def test_accepted_without_a_result_is_silent_and_not_sent_again(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=QUICK) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "3012", "PolId=w01018")
            await reply(line, await line.hear(), "9011", "QnRtn=1")
            await ended(gateway, number, "silent")
            assert await line.silent(0.3)

    run(trial())


def test_an_answer_with_another_qn_is_no_answer(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "1011", "")
            asked = await line.hear()
            await reply(line, asked, "9012", "ExeRtn=1", qn="20200101000000000")
            await line.send(after := data())
            assert qns([await line.hear()]) == qns([after])
            assert gateway.state.command(number).state == "sent"
            await reply(line, asked, "9012", "ExeRtn=1")  # without 9011, as some devices do
            await ended(gateway, number, "done")

    run(trial())


def test_a_notice_is_done_when_the_device_has_noted_it(tmp_path: Path) -> None:
    """2012, stop real-time data: the device answers 9013 and nothing else."""

    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "2012", "")
            await reply(line, await line.hear(), "9013", "")
            await ended(gateway, number, "done")

    run(trial())


def test_the_dialect_of_2005_has_the_qn_in_the_content(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway, flag=None, qn=None)
            number = gateway.state.enqueue(MN, "1062", "RtdInterval=30")
            asked = await line.hear()
            await reply(line, asked, "9011", f"QN={asked.qn};QnRtn=1", qn=None, flag=None)
            await ended(gateway, number, "accepted")
            await reply(line, asked, "9012", f"QN={asked.qn};ExeRtn=1", qn=None, flag=None)
            await ended(gateway, number, "done")

    run(trial())


def test_one_at_a_time_in_order_and_outlets_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line, other = await online(gateway), await online(gateway, OTHER)
            numbers = [gateway.state.enqueue(MN, cn, "") for cn in ("1011", "1061", "1063")]
            beside = gateway.state.enqueue(OTHER, "1011", "")
            await obey(other, await other.hear())
            await ended(gateway, beside, "done")
            for number, cn in zip(numbers, ("1011", "1061", "1063"), strict=True):
                asked = await line.hear()
                assert asked.cn == cn
                assert await line.silent(0.15)
                await obey(line, asked)
                await ended(gateway, number, "done")
            assert len({gateway.state.command(number).qn for number in (*numbers, beside)}) == 4

    run(trial())


def test_two_outlets_behind_one_line(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            await line.send(data(mn=OTHER))
            await line.hear()
            numbers = [gateway.state.enqueue(mn, "1011", "") for mn in (MN, OTHER)]
            for asked in await line.hear_all(2):
                await obey(line, asked)
            for number in numbers:
                await ended(gateway, number, "done")

    run(trial())


def test_a_command_waits_for_an_outlet_that_is_offline_and_for_an_unknown_one(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            numbers = [gateway.state.enqueue(mn, "1011", "") for mn in (MN, STRANGER)]
            line = await online(gateway, OTHER)
            await line.send(data(mn=STRANGER))
            assert await line.silent(0.3)
            assert [gateway.state.command(number).state for number in numbers] == ["waiting", "waiting"]
            late = await online(gateway)
            await obey(late, await late.hear())
            await ended(gateway, numbers[0], "done")
            assert gateway.state.command(numbers[1]).state == "waiting"

    run(trial())


def test_an_outlet_that_left_the_register_is_sent_nothing(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            write_register(tmp_path, f"station,mn,password\ns2,{OTHER},654321\n")
            await until(lambda: len(gateway.gate.register) == 1)
            number = gateway.state.enqueue(MN, "1011", "")
            assert await line.silent(0.3)
            assert gateway.state.command(number).state == "waiting"
            write_register(tmp_path, f"station,mn,password\ns1,{MN},123456\n")
            await obey(line, await line.hear())
            await ended(gateway, number, "done")

    run(trial())


def test_cancelled_and_expired_ones_are_not_sent(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            dropped = gateway.state.enqueue(MN, "1011", "")
            late = gateway.state.enqueue(MN, "1061", "", expires=datetime.now(UTC) - timedelta(seconds=1))
            gateway.state.cancel(dropped)
            number = gateway.state.enqueue(MN, "1063", "", expires=datetime.now(UTC) + timedelta(hours=1))
            line = await online(gateway)
            asked = await line.hear()
            assert asked.cn == "1063"
            await obey(line, asked)
            await ended(gateway, number, "done")
            assert [gateway.state.command(each).state for each in (dropped, late)] == ["cancelled", "expired"]

    run(trial())


def test_what_was_sent_when_the_line_was_lost_goes_out_on_the_next_one(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "1011", "")
            await line.hear()
            line.close()
            await ended(gateway, number, "waiting")
            line = await online(gateway)
            await obey(line, await line.hear())
            await ended(gateway, number, "done")

    run(trial())


def test_what_was_accepted_when_the_line_was_lost_is_not_sent_again(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "3012", "PolId=w01018")
            await reply(line, await line.hear(), "9011", "QnRtn=1")
            await ended(gateway, number, "accepted")
            line.close()
            await ended(gateway, number, "silent")
            assert await (await online(gateway)).silent(0.3)

    run(trial())


def test_a_command_goes_on_when_the_outlet_changes_its_line(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=Patience(over_time=0.4, recount=3)) as gateway:
            old = await online(gateway)
            number = gateway.state.enqueue(MN, "1011", "")
            asked = await old.hear()
            new = await online(gateway)
            old.close()
            again = await new.hear()
            assert again.qn == asked.qn
            await obey(new, again)
            assert (await ended(gateway, number, "done")).tries == 2

    run(trial())


@pytest.mark.parametrize("accepted", [False, True])
def test_after_the_end_of_a_gateway_the_next_one_goes_on(tmp_path: Path, accepted: bool) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            number = gateway.state.enqueue(MN, "1011", "")
            asked = await line.hear()
            if accepted:
                await reply(line, asked, "9011", "QnRtn=1")
                await ended(gateway, number, "accepted")
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            if accepted:
                assert await line.silent(0.3)
                assert gateway.state.command(number).state == "silent"
            else:
                await obey(line, await line.hear())
                await ended(gateway, number, "done")

    run(trial())


def test_after_a_crash_what_was_sent_goes_out_again(tmp_path: Path) -> None:
    with GatewayState(tmp_path / "store") as state:
        number = state.enqueue(MN, "1011", "")
        state.take({MN}, 1)  # and no more is heard of this process

    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await online(gateway)
            await obey(line, await line.hear())
            await ended(gateway, number, "done")

    run(trial())


def test_two_gateways_of_one_store_send_a_command_once(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as one, serving(tmp_path, patience=SLOW) as two:
            lines = [await online(one), await online(two)]
            await asyncio.sleep(0.2)
            number = one.state.enqueue(MN, "1011", "")
            await obey(lines[1], await lines[1].hear())  # on the line on which the outlet was heard last
            assert await lines[0].silent(0.3)
            assert (await ended(one, number, "done")).tries == 1
            assert len(stored(tmp_path)) == 4

    run(trial())


def test_a_device_that_asks_for_the_time_is_told_it_once(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW) as gateway:
            line = await connect(gateway)
            await line.send(*(data("", cn="1013") for _ in range(5)))
            heard = await line.hear_all(6)
            assert [packet.cn for packet in heard] == ["9013"] * 5 + ["1012"]
            assert str(heard[-1].data["SystemTime"]).startswith("20")
            await obey(line, heard[-1])
            await until(lambda: gateway.counts.commands["done"] == 1)
            assert await line.silent(0.2)

    run(trial())


def test_an_outlet_that_comes_online_is_sent_what_was_agreed(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, patience=SLOW, on_connect=[("1012", ""), ("1062", "RtdInterval=60")]) as gateway:
            for _ in range(2):
                line = await online(gateway)
                for cn in ("1012", "1062"):
                    asked = await line.hear()
                    assert asked.cn == cn
                    await obey(line, asked)
                await line.send(data())
                await line.hear()
                assert await line.silent(0.2)
                line.close()
                await until(lambda: not len(gateway.presences))

    run(trial())


# --- keys ---


def with_key(key: bytes, **changes: Any) -> bytes:
    return data(flag=9, key=key, **changes)


OTHER_ENCIPHERED = "X0000000000003"
SET = f"SKCreateTime=20260301000000;NewSK={NEW_KEY.decode()}"


def test_a_new_key_goes_out_under_the_old_one_and_counts_when_the_device_has_it(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            await line.send(with_key(NEW_KEY))
            assert await line.silent()
            number = gateway.state.enqueue(MN, "1014", SET)
            raw = (await line.reader.readuntil(b"\r\n"))[:]
            assert NEW_KEY not in raw
            asked = examine(raw, keys=[KEY])
            assert (asked.ok, asked.enciphered, asked.cn, asked.cp) == (True, True, "1014", SET)
            await obey(line, asked)
            await ended(gateway, number, "done")
            sent = [with_key(NEW_KEY), with_key(KEY), data(flag=9)]
            await line.send(*sent)
            assert [packet.cn for packet in await line.hear_all(3)] == ["9014"] * 3
            assert stored(tmp_path)[-3:] == sent
            assert gateway.state.keys() == {MN: (NEW_KEY,)}
            gateway.state.enqueue(MN, "1014", f"NewSK={'7' * 16}")
            assert examine(await line.reader.readuntil(b"\r\n"), keys=[NEW_KEY]).ok
        async with serving(tmp_path, WITH_KEY) as gateway:  # and after it has begun anew
            await online(gateway, flag=9, key=NEW_KEY)
        assert [reason for reason, _ in quarantined(tmp_path)] == ["cipher"]

    run(trial())


def test_a_key_counts_from_the_very_next_frame(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            gateway.state.enqueue(MN, "1014", SET)
            asked = examine(await line.reader.readuntil(b"\r\n"), keys=[KEY])
            told = {"st": "91", "qn": asked.qn, "flag": 8}
            await line.send(data("ExeRtn=1", cn="9012", **told), with_key(NEW_KEY))
            assert (await line.hear()).cn == "9014"

    run(trial())


def test_another_gateway_of_the_store_learns_of_the_key(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY) as one, serving(tmp_path, WITH_KEY) as two:
            one.state.add_key(MN, NEW_KEY)
            await until(lambda: two.gate.keys_set == {MN: (NEW_KEY,)})
            await online(two, flag=9, key=NEW_KEY)

    run(trial())


def test_a_key_that_the_device_did_not_take_changes_nothing(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            number = gateway.state.enqueue(MN, "1014", SET)
            await obey(line, examine(await line.reader.readuntil(b"\r\n"), keys=[KEY]), "2")
            await ended(gateway, number, "failed")
            await line.send(with_key(KEY))
            assert (await line.hear()).cn == "9014"
            assert gateway.state.keys() == {}
            gateway.state.enqueue(MN, "1014", SET)
            assert examine(await line.reader.readuntil(b"\r\n"), keys=[KEY]).ok

    run(trial())


async def offered(gateway: Gateway, line: Line) -> int:
    """The number of a 1014 that the device has heard."""
    number = gateway.state.enqueue(MN, "1014", SET)
    assert examine(await line.reader.readuntil(b"\r\n"), keys=[KEY]).cn == "1014"
    await until(lambda: gateway.gate.keys_offered == {MN: (NEW_KEY,)})
    return number


def test_a_key_that_the_device_took_without_saying_so_counts_when_it_is_used(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            number = await offered(gateway, line)
            line.close()  # its 9012 is lost with the line
            await until(lambda: not len(gateway.presences))
            assert gateway.state.command(number).state == "waiting"
        async with serving(tmp_path, WITH_KEY) as gateway:
            line = await connect(gateway)
            await line.send(data(flag=9, key=NEW_KEY, pw="wrong"), with_key(b"7" * 16))
            await line.send(with_key(NEW_KEY, mn=OTHER_ENCIPHERED), data(flag=9, mn=OTHER_ENCIPHERED))
            await line.answered()
            assert (gateway.state.keys(), gateway.state.command(number).state) == ({}, "waiting")
            await line.send(with_key(NEW_KEY), with_key(NEW_KEY), with_key(KEY))
            for _ in range(3):
                await line.answered()
            assert gateway.state.keys() == gateway.gate.keys_set == {MN: (NEW_KEY,)}
            assert gateway.state.command(number).state == "done"
        assert [reason for reason, _ in quarantined(tmp_path)] == ["cipher"] * 3

    run(trial())


def test_a_device_that_has_the_key_and_cannot_read_the_command_again_is_believed(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            number = await offered(gateway, line)
            line.close()
            await until(lambda: not len(gateway.presences))
            line = await online(gateway, flag=9)
            asked = examine(await line.reader.readuntil(b"\r\n"), keys=[KEY])
            await line.send(data("QnRtn=100", cn="9011", st="91", qn=asked.qn, flag=8))
            await ended(gateway, number, "refused")
            await line.send(with_key(NEW_KEY))
            await line.answered()
            assert (gateway.state.keys(), gateway.state.command(number).state) == ({MN: (NEW_KEY,)}, "done")

    run(trial())


def test_a_result_under_the_new_key_says_that_the_device_has_it(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, WITH_KEY, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            number = gateway.state.enqueue(MN, "1014", SET)
            asked = examine(await line.reader.readuntil(b"\r\n"), keys=[KEY])
            await until(lambda: gateway.gate.keys_offered)
            told = {"st": "91", "qn": asked.qn, "flag": 8, "key": NEW_KEY}
            await line.send(data("ExeRtn=1;DataTime=20260301080000", cn="9012", **told))
            await ended(gateway, number, "done")
            assert gateway.state.keys() == {MN: (NEW_KEY,)}

    run(trial())


@pytest.mark.parametrize(
    ("register", "cn", "cp", "note"),
    [
        ("station,mn,password\ns1," + MN + ",123456\n", "1014", SET, "密钥"),
        (WITH_KEY, "1014", "NewSK=123", "16"),
        (WITH_KEY, "1014", "", "16"),
        (WITH_KEY, "1062", "x=" + "1" * 1200, "1024"),
    ],
    ids=["no key to send it under", "a short key", "no key in it", "too long"],
)
def test_what_cannot_be_sent_fails_and_the_next_one_is_sent(
    tmp_path: Path, register: str, cn: str, cp: str, note: str
) -> None:
    async def trial() -> None:
        async with serving(tmp_path, register, patience=SLOW) as gateway:
            line = await online(gateway, flag=9)
            number = gateway.state.enqueue(MN, cn, cp)
            command = await ended(gateway, number, "failed")
            assert note in str(command.note)
            gateway.state.enqueue(MN, "1011", "")
            assert (await line.hear()).cn == "1011"

    run(trial())


@pytest.fixture(autouse=True)
def _nothing_goes_wrong_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What asyncio catches in a protocol or a timer is a defect."""
    yield
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []
