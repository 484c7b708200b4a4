"""``bilan demo``: compile, simulate, take in, show; again without doubling, and without the extra as far as it goes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from bilan import cli
from bilan.cli import demo as verb
from bilan.cli import render
from bilan.observe import Lake
from bilan.plan.model import CompiledPlan

RESULTS = ("清河市-五张清单.xlsx", "清河市.json")
BOARDS = ("清河市-看板.xlsx", "清河市-看板.json")
SHORT = ("--from", "2026-09-29", "--to", "2026-09-30")


def without_lake(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(name: str) -> ModuleSpec | None:
        return None if name == "deltalake" else importlib.util.find_spec(name)

    monkeypatch.setattr(verb, "find_spec", found)


def test_the_demo_goes_from_the_plan_to_official_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a" / "out"
    assert cli.main(["demo", "--out", str(out), *SHORT]) == 0
    shown = capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == sorted(["lake", "simulated", *RESULTS, *BOARDS])
    assert all(f"已写入 {out / name}" in shown for name in (*RESULTS, *BOARDS))
    assert f"全部是模拟数据：文件在 {out / 'simulated'}，数据湖在 {out / 'lake'}" in shown
    assert "清河市 2026Q3 地表水达到或好于Ⅲ类水体比例：" in shown
    version = Lake(out / "lake", create=False).version
    monkeypatch.setattr(verb, "_print_figures", lambda lake, last: None)  # they take a while and were shown
    assert cli.main(["demo", "--out", str(out), *SHORT]) == 0
    assert Lake(out / "lake", create=False).version == version


def test_without_the_extra_the_plan_is_compiled_and_one_line_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lake(monkeypatch)
    assert cli.main(["demo", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == list(RESULTS)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "没有附加件 lake（缺 deltalake），不模拟监测数据：pip install 'bilan[lake]'"
    plan = CompiledPlan.model_validate_json((tmp_path / RESULTS[1]).read_bytes())
    assert all([plan.targets, plan.tasks, plan.measures, plan.projects, plan.duties])


def test_the_plan_is_written_before_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def left(plan: CompiledPlan) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(render, "print_plan", left)
    monkeypatch.setattr(cli, "hush_stdout", lambda: None)
    assert cli.main(["demo", "--out", str(tmp_path)]) == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_the_demo_needs_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "out"
    taken.write_text("")
    assert cli.main(["demo", "--out", str(taken)]) == 1
    assert f"bilan: {taken}：不能用作结果文件夹" in capsys.readouterr().err


def test_days_in_the_wrong_order_are_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--out", str(tmp_path), "--from", "2026-09-30", "--to", "2026-09-01"]) == 2
    assert "早于" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_defaults_are_those_of_the_city() -> None:
    from bilan.demo.city import FIRST, LAST

    assert (str(FIRST), str(LAST)) == (verb._FIRST, verb._LAST)


@pytest.mark.skipif(os.name == "nt", reason="locales of POSIX")
def test_the_demo_works_where_the_locale_knows_ascii_only(tmp_path: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "bilan", "demo", "--out", str(tmp_path), *SHORT],
        env=os.environ | plain,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["lake", "simulated", *RESULTS, *BOARDS])
