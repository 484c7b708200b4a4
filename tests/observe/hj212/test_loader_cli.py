"""``bilan hj212 load``: what it says and how it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bilan.cli.hj212_load import load
from bilan.errors import BilanError
from bilan.observe import Lake

from ..lake_rows import stored
from .loader_frames import MN, frame, instants, keep


def run(tmp_path: Path, *options: str) -> Result:
    app = typer.Typer()
    app.command()(load)
    command = ["--store", str(tmp_path / "store"), "--lake", str(tmp_path / "lake"), *options]
    return CliRunner().invoke(app, command)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    keep(folder, *instants(3))
    register = folder / "register.csv"
    register.write_text(f"station,mn,password\ns1,{MN},123456\n")
    register.chmod(0o600)
    return folder


def test_counts_and_exit_code(tmp_path: Path, store: Path) -> None:
    done = run(tmp_path, "--no-means")
    assert done.exit_code == 0
    assert "3 包：3 包有数据，0 包是其他命令；3 个值：新增 3" in done.stderr
    assert "3 包" not in run(tmp_path, "--no-means").stderr
    assert "新增 0，相同 3" in run(tmp_path, "--no-means", "--again").stderr


def test_what_is_refused_is_told_also_when_quiet(tmp_path: Path, store: Path) -> None:
    keep(store, frame("DataTime=20240501080000;zz-Rtd=1"), frame("a", mn="X0000000000002"))
    done = run(tmp_path, "--quiet", "--no-means")
    assert done.exit_code == 3
    assert "未登记的 MN 1 包，损坏 0 包" in done.stderr
    assert "值 1 个" in done.stderr
    assert run(tmp_path, "--quiet").stderr == ""


def test_a_register_elsewhere_and_one_that_is_missing(tmp_path: Path, store: Path) -> None:
    (store / "register.csv").rename(tmp_path / "outlets.csv")
    missing = run(tmp_path)
    assert isinstance(missing.exception, BilanError)
    assert "register.csv：无法读取：没有这个文件" in str(missing.exception)
    assert run(tmp_path, "--register", str(tmp_path / "outlets.csv")).exit_code == 0


def test_a_folder_that_is_no_store_stays_as_it_is(tmp_path: Path, store: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    done = run(tmp_path, "--store", str(other), "--register", str(store / "register.csv"))
    assert isinstance(done.exception, BilanError)
    assert "里面没有 frames 文件夹" in str(done.exception)
    assert list(other.iterdir()) == []
    assert not (tmp_path / "lake").exists()


def test_real_time_data_of_any_age(tmp_path: Path, store: Path) -> None:
    keep(store, *instants(2, first="2024-01-01T00:00:00"))
    assert run(tmp_path, "--no-means").exit_code == 3
    done = run(tmp_path, "--no-means", "--again", "--any-age")
    assert (done.exit_code, "新增 2，相同 3" in done.stderr) == (0, True)


def test_following_ends_with_a_signal(tmp_path: Path, store: Path) -> None:
    program = "import sys, typer; from bilan.cli.hj212_load import load; sys.argv[0] = 'load'; typer.run(load)"
    command = [sys.executable, "-c", program, "--store", str(store), "--lake", str(tmp_path / "lake"), "--follow"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "3 包" in process.stderr.readline()
    keep(store, *instants(2, first="2024-05-01T10:00:00"))
    process.send_signal(signal.SIGTERM)
    said = process.stderr.read()
    assert process.wait(timeout=60) == 0
    assert "5 包" in said.splitlines()[-1]
    found = [row for row in stored(Lake(tmp_path / "lake")) if row["statistic"] == "rtd"]
    assert len(found) == 5
