"""``bilan hj212 command``, ``commands`` and ``cancel``: what a host asks of devices, as a person sees it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bilan import cli
from bilan.observe.hj212 import FrameReader, Packet, encode, examine
from bilan.observe.hj212.gateway import Gateway, GatewayState

from .hj212_outlets import KEY, MN, NEW, SILENT, frame, presence, write_register


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder in which a gateway ran: the first outlet is online, the last one speaks 2025."""
    write_register(tmp_path)
    with GatewayState(tmp_path) as state:
        state.present(1, [presence(MN), presence(NEW, online=False, version=2025)])
    return tmp_path


def run(*arguments: object) -> int:
    return cli.main(["hj212", *map(str, arguments)])


def queued(store: Path) -> list[tuple[str, str, str]]:
    with GatewayState(store) as state:
        return [(command.mn, command.cn, command.cp) for command in reversed(state.commands())]


@pytest.mark.parametrize(
    ("asked", "cn", "cp"),
    [
        (("set-time",), "1012", ""),
        (("timeouts", "--over-time", 5, "--recount", 3), "1000", "OverTime=5;ReCount=3"),
        (("realtime", "--seconds", 30), "1062", "RtdInterval=30"),
        (("minutes", "--minutes", 10), "1064", "MinInterval=10"),
        (
            ("history", "2061", "--from", "2026-03-01T08:00", "--to", "2026-03-01T12:00"),
            "2061",
            "BeginTime=20260301080000,EndTime=20260301120000",
        ),
        (("raw", "1011", "PolId=w01018"), "1011", "PolId=w01018"),
        (("raw", "3888", "Vendor=1", "--unchecked"), "3888", "Vendor=1"),
    ],
)
def test_a_command_is_queued(store: Path, asked: tuple[object, ...], cn: str, cp: str) -> None:
    assert run("command", store, MN, *asked) == 0
    assert queued(store) == [(MN, cn, cp)]


