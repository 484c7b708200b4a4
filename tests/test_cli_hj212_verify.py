"""``bilan hj212 verify``: what a changed store looks like to the person who checks it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from bilan import cli
from bilan.observe.hj212.store import Store, verify, verifying

from .hj212_outlets import clock, frame

FIRST, SECOND = datetime(2026, 3, 1, 4), datetime(2026, 3, 2, 4)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two days of one writer, the first of which is closed; it is the evening of the second."""
    monkeypatch.setattr(verifying, "time_ns", clock(SECOND))
    with Store(tmp_path / "库", clock=clock(FIRST, FIRST, SECOND)) as made:
        made.append([(frame(value="1.5"), "10.0.0.7:50")])
        made.append([(frame(value="1.6"), "10.0.0.7:50")])
        made.append([(frame(value="1.7"), "10.0.0.7:50")])
    return tmp_path / "库"


def run(*arguments: object) -> int:
    return cli.main(["hj212", "verify", *map(str, arguments)])


def part(store: Path, day: str) -> Path:
    return store / "frames" / day / "01-000001.frames"


def test_a_sound_store_is_listed_by_day(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store) == 0
    shown = capsys.readouterr().out
    for span in verify(store).spans:
        (line,) = (line for line in shown.splitlines() if line.strip().startswith(span.key))
        assert span.head in line
        assert f" {span.records} " in line
        assert ("还会增长" in line) == (span.day == "2026-03-02")
    assert "3 条记录，没有不符" in shown
    assert "编号 01：没有抄存的散列可比" in shown
    assert "末尾被截去" in shown


def test_a_changed_byte_is_named_with_file_and_place(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = part(store, "2026-03-01")
    path.write_bytes(path.read_bytes().replace(b"Rtd=1.6", b"Rtd=9.6"))
    assert run(store) == 3
    told = capsys.readouterr()
    (line,) = (line for line in told.out.splitlines() if line.startswith("不符："))
    assert str(path) in line
    assert "字节处应为" in line
    assert told.err == f"bilan: {store}：1 处不符\n"


def test_only_a_noted_hash_shows_that_the_end_was_cut(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = tmp_path / "抄存.txt"
    assert run(store, "--heads-out", noted) == 0
    assert "1 个末条散列" in capsys.readouterr().err
    head = verify(store).heads
    assert noted.read_text(encoding="utf-8").splitlines() == [
        f"2026-03-01/01={head['2026-03-01/01']}",
        f"# 还会增长：2026-03-02/01={head['2026-03-02/01']}",
    ]
    assert run(store, "--expect-file", noted) == 0
    assert "编号 01：从头到 2026-03-01 与抄存的散列相符；此后的日子没有散列可比" in capsys.readouterr().out

    part(store, "2026-03-02").unlink()
    first = part(store, "2026-03-01")
    text = first.read_bytes()
    first.write_bytes(text[: text.index(b"\n", text.index(b"Rtd=1.5")) + 2])  # without its second record
    assert run(store) == 0
    assert "1 条记录，没有不符" in capsys.readouterr().out
    assert run(store, "--expect-file", noted) == 3
    assert f"应为末条散列 {head['2026-03-01/01']}" in capsys.readouterr().out


def test_the_last_day_of_a_writer_that_stopped_is_noted_when_it_is_over(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verifying, "time_ns", clock(datetime(2026, 3, 2, 16)))  # midnight in Beijing
    assert run(store, "--heads-out", tmp_path / "heads") == 0
    assert "还会增长" not in capsys.readouterr().out
    heads = verify(store).heads
    assert (tmp_path / "heads").read_text(encoding="utf-8") == "".join(f"{key}={heads[key]}\n" for key in heads)


def test_heads_of_a_store_that_does_not_fit_are_not_written(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(store, "--expect", f"2026-03-01={'0' * 64}", "--heads-out", tmp_path / "heads") == 3
    assert not (tmp_path / "heads").exists()
    assert "没有写出" in capsys.readouterr().err


def test_for_programs(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = verify(store).heads["2026-03-01/01"]
    assert run(store, "--json", "--expect", f"2026-03-01/01={head.upper()}") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["records"], told["problems"]) == (True, 3, [])
    assert [(day["day"], day["records"], day["expected"], day["closed"]) for day in told["days"]] == [
        ("2026-03-01", 2, head, True),
        ("2026-03-02", 1, None, False),
    ]
    assert run(store, "--json", "--expect", f"2026-03-03={'0' * 64}") == 3
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["found"] == "没有记录"


def test_what_cannot_be_checked_says_so(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 1
    assert "不是证据库" in capsys.readouterr().err
    (tmp_path / "空" / "frames").mkdir(parents=True)
    assert run(tmp_path / "空") == 1
    assert "一条记录也没有" in capsys.readouterr().err
    assert run(store, "--expect", "2026-03-01=abc") == 2
    assert "--expect" in capsys.readouterr().err
    noted = tmp_path / "noted"
    noted.write_text(f"2026-03-01={'0' * 64}\n2026-03-01/01={'1' * 64}\n", encoding="utf-8")
    assert run(store, "--expect-file", noted) == 1
    assert f"{noted} 第 2 行：2026-03-01/01 前面已有另一个散列" in capsys.readouterr().err
    noted.write_text("昨天\n", encoding="utf-8")
    assert run(store, "--expect-file", noted) == 1
    assert "第 1 行" in capsys.readouterr().err
