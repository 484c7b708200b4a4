"""``bilan hj212 quarantine``: what was refused, with the reason a person understands."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from bilan import cli
from bilan.observe.hj212 import encode
from bilan.observe.hj212.store import Quarantine

from .hj212_outlets import KEY, MN, NEW, STRANGER, clock, frame, write_register

DAMAGED = frame().replace(b"Rtd=1.5", b"Rtd=9.5")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two days of refused frames."""
    moments = [datetime(2026, 3, 1, 1, minute) for minute in range(3)] + [datetime(2026, 3, 2, 1)]
    with Quarantine(tmp_path, clock=clock(*moments)) as quarantine:
        quarantine.add(DAMAGED, "10.0.0.7:50", "crc")
        quarantine.add(frame(STRANGER), "10.0.0.9:50", "unknown-mn")
        quarantine.add(frame(STRANGER, value="1.6"), "10.0.0.9:50", "unknown-mn")
        quarantine.add(frame(MN, "secret"), "10.0.0.8:50", "password")
    return tmp_path


def run(*arguments: object) -> int:
    return cli.main(["hj212", "quarantine", *map(str, arguments)])


def test_counts_and_examples(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store) == 0
    shown = capsys.readouterr().out
    (line,) = (line for line in shown.splitlines() if line.strip().startswith("2026-03-01") and "unknown-mn" in line)
    assert "未登记的 MN" in line
    assert " 2" in line
    assert "2026-03-01 09:00:00 10.0.0.7:50 CRC 不符 MN=X0000000000001" in shown
    assert "错误 第 " in shown
    assert f"MN {STRANGER} 当天不在登记表里" in shown
    assert "PW 与登记的不同" in shown
    assert "secret" not in shown
    assert shown.index("密码不符 MN") < shown.index("未登记的 MN MN")  # the newest first


def test_only_what_is_asked_for(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "--day", "2026-03-01", "--reason", "unknown-mn", "--limit", 1, "--raw") == 0
    shown = capsys.readouterr().out
    assert "2026-03-02" not in shown
    assert "crc" not in shown
    assert shown.count("当天不在登记表里") == 1
    assert r"a21026-Rtd=1.6" in shown
    assert r"\x0d\x0a" in shown
    assert run(store, "--limit", 0) == 0
    assert "MN=" not in capsys.readouterr().out
    assert run(store, "--reason", "bad") == 2
    assert run(store, "--day", "yesterday") == 2


def test_for_programs(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "--json") == 0
    text = capsys.readouterr().out
    told = json.loads(text)
    assert {(row["day"], row["reason"]): row["kept"] for row in told["counts"]} == {
        ("2026-03-01", "crc"): 1,
        ("2026-03-01", "unknown-mn"): 2,
        ("2026-03-02", "password"): 1,
    }
    assert [example["reason"] for example in told["examples"]] == ["password", "unknown-mn", "unknown-mn", "crc"]
    assert not told["examples"][-1]["packet"]["crc"]["ok"]
    assert "secret" not in text


def test_an_enciphered_packet_is_explained_with_the_keys_of_the_register(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cp = "DataTime=20260301080000;a21026-Rtd=1.5,a21026-Flag=N"
    secret = encode(cp, cn="2011", mn=NEW, st="31", qn="20260301080000000", flag=9, key=KEY.encode())
    wrong = b"0000" if secret[-6:-2] != b"0000" else b"0001"
    with Quarantine(tmp_path) as quarantine:
        quarantine.add(secret[:-6] + wrong + secret[-2:], "10.0.0.7:50", "crc")
    assert run(tmp_path) == 0
    assert "CP 是密文，没有密钥，CRC 无法核对" in capsys.readouterr().out
    write_register(tmp_path)
    assert run(tmp_path, "--json") == 0
    (example,) = json.loads(capsys.readouterr().out)["examples"]
    assert [problem["code"] for problem in example["packet"]["errors"]] == ["crc.mismatch"]
    assert example["packet"]["cp"] == cp


PASSWORD, LATER, NEW_KEY = "S3cretP", "T0pPass", "k3ykeyK3YKEY0123"
SOUND = frame(STRANGER, PASSWORD)


@pytest.mark.parametrize(
    "raw",
    [
        SOUND,
        SOUND.replace(b";MN", b"MN"),
        SOUND.replace(b";PW", b"PW"),
        SOUND.replace(b";PW=", b""),
        SOUND.replace(b"PW=", b""),
        SOUND.replace(b"PW=", b"PWW="),
        SOUND.replace(b"PW=", b"="),
        SOUND.replace(b"PW=", b"P="),
        SOUND.replace(b"PW=", b"PW:"),
        SOUND.replace(b"PW=", b"PW"),
        SOUND.replace(b"PW=", b"PW=;PW="),
        SOUND.replace(b"##", b"##x"),
        SOUND.replace(b"CP=&&", b"CP="),
        SOUND.replace(b"CP=", b"C"),
        SOUND[:50],
        b"##0040" + SOUND[6:],
        b"##0046" + SOUND[6:],
        SOUND.replace(b"&&Data", b"&&PW=S3cretP;Data"),
        SOUND.replace(b"&&Data", b"&&" + SOUND[:60]),
        encode("NewPW=T0pPass", cn="1072", mn=STRANGER, st="31", pw=PASSWORD, qn="20260301080000000", flag=5),
        encode("NewPW=T0pPass", cn="1072", mn=STRANGER, st="31", pw=PASSWORD, qn="20260301080000000", flag=5).replace(
            b"NewPW=", b"New="
        ),
        encode("NewPW=T0pPass", cn="2011", mn=STRANGER, st="31", pw=PASSWORD, qn="20260301080000000", flag=5).replace(
            b"NewPW=", b"newpw"
        ),
    ],
)
def test_passwords_are_shown_with_the_raw_bytes_only(
    tmp_path: Path, raw: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where damage has carried them into another field, its name or what a problem quotes."""
    with Quarantine(tmp_path) as quarantine:
        quarantine.add(raw, "10.0.0.9:50", "damaged")
    for options in ((), ("--json",)):
        assert run(tmp_path, *options) == 0
        shown = capsys.readouterr().out
        leaked = [at for secret in (PASSWORD, LATER) for at in range(4) if secret[at : at + 4] in shown]
        assert not leaked, shown
        assert run(tmp_path, "--raw", *options) == 0
        assert any(secret[:4] in capsys.readouterr().out for secret in (PASSWORD,))


def test_a_new_key_that_the_register_can_decipher_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cp = f"SKCreateTime=20260301080000;NewSK={NEW_KEY}"
    raw = encode(cp, cn="1014", mn=NEW, st="31", pw=PASSWORD, qn="20260301080000000", flag=9, key=KEY.encode())
    write_register(tmp_path)
    with Quarantine(tmp_path) as quarantine:
        quarantine.add(raw, "10.0.0.9:50", "password")
    for options in ((), ("--json",)):
        assert run(tmp_path, *options) == 0
        shown = capsys.readouterr().out
        assert not any(secret in shown for secret in (NEW_KEY, PASSWORD))
    (example,) = json.loads(shown)["examples"]
    assert example["packet"]["data"] == {"SKCreateTime": "20260301080000", "NewSK": "…"}
    assert (example["packet"]["mn"], example["packet"]["cn"], example["packet"]["crc"]["ok"]) == (NEW, "1014", True)
    assert run(tmp_path, "--raw", "--json") == 0
    assert NEW_KEY in capsys.readouterr().out


def test_nothing_was_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    assert capsys.readouterr().out == "没有隔离的数据包。\n"
    assert run(tmp_path / "无") == 1
