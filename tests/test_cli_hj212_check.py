"""``bilan hj212 check`` and ``simulate`` as a person uses them."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bilan import cli
from bilan.observe.hj212 import FrameReader, answer_frame, decode, encode, examine

SOUND = encode("DataTime=20260301080000;w01018-Rtd=31.5,w01018-Flag=N", cn="2011", mn="0" * 24, st="32",
    qn="20260301080001000", flag=5)  # fmt: skip


def stream(folder: Path, content: bytes, name: str = "a.h212") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_nothing_wrong_is_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hj212", "check", str(stream(tmp_path, SOUND))]) == 0
    said = capsys.readouterr()
    assert "数据包 1，没有损坏的；包外 0 字节" in said.out
    assert "没有发现问题。" in said.out
    assert said.err == ""


def test_what_is_wrong_is_told_with_place_and_clause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = SOUND.replace(b"31.5", b"31.6")
    assert cli.main(["hj212", "check", str(stream(tmp_path, SOUND + wrong))]) == 3
    said = capsys.readouterr().out
    assert "错误 CRC 不符：1 次，1 个排口" in said
    assert "HJ 212-2017 附录A" in said
    assert f"第 {2 * len(SOUND) - 6} 字节 QN=20260301080001000：CRC 应为" in said
    assert f"实为 {SOUND[-6:-2].decode()}" in said


def test_the_report_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hj212", "check", "--json", str(stream(tmp_path, b"xx" + SOUND + SOUND[:-2]))]) == 3
    report = json.loads(capsys.readouterr().out)
    assert (report["frames"], report["ok"], report["clean"], report["outside"]) == (2, 2, False, 2)
    assert report["totals"] == {"repeat.same": 1, "end.missing": 1}
    finding = next(one for one in report["outlets"][0]["commands"][0]["findings"] if one["code"] == "end.missing")
    assert finding["clause"].startswith("HJ 212-2017 表2")
    assert finding["example"]["offset"] == 2 + 2 * len(SOUND) - 2


def test_another_edition_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(stream(tmp_path, SOUND))
    assert cli.main(["hj212", "check", "--edition", "2017", path]) == 0
    assert cli.main(["hj212", "check", "--edition", "2025", path]) == 3
    assert "Flag=8～11；实为 Flag=5" in capsys.readouterr().out
    assert cli.main(["hj212", "check", "--edition", "2018", path]) == 2


def test_nothing_to_check_is_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hj212", "check", str(stream(tmp_path, b"nothing"))]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stream(tmp_path, b"##0030ST=31;CN=20\x1b[2J;MN=\x07X;CP=&&a=\x1b&&0000\r\n")
    assert cli.main(["hj212", "check", str(path)]) == 3
    assert not set(capsys.readouterr().out) & {"\x1b", "\x07"}


# --- simulate ---


def test_a_simulated_file_is_what_check_has_nothing_to_say_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "a.h212"
    told = ["hj212", "simulate", "-o", str(target), "--outlets", "3", "--duration", "3h", "--kinds", "31,32"]
    assert cli.main(told) == 0
    assert "3 个排口" in capsys.readouterr().err
    first = target.read_bytes()
    assert cli.main([*told, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert target.read_bytes() == first
    assert cli.main([*told, "--seed", "1"]) == 0
    assert target.read_bytes() != first
    assert cli.main(["hj212", "check", str(target)]) == 0


def test_sm4_with_keys_from_the_register_it_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, register = tmp_path / "a.h212", tmp_path / "register.csv"
    told = ["hj212", "simulate", "-o", str(target), "--version", "2025", "--sm4", "--outlets", "2", "--count", "50"]
    assert cli.main([*told, "--register", str(register)]) == 0
    rows = list(csv.DictReader(register.read_text(encoding="utf-8").splitlines()))
    assert [row["name"] for row in rows] == ["模拟废气排口0001", "模拟废水排口0002"]
    reader = FrameReader()
    packets = [
        decode(frame, keys=[bytes.fromhex(row["key"]) for row in rows]) for frame in reader.feed(target.read_bytes())
    ]
    assert len(packets) == 50
    assert {packet.mn for packet in packets} == {row["mn"] for row in rows}
    assert any(packet.enciphered for packet in packets)


def test_the_register_is_one_that_the_gateway_reads(tmp_path: Path) -> None:
    from bilan.observe.hj212.register import Register

    register = tmp_path / "register.csv"
    told = [
        "hj212",
        "simulate",
        "-o",
        str(tmp_path / "a"),
        "--version",
        "2025",
        "--sm4",
        "--outlets",
        "5",
        "--count",
        "1",
    ]
    assert cli.main([*told, "--register", str(register)]) == 0
    assert len(Register.load(register)) == 5


@pytest.mark.parametrize(
    "told",
    [
        [],
        ["-o", "a", "--to", "127.0.0.1:9"],
        ["--to", "192.0.2.1:9212"],
        ["--to", "127.0.0.1"],
        ["--to", "127.0.0.1:99999"],
        ["-o", "a", "--duration", "soon"],
        ["-o", "a", "--duration", "0h"],
        ["-o", "a", "--fault", "fire=0.1"],
        ["-o", "a", "--fault", "crc=2"],
        ["-o", "a", "--fault", "crc"],
        ["-o", "a", "--kinds", "99"],
        ["-o", "a", "--sm4"],
        ["-o", "a", "--version", "2025", "--key", "0123456789abcdef"],
        ["-o", "a", "--start", "tomorrow"],
        ["-o", "a", "--start", "9999-12-31T23:00"],
        ["-o", "a", "--start", "9900-01-01", "--duration", "999999d"],
        ["-o", "a", "--version", "2018"],
    ],
)
def test_wrong_usage_is_told_before_anything_is_sent(
    told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["hj212", "simulate", *told]) == 2
    assert list(tmp_path.iterdir()) == []


def test_intervals_that_do_not_divide_the_hour_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hj212", "simulate", "-o", str(tmp_path / "a"), "--minutes", "7"]) == 1
    assert "分钟数据间隔应为" in capsys.readouterr().err


def test_nobody_listening_is_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hj212", "simulate", "--to", "127.0.0.1:1", "--patience", "0"]) == 1
    assert "127.0.0.1:1：连接不上" in capsys.readouterr().err


class Host:
    """A host in a thread of its own, that answers all that is sound."""

    def __init__(self) -> None:
        self.qns: list[str | None] = []
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Host:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *told: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameReader()
        while data := await reader.read(4096):
            for frame in frames.feed(data):
                packet = examine(frame)
                if packet.ok and packet.wants_answer:
                    self.qns.append(packet.qn)
                    writer.write(answer_frame(packet.qn or "", 2017, packet.mn or "", packet.pw or ""))


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as running:
        yield running


def test_every_answer_is_in_the_log(host: Host, tmp_path: Path) -> None:
    log = tmp_path / "acknowledged"
    command = [sys.executable, "-m", "bilan", "hj212", "simulate", "--to", f"127.0.0.1:{host.port}"]
    told = ["--outlets", "3", "--count", "60", "--speed", "0", "--log", str(log)]
    done = subprocess.run([*command, *told], capture_output=True, timeout=60, check=False, encoding="utf-8")
    assert done.returncode == 0
    assert "应答 60，没有应答 0" in done.stderr
    lines = [line.split() for line in log.read_text().splitlines()]
    assert sorted(line[0] for line in lines) == sorted(qn or "" for qn in host.qns)
    assert {line[2] for line in lines} == {"9014"}


def test_a_start_with_a_zone_is_that_moment_in_beijing(tmp_path: Path) -> None:
    told = ["hj212", "simulate", "--kinds", "31", "--count", "5", "--quiet"]
    for name, start in (("a", "2026-03-01T00:00Z"), ("b", "2026-03-01T08:00")):
        assert cli.main([*told, "--start", start, "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
