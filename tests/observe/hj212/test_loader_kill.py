"""Loaders killed at any moment, also while the lake is compacted: no value lost, none doubled."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bilan.observe import Lake
from bilan.observe.hj212.loading.refused import read_refused_values
from bilan.observe.lake_schema import KEY

from ..lake_rows import present, stored
from .loader_frames import MN, frame, instants, keep

KEY_OF_MN = b"0123456789abcdef"

# Loads in small batches, compacting after each run as another process would.
LOADER = f"""
import sys
from pathlib import Path
from bilan.observe import Lake, lake_compact
from bilan.observe.hj212.loading.loader import Loader
from bilan.observe.hj212.register import Outlet, Register
lake_compact.SMALL_FILES = 3
print('ready', flush=True)
sys.stdin.read(1)
outlet = Outlet('s1', {MN!r}, '123456', st='31', keys=({KEY_OF_MN!r},))
with Loader(Path(sys.argv[1], 'store'), Lake(Path(sys.argv[1], 'lake')), Register([outlet]), batch_rows=40) as loader:
    loader.run_once()
print('done', flush=True)
"""

COMPACTOR = """
import sys
from bilan.observe import Lake
print('ready', flush=True)
sys.stdin.read(1)
while True:
    Lake(sys.argv[1] + '/lake').compact()
"""


def started(program: str, folder: Path) -> subprocess.Popen[str]:
    """A process that is ready and told to begin."""
    command = [sys.executable, "-c", program, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()
    return process


def killed(process: subprocess.Popen[str], patience: float) -> bool:
    """Whether the process was still running after ``patience`` seconds, and is killed."""
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    said, _ = process.communicate()
    assert (said, process.returncode) == ("done\n", 0)
    return False


@pytest.mark.parametrize("turn", range(2))
def test_killed_over_and_over(tmp_path: Path, turn: int) -> None:
    """Instants, enciphered and split packets, re-sends, corrections; the lake is compacted, and that is killed, too."""
    draw = random.Random(turn)
    plain = list(instants(300, every=60, first="2024-05-01T01:00:00"))
    sealed = list(instants(60, every=60, first="2024-05-01T06:00:00", version=2025, key=KEY_OF_MN))
    split = [
        frame(f"DataTime=2024050107{minute:02}00;a01012-Rtd={part}.5,a01012-Flag=N", flag=7, pnum=2, pno=part)
        for minute in range(60)
        for part in (1, 2)
    ]
    wrong = [frame(f"DataTime=2024050107{minute:02}00;zz-Rtd=1") for minute in range(20)]
    corrected = [frame(f"DataTime={_time(raw)};a19001-Rtd=900.5,a19001-Flag=N") for raw in plain[:100]]
    raws = [*plain, *sealed, *split, *wrong, *draw.sample(plain[100:], 50), *corrected]
    for at in range(0, len(raws), 50):
        keep(tmp_path / "store", *raws[at : at + 50])
    compactor = None
    rounds, patience = 0, 0.25
    while killed(started(LOADER, tmp_path), patience * draw.uniform(0.5, 1.5)):
        rounds += 1
        patience *= 1.6
        if compactor is None and (tmp_path / "lake" / "observations" / "_delta_log").exists():
            compactor = started(COMPACTOR, tmp_path)
        elif compactor and rounds % 2:
            compactor.send_signal(signal.SIGKILL)
            compactor.communicate()
            compactor = None
    if compactor:
        compactor.send_signal(signal.SIGKILL)
        compactor.communicate()
    assert rounds >= 3
    check_whole(tmp_path)
    lake = Lake(tmp_path / "lake")
    before, version = present(lake), lake.version
    assert not killed(started(LOADER, tmp_path), 60)
    assert (present(lake), lake.version) == (before, version)


def _time(raw: bytes) -> str:
    return raw.partition(b"DataTime=")[2][:14].decode()


def check_whole(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    instants_found = [row for row in present(lake) if row["statistic"] == "rtd"]
    keys = Counter(tuple(row[name] for name in KEY) for row in instants_found)
    assert set(keys.values()) == {1}
    assert Counter(row["parameter"] for row in instants_found) == {"a19001": 360, "a01012": 60}
    assert sum(row["value"] == 900.5 for row in instants_found) == 100
    assert {row["value"] for row in instants_found if row["parameter"] == "a01012"} == {2.5}
    closed = [row for row in stored(lake) if row["superseded_at"] and row["statistic"] == "rtd"]
    assert Counter(row["parameter"] for row in closed) == {"a19001": 100, "a01012": 60}
    assert [refused.count for refused in read_refused_values(tmp_path / "store")] == [20]
