"""``bilan hj212 decode`` and ``encode`` as a person uses them: files, pipes, keys, damage, exit codes."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilan import cli
from bilan.observe.hj212 import encode as encode_packet
from bilan.observe.hj212 import examine, flag_of
from bilan.observe.hj212.simulate import Faults, frames, simulated_outlets

FIELDS = set(re.split(" ", "version qn st cn pw mn flag pnum pno cp data crc length ok errors warnings"))
START = datetime(2026, 3, 1)
KEY = "0123456789abcdef"
SOUND = encode_packet(
    "DataTime=20260301080000;w01018-Rtd=31.5,w01018-Flag=N",
    cn="2011",
    mn="X0000000000001",
    st="32",
    qn="20260301080001000",
    flag=5,
)
BLOCKED = "pyarrow deltalake duckdb ibis numpy pandas prometheus_client pyspark"


class Bytes(io.TextIOWrapper):
    """A stand-in for stdin."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")


def stream(folder: Path, content: bytes, name: str = "a.h212") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def decoded(capsys: pytest.CaptureFixture[str], *arguments: Path | str) -> tuple[int, list[dict[str, Any]], str]:
    capsys.readouterr()
    code = cli.main(["hj212", "decode", *map(str, arguments)])
    said = capsys.readouterr()
    return code, [json.loads(line) for line in said.out.split("\n") if line], said.err


SITE = "0123456789ABCDEF01234567"


def encoded(capsysbinary: pytest.CaptureFixture[bytes], *arguments: Path | str) -> tuple[int, bytes, str]:
    code = cli.main(["hj212", "encode", *map(str, arguments)])
    said = capsysbinary.readouterr()
    return code, said.out, said.err.decode()


# --- decode ---


def test_a_line_has_the_fields_of_a_packet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (packet,), said = decoded(capsys, stream(tmp_path, SOUND))
    assert (code, said) == (0, "")
    assert set(packet) >= FIELDS
    assert packet["data"] == {"DataTime": "20260301080000", "w01018": {"Rtd": "31.5", "Flag": "N"}}
    crc = SOUND[-6:-2].decode()
    assert packet["crc"] == {"declared": crc, "computed": crc, "ok": True}
    assert packet["length"] == {"declared": len(SOUND) - 12, "actual": len(SOUND) - 12, "ok": True}
    assert (packet["version"], packet["flag"], packet["ok"], packet["offset"]) == (2017, 5, True, 0)


def test_every_start_of_a_packet_is_a_line_damaged_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = SOUND.replace(b"31.5", b"31.6")
    content = b"noise" + SOUND + b"##" + damaged + b"##00" + SOUND
    code, lines, _ = decoded(capsys, stream(tmp_path, content))
    assert code == 0
    assert [line["offset"] for line in lines] == [
        5,
        5 + len(SOUND),
        7 + len(SOUND),
        7 + 2 * len(SOUND),
        11 + 2 * len(SOUND),
    ]
    assert [line["ok"] for line in lines] == [True, False, False, False, True]
    assert all(line["crc"].keys() == {"declared", "computed", "ok"} for line in lines)
    assert all(line["length"].keys() == {"declared", "actual", "ok"} for line in lines)
    assert lines[2]["errors"][0]["code"] == "crc.mismatch"


def test_one_packet_per_line_without_carriage_returns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = decoded(capsys, stream(tmp_path, (SOUND[:-2] + b"\n") * 3, "packets.txt"))
    assert code == 0
    assert [(line["ok"], line["warnings"][0]["code"]) for line in lines] == [(True, "end.missing")] * 3