def test_what_is_queued_is_told(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("command", store, MN, "realtime", "--seconds", 60, "--expires", "2h") == 0
    told = capsys.readouterr().out
    assert "第 1 号命令已排队：1062 设置实时数据间隔 RtdInterval=60" in told
    assert f"{MN} 在线，网关即刻发出" in told
    assert "以后不再发" in told
    assert run("command", store, NEW, "set-time") == 0
    assert f"{NEW} 不在线（2026-03-01 08:00:00 起），上线后发出" in capsys.readouterr().out
    assert run("command", store, SILENT, "set-time", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["id"], one["mn"], one["state"]) == (3, SILENT, "waiting")


def test_a_long_history_is_asked_for_in_spans(store: Path) -> None:
    assert run("command", store, MN, "history", "2051", "--from", "2026-03-01", "--to", "2026-03-03") == 0
    assert [cp for _, _, cp in queued(store)] == [
        "BeginTime=20260301000000,EndTime=20260301235959",
        "BeginTime=20260302000000,EndTime=20260302235959",
        "BeginTime=20260303000000,EndTime=20260303235959",
    ]


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("realtime", "--seconds", 20), 2, "RtdInterval=20：实时数据间隔应为 30 至 3600 s（2017 年版）"),
        (("realtime", "--seconds", 20, "--edition", 2025), 2, "（2025 年版，这个范围未核实）"),
        (("minutes", "--minutes", 7), 2, "应为 1、2、3、4、5、6、10、12、15、20、30 min"),
        (("minutes", "--minutes", 5, "--edition", 2005), 2, "2005 年版没有 MinInterval"),
        (("timeouts", "--over-time", 0, "--recount", 3), 2, "OverTime=0：超时时间应为 1 至 99 s"),
        (("history", "2011", "--from", "2026-03-01", "--to", "2026-03-02"), 2, "应为 2051、2061、2031 之一"),
        (("history", "2061", "--from", "2026-03-02", "--to", "2026-03-01"), 2, "早于 --from"),
        (("history", "2061", "--from", "2999-03-02", "--to", "2999-03-03"), 2, "还没有到"),
        (("history", "2051", "--from", "2016-01-01", "--to", "2026-03-01"), 2, "请缩短时段"),
        (("raw", "9014"), 2, "不是上位机主动发的命令"),
        (("raw", "3888"), 2, "2017 年版没有命令 3888"),
        (("raw", "1012", "SystemTime=20260231000000"), 2, "应为 14 位时间"),
        (("raw", "1062", "RtdInterval=5"), 2, "应为 30 至 3600"),
        (("raw", "1062", "RtdInterval"), 2, "应为 名称=值"),
        (("raw", "1062", "RtdInterval=30&&"), 2, "不能有 &"),
        (("raw", "1014", f"NewSK={KEY}"), 2, "new-key"),
        (("raw", "x"), 2, "应为四位数字"),
        (("raw", "3020", "x=" + "y" * 1000), 1, "超过 1024"),
        (("set-time", "--expires", "2020-01-01"), 2, "已经过去"),
        (("set-time", "--edition", "2013"), 2, "2005、2017、2025"),
        (("new-key", "--generate"), 1, "最近用的是 2017 年版，密钥只能加密发给"),
        (("new-key", "--generate", "--edition", 2025), 1, "最近用的是 2017 年版，密钥只能加密发给"),
    ],
)
def test_what_does_not_fit_is_not_queued(
    store: Path, asked: tuple[object, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("command", store, MN, *asked) == code
    assert said in capsys.readouterr().err.replace("\n", "")
    assert queued(store) == []


def test_the_register_says_who_can_be_asked(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("command", store, "X9", "set-time") == 1
    assert "X9：今天不在登记表" in capsys.readouterr().err
    assert run("command", store, "s1", "set-time") == 1
    assert f"s1 是站点编号，它的 MN 是 {MN}" in capsys.readouterr().err
    write_register(store / "另一处")
    assert run("command", store / "另一处", MN, "set-time") == 1
    assert "没有网关的状态" in capsys.readouterr().err


def test_a_new_key_is_never_shown_unless_asked(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = "abcdefghijklmnop"
    monkeypatch.setenv("BILAN_SM4_KEY", fresh)
    assert run("command", store, NEW, "new-key") == 0
    assert run("command", store, NEW, "new-key", "--json") == 0
    assert run("commands", store) == 0
    assert run("commands", store, "--json") == 0
    told = capsys.readouterr()
    assert fresh not in told.out + told.err
    assert "NewSK=…" in told.out
    assert queued(store)[0][2].endswith(f";NewSK={fresh}")
    assert run("command", store, NEW, "new-key", "--generate", "--show") == 0
    made = queued(store)[-1][2].rpartition("NewSK=")[2]
    assert len(made) == 16
    assert made != fresh
    assert f"新密钥：{made}" in capsys.readouterr().out


def test_a_key_that_cannot_be_used_is_refused(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BILAN_SM4_KEY", raising=False)
    assert run("command", store, NEW, "new-key") == 2
    assert "应有一把密钥，有 0 把" in capsys.readouterr().err
    written = tmp_path / "key"
    written.write_text(KEY + "\n", encoding="utf-8")
    assert run("command", store, NEW, "new-key", "--key-file", written) == 1
    assert "已在使用或用过" in capsys.readouterr().err
    assert run("command", store, SILENT, "new-key", "--generate") == 1
    assert f"{SILENT} 还没有上过线" in capsys.readouterr().err
    with GatewayState(store) as state:
        state.present(1, [presence(SILENT, version=2025)])
    assert run("command", store, SILENT, "new-key", "--generate") == 1
    assert "登记表里没有它现在的密钥" in capsys.readouterr().err
    assert queued(store) == []


def test_commands_are_listed_by_outlet_and_state(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with GatewayState(store) as state:
        first = state.enqueue(MN, "1062", "RtdInterval=60")
        state.note(first, "refused", answer="QnRtn=3", note="PW错误")
        state.enqueue(SILENT, "1012", "")
        late = state.enqueue(SILENT, "1072", "NewPW=secret")
        state.note(late, "silent", note="发送 4 次，没有应答")
    assert run("commands", store) == 0
    shown = capsys.readouterr().out
    assert "被拒绝" in shown
    assert "QnRtn=3 PW错误" in shown
    assert "发出时的北京时间" in shown
    assert "secret" not in shown
    assert run("commands", store, "--mn", SILENT, "--open") == 0
    shown = capsys.readouterr().out
    assert "等待发送" in shown
    assert "没有应答" not in shown
    assert run("commands", store, "--mn", "X9") == 0
    assert capsys.readouterr().out == "没有命令。\n"


def test_only_what_waits_can_be_cancelled(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with GatewayState(store) as state:
        sent, waiting = state.enqueue(MN, "1011", ""), state.enqueue(SILENT, "1011", "")
        state.note(sent, "sent")
    assert run("cancel", store, waiting, sent) == 3
    told = capsys.readouterr()
    assert told.out == f"第 {waiting} 号命令已取消\n"
    assert told.err == f"bilan: 第 {sent} 号命令已发出，不能取消\n"
    assert run("cancel", store, 99) == 1
    assert "没有第 99 号命令" in capsys.readouterr().err


def test_nobody_answers_in_time(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("command", store, SILENT, "set-time", "--wait", 0) == 3
    assert "第 1 号命令等待发送" in capsys.readouterr().err


# --- with a gateway and a device ---


class Device:
    """Sends one packet, then answers what it is asked: ``refuses`` holds the QnRtn of commands it does not like."""

    def __init__(self, refuses: dict[str, str] | None = None, hello: bytes = b"", keys: Sequence[bytes] = ()) -> None:
        self.refuses, self.hello, self.keys = refuses or {}, hello or frame(), keys
        self.heard: list[Packet] = []

    async def serve(self, host: str, port: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(self.hello)
        frames = FrameReader()
        while data := await reader.read(4096):
            for found in frames.feed(data):
                packet = examine(found, keys=self.keys)
                if packet.cn != "9014":
                    self.heard.append(packet)
                    writer.write(self.answer(packet))
        writer.close()

    def answer(self, packet: Packet) -> bytes:
        def say(cn: str, cp: str) -> bytes:
            return encode(cp, cn=cn, mn=packet.mn or "", st="91", pw=packet.pw or "", qn=packet.qn, flag=4)

        code = self.refuses.get(packet.cn or "")
        return say("9011", f"QnRtn={code}") if code else say("9011", "QnRtn=1") + say("9012", "ExeRtn=1")


async def _with_device(store: Path, device: Device, *asked: tuple[object, ...]) -> list[int]:
    """The exit codes of commands that are given while the device is connected to a gateway."""
    async with Gateway(store, store / "register.csv") as gateway:
        line = asyncio.create_task(device.serve(*gateway.addresses[0]))
        codes = [await asyncio.to_thread(run, *one) for one in asked]
        line.cancel()
    return codes


def test_a_device_obeys_and_the_outcome_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_register(tmp_path)
    with GatewayState(tmp_path):
        pass
    device = Device({"1064": "3"})
    wait = ("--wait", 30)
    codes = asyncio.run(
        _with_device(
            tmp_path,
            device,
            ("command", tmp_path, MN, "realtime", "--seconds", 60, *wait),
            ("command", tmp_path, MN, "minutes", "--minutes", 5, *wait),
            ("outlets", tmp_path),
        )
    )
    assert codes == [0, 1, 0]
    assert [(packet.cn, packet.cp, packet.pw) for packet in device.heard] == [
        ("1062", "RtdInterval=60", "123456"),
        ("1064", "MinInterval=5", "123456"),
    ]
    told = capsys.readouterr()
    assert "已完成" in told.out
    assert "ExeRtn=1" in told.out
    assert "bilan: 第 2 号命令被拒绝 QnRtn=3 PW错误" in told.err
    assert "在线 1，" in told.out


def test_a_new_key_goes_out_under_the_old_one_and_is_used_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_register(tmp_path)
    with GatewayState(tmp_path) as state:
        state.present(1, [presence(NEW, online=False, version=2025)])
    first, second = b"abcdefghijklmnop", bytes(range(16))
    keys = [KEY.encode()]
    device = Device(hello=frame(NEW, "111111", flag=9), keys=keys)

    def renew(key: bytes) -> int:
        monkeypatch.setenv("BILAN_SM4_KEY", key.hex())
        code = run("command", tmp_path, NEW, "new-key", "--wait", 30)
        keys[:] = [key]
        return code

    async def both() -> list[int]:
        async with Gateway(tmp_path, tmp_path / "register.csv") as gateway:
            line = asyncio.create_task(device.serve(*gateway.addresses[0]))
            codes = [await asyncio.to_thread(renew, key) for key in (first, second)]
            line.cancel()
        return codes

    assert asyncio.run(both()) == [0, 0]
    assert [(packet.cn, packet.enciphered, packet.ok) for packet in device.heard] == [("1014", True, True)] * 2
    assert [packet.data["NewSK"] for packet in device.heard] == [first.decode(), second.hex().upper()]
    with GatewayState(tmp_path) as state:
        assert state.keys() == {NEW: (second, first)}