@pytest.mark.parametrize("name", ["a.h212", "a.gz"])
def test_gzip_is_known_by_its_content(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    packed = gzip.compress(SOUND * 1000) + gzip.compress(SOUND) + bytes(700)
    code, lines, said = decoded(capsys, stream(tmp_path, packed, name))
    assert (code, len(lines), said) == (0, 1001, "")
    code, lines, _ = decoded(capsys, stream(tmp_path, SOUND, name))
    assert (code, len(lines)) == (0, 1)


def test_a_broken_archive_says_at_which_byte_and_keeps_what_came_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = b"".join(raw for _, raw in frames(simulated_outlets(2), START, 3))
    packed = gzip.compress(raw)
    half = len(packed) // 2
    code, lines, said = decoded(capsys, stream(tmp_path, packed[:half]))
    assert code == 3
    assert len(lines) > 50
    assert f"gzip 压缩数据在第 {half} 字节处中断，不完整" in said
    assert said.count("\n") == 1
    code, lines, said = decoded(capsys, stream(tmp_path, gzip.compress(SOUND) + b"tail"))
    assert (code, len(lines)) == (3, 1)
    assert f"gzip 压缩数据在第 {len(gzip.compress(SOUND))} 字节处损坏" in said
    assert decoded(capsys, stream(tmp_path, packed[:5]))[0] == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_any_damage_to_an_archive_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Any) -> None:
    packed = bytearray(gzip.compress(SOUND * 20))
    at = data.draw(st.integers(2, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    code, _, said = decoded(capsys, stream(tmp_path, bytes(packed)))
    assert code in (0, 1, 3)  # some bytes of the header of gzip mean nothing
    assert said.count("\n") == (code != 0)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no packet here", b"#", bytes(range(34)) * 100, b"\x1f\x8b"])
def test_without_a_packet_there_is_one_line_and_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    code, lines, said = decoded(capsys, stream(tmp_path, content))
    assert (code, lines) == (1, [])
    assert said.count("\n") == 1
    assert "a.h212" in said


def test_a_file_that_is_not_there_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = stream(tmp_path, SOUND)
    code, lines, said = decoded(capsys, tmp_path / "no.h212", good, tmp_path)
    assert (code, len(lines)) == (3, 1)
    assert lines[0]["file"] == str(good)
    assert "no.h212：无法读取：没有这个文件" in said
    assert "是文件夹，不是文件" in said
    assert decoded(capsys, tmp_path / "no.h212")[0] == 1


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Bytes(gzip.compress(SOUND * 2)))
    assert len(decoded(capsys, "-")[1]) == 2
    monkeypatch.setattr(sys, "stdin", Bytes(b""))
    code, _, said = decoded(capsys, "-")
    assert code == 1
    assert "标准输入：没有数据包" in said


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_a_huge_line_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        for _ in range(256):
            file.write(b"x" * (1 << 20))
        file.write(SOUND)
        file.write(b"##0500" + b"9" * (8 << 20))
    # Not ru_maxrss, which begins with what the parent had.
    code = (
        "import sys; from bilan import cli; cli.main(['hj212', 'decode', sys.argv[1]]); "
        "print(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True)
    assert json.loads(done.stdout.splitlines()[0])["ok"]
    assert int(done.stderr.split()[-2]) < 150_000


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    st.lists(
        st.binary(max_size=80) | st.sampled_from([b"##", b"##0010", SOUND, b"CP=&&", b"\xd6\xd0", b"\x00"]), max_size=20
    )
)
def test_binary_noise_gives_valid_lines_or_none(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], pieces: list[bytes]
) -> None:
    path = stream(tmp_path, b"##" + b"".join(pieces))
    assert cli.main(["hj212", "decode", "--join", str(path)]) in (0, 3)  # by chance it is gzip
    for line in capsysbinary.readouterr().out.splitlines():
        json.loads(line.decode("utf-8"))


def test_strict_refuses_what_the_standard_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stream(tmp_path, SOUND)
    assert decoded(capsys, path)[1][0]["ok"]
    strict = decoded(capsys, "--strict", path)[1][0]
    assert [problem["code"] for problem in strict["errors"]] == ["header.mn"]


def test_keys_from_option_file_and_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outlets = simulated_outlets(1, version=2025, encrypted=True)
    key = outlets[0].key
    assert key is not None
    path = stream(tmp_path, next(raw for _, raw in frames(outlets, START, 1) if b"CN=2011" in raw))
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n\n{key.hex()}\n")
    for arguments in (["--key", key.decode()], ["--key", KEY, "--key", key.hex()], ["--key-file", str(file)]):
        (line,) = decoded(capsys, *arguments, path)[1]
        assert (line["ok"], line["enciphered"]) == (True, True)
    monkeypatch.setenv("BILAN_SM4_KEY", key.decode())
    assert decoded(capsys, path)[1][0]["data"]["a21026"]["Flag"] == "N"
    assert not decoded(capsys, "--key", KEY, path)[1][0]["ok"]  # an option stands above the environment


def test_a_key_that_is_none_is_wrong_usage_and_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stream(tmp_path, SOUND)
    monkeypatch.setenv("BILAN_SM4_KEY", "geheim")
    code, _, said = decoded(capsys, path)
    assert code == 2
    assert "BILAN_SM4_KEY" in said
    assert "geheim" not in said
    file = stream(tmp_path, b"0123456789abcdef\nshort-secret\n", "keys")
    code, _, said = decoded(capsys, "--key-file", file, path)
    assert code == 2
    assert "第 2 行" in said
    assert "short-secret" not in said


def test_split_packets_are_joined_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {"cn": "2051", "mn": "X1", "st": "32", "flag": flag_of(2017, parts=True), "pnum": 2}
    parts = [
        encode_packet(
            f"DataTime=20260301080000;w0101{at}-Avg=1,w0101{at}-Flag=N", qn=f"2026030108000100{at}", pno=at, **told
        )  # type: ignore[arg-type]
        for at in (1, 2)
    ]
    lines = decoded(capsys, "--join", stream(tmp_path, b"".join(parts)))[1]
    assert [line.get("joined", False) for line in lines] == [False, False, True]
    assert set(lines[2]["data"]) == {"DataTime", "w01011", "w01012"}
    assert (lines[2]["qns"], lines[2]["missing"]) == ({"1": "20260301080001001", "2": "20260301080001002"}, [])
    first, unfinished = decoded(capsys, "--join", stream(tmp_path, parts[1]))[1]
    assert (first["ok"], unfinished["ok"], unfinished["missing"]) == (True, False, ["1"])
    assert len(decoded(capsys, stream(tmp_path, b"".join(parts)))[1]) == 2


def test_a_limit_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raws = [raw for _, raw in frames(simulated_outlets(1), START, 1, faults=Faults(crc=1.0))]
    path = stream(tmp_path, b"".join(raws))
    code, lines, said = decoded(capsys, "--limit", "7", "--summary", path)
    assert (code, len(lines)) == (0, 7)
    assert "数据包 7，正确 0，有错误 7" in said
    assert "错误 crc.mismatch 7" in said


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    path = stream(tmp_path, SOUND * 20000)
    command = [sys.executable, "-m", "bilan", "hj212", "decode", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_it_works_without_anything_that_is_not_in_the_base_install(tmp_path: Path) -> None:
    code = f"""
import sys
class Blocked:
    def find_spec(self, name, *rest):
        if name.partition('.')[0] in {BLOCKED.split()!r}:
            raise ModuleNotFoundError(f'blocked: {{name}}', name=name)
sys.meta_path.insert(0, Blocked())
from bilan.observe import hj212
for name in hj212.__all__:
    getattr(hj212, name)
import bilan.observe.hj212.check, bilan.observe.hj212.simulate, bilan.observe.hj212.simulate.client
from bilan import cli
sys.exit(cli.main(['hj212', sys.argv[1], *sys.argv[2:]]))
"""
    path = stream(tmp_path, SOUND)
    done = subprocess.run([sys.executable, "-c", code, "decode", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["ok"]
    done = subprocess.run([sys.executable, "-c", code, "check", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (3, b"")


# --- encode ---


@pytest.mark.parametrize("version", [2005, 2017, 2025])
def test_what_was_decoded_is_encoded_to_the_same_bytes(
    version: int, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    outlets = simulated_outlets(1, version=version, kinds=["31"], encrypted=version == 2025)
    raw = b"".join(raw for _, raw in frames(outlets, START, 3, split=0.3, faults=Faults(resend=0.1)))
    path, keys = stream(tmp_path, raw), [] if outlets[0].key is None else ["--key", outlets[0].key.decode()]
    assert cli.main(["hj212", "decode", *keys, str(path)]) == 0
    lines = stream(tmp_path, capsysbinary.readouterr().out, "a.jsonl")
    code, out, said = encoded(capsysbinary, *keys, lines)
    assert (code, said) == (0, "")
    assert out == raw


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="&"), max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.sampled_from([2017, 2025]),
    st.lists(TEXT, max_size=40),
    st.none() | st.binary(min_size=16, max_size=16),
    st.booleans(),
)
def test_any_content_survives_encoding(
    tmp_path: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
    version: int,
    texts: list[str],
    key: bytes | None,
    rf: bool,
) -> None:
    cp = "DataTime=20260301080000" + "".join(f";i1{at:04d}-Info=//{text}//" for at, text in enumerate(texts))
    cp = cp if all("//" not in text for text in texts) else "DataTime=20260301080000;i10000-Info=//a;b//"
    line = {"version": version, "qn": "20260301080001000", "st": "32", "cn": "2051", "mn": SITE, "cp": cp, "rf": rf}
    rf = line["rf"] = rf and version == 2025
    keys = [] if key is None or version == 2017 else ["--key", key.hex()]
    path = stream(tmp_path, json.dumps(line).encode(), "a.jsonl")
    code, out, said = encoded(capsysbinary, *keys, path)
    if code == 1:  # more parts than the edition has numbers for, or a factor too long for one
        assert "分" in said or "放不下" in said
        return
    assert cli.main(["hj212", "decode", *keys, str(stream(tmp_path, out))]) == 0
    packets = [json.loads(text) for text in capsysbinary.readouterr().out.splitlines()]
    assert all(packet["crc"]["ok"] and packet["length"]["ok"] and packet["rf"] == rf for packet in packets)
    time = "DataTime=20260301080000;"
    told = [packet["cp"] if at == 0 else packet["cp"].removeprefix(time) for at, packet in enumerate(packets)]
    assert ";".join(told) == cp


def test_a_packet_from_options(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    arguments = "--version 2025 --qn 20240601085857223 --st 32 --cn 1011 --mn 900016F0010000A800169DC0 --flag 9"
    code, out, _ = encoded(capsysbinary, *arguments.split())
    expected = "QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=900016F0010000A800169DC0;Flag=9;CP=&&&&2200"
    assert (code, out.decode()) == (0, f"##0087{expected}\r\n")  # HJ 212-2025 A.1


def test_a_long_content_is_split(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    cp = "DataTime=20260301080000;" + ";".join(f"w{at:05d}-Avg=1.000,w{at:05d}-Flag=N" for at in range(60))
    code, out, _ = encoded(capsysbinary, "--st", "32", "--cn", "2051", "--mn", SITE, "--cp", cp)
    assert code == 0
    packets = [examine(raw + b"\r\n") for raw in out.split(b"\r\n") if raw]
    assert [packet.pno for packet in packets] == [1, 2, 3]
    assert sum(len(packet.records) for packet in packets) == 60


def test_defaults_are_those_of_the_edition(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    told = ["--st", "32", "--cn", "1013", "--unchecked", "--mn", "X1"]
    found = {
        version: examine(encoded(capsysbinary, "--version", str(version), *told)[1]) for version in (2005, 2017, 2025)
    }
    assert [packet.flag for packet in found.values()] == [None, 5, 9]
    assert [bool(packet.qn) for packet in found.values()] == [False, True, True]


def test_lines_that_cannot_be_encoded_are_told_and_the_rest_is_written(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    good = {"st": "32", "cn": "2011", "mn": SITE, "data": {"w01018": {"Rtd": "1", "Flag": "N"}}}
    bad: list[Any] = [
        "nothing",
        [],
        {"st": "32"},
        good | {"ok": False},
        good | {"cn": 2011},
        good | {"version": 2018},
        good | {"enciphered": True},
        good | {"cp": "\ud83d"},
        good | {"mn": "a;b"},
    ]
    path = stream(
        tmp_path, "\n".join(map(json.dumps, [good, *bad, {"joined": True}, good])).encode() + b"\n\n{", "a.jsonl"
    )
    code, out, said = encoded(capsysbinary, "--qn", "20260301080001000", path)
    assert code == 3
    assert out.count(b"##") == 2
    assert [f"第 {number} 行：" in said for number in (*range(2, 11), 14)] == [True] * 10
    assert said.count("\n") == 10


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    target = tmp_path / "out.h212"
    told = ["--st", "32", "--cn", "1011", "--mn", SITE, "-o", target]
    assert encoded(capsysbinary, *told)[0] == 0
    assert examine(target.read_bytes()).ok
    written = target.read_bytes()
    code, _, said = encoded(capsysbinary, stream(tmp_path, b"{}", "a.jsonl"), "-o", target)
    assert (code, said.count("\n")) == (1, 1)
    assert target.read_bytes() == written
    assert encoded(capsysbinary, stream(tmp_path, b"", "a.jsonl"), "-o", tmp_path / "none")[0] == 1
    assert not (tmp_path / "none").exists()


def test_what_must_be_said_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hj212", "encode", "--st", "32"]) == 2
    assert "--cn、--mn" in capsys.readouterr().err


def test_the_flag_follows_the_edition_that_is_asked_for(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    line = {"version": 2017, "qn": "20260301080001000", "st": "32", "cn": "2011", "mn": SITE, "flag": 7, "pnum": 2}
    path = stream(tmp_path, json.dumps(line | {"pno": 1, "cp": "a=1"}).encode(), "a.jsonl")
    assert examine(encoded(capsysbinary, "--version", "2025", path)[1]).flag == 11


def test_only_packets_of_2025_are_enciphered(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ["--st", "32", "--cn", "2011", "--mn", SITE, "--cp", "DataTime=20260301080000"]
    assert encoded(capsysbinary, "--key", KEY, *told)[0] == 2
    monkeypatch.setenv("BILAN_SM4_KEY", KEY)
    assert b"&&DataTime=" in encoded(capsysbinary, *told)[1]
    assert b"&&DataTime=" not in encoded(capsysbinary, "--version", "2025", *told)[1]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"mn": "X1"}, "MN"),
        ({"flag": 6}, "Flag"),
        ({"flag": 9}, "Flag"),
        ({"flag": 7, "pnum": 2}, "PNUM"),
        ({"rf": True}, "RF"),
        ({"qn": "99999999999999999"}, "QN"),
        ({"qn": None}, "QN"),
    ],
)
def test_a_header_against_its_edition_is_refused_unless_wanted(
    told: dict[str, Any], says: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    line = {"version": 2017, "qn": "20260301080001000", "st": "32", "cn": "2011", "mn": SITE, "flag": 5, "cp": ""}
    path = stream(tmp_path, json.dumps(line | told).encode(), "a.jsonl")
    code, _, said = encoded(capsysbinary, path)
    assert code == 1
    assert says in said
    assert encoded(capsysbinary, "--unchecked", path)[0] == 0


def test_fields_are_written_as_they_were_received(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    header = {"ST": "32", "XX": "7", "CN": "2011", "MN": "X1", "Flag": "05"}
    line = {"version": 2017, "qn": None, "pw": None, "st": "32", "cn": "2011", "mn": "X1", "flag": 5, "cp": "a=1"}
    path = stream(tmp_path, json.dumps(line | {"header": header}).encode(), "a.jsonl")
    assert b"ST=32;XX=7;CN=2011;MN=X1;Flag=05;CP=&&a=1&&" in encoded(capsysbinary, "--unchecked", path)[1]
    lost = line | {"warnings": [{"code": "text.bytes"}]}
    assert encoded(capsysbinary, "--unchecked", stream(tmp_path, json.dumps(lost).encode(), "b.jsonl"))[0] == 1


def test_the_last_moment_leaves_none_for_parts(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    cp = "DataTime=20260301080000;" + ";".join(f"w{at:05d}-Avg=1.000,w{at:05d}-Flag=N" for at in range(60))
    told = ["--st", "32", "--cn", "2051", "--mn", SITE, "--cp", cp, "--qn", "99991231235959999"]
    code, _, said = encoded(capsysbinary, *told)
    assert (code, said.count("\n")) == (1, 1)


def test_many_parts_that_never_came_take_little_room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raws = [
        encode_packet("a=1", cn="2051", mn=f"X{at}", st="32", qn="20260301080001000", flag=7, pnum=9999, pno=1)
        for at in range(50)
    ]
    lines = decoded(capsys, "--join", stream(tmp_path, b"".join(raws)))[1]
    assert [line["missing"] for line in lines[50:]] == [["2-9999"]] * 50
