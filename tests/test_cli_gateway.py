"""``bilan gateway`` as a process: what it refuses, how it ends, and several workers on one port."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bilan import cli
from bilan.cli.gateway import AddressError, address
from bilan.observe.hj212 import FrameReader, encode, examine
from bilan.observe.hj212.store import read, verify

MN = "X0000000000001"
PATIENCE = 30.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the store writes on Linux and macOS only")


def data(number: int) -> bytes:
    qn = str(20260301080000000 + number)
    return encode("DataTime=20260301080000;a21026-Rtd=1.5", cn="2011", mn=MN, st="31", qn=qn, flag=5)


class Process:
    """A gateway process and what it has said so far, on stderr, in JSON lines."""

    def __init__(self, folder: Path, *options: str) -> None:
        register = folder / "register.csv"
        register.touch(mode=0o600)
        register.write_text(f"station,mn,password\ns1,{MN},123456\n")
        command = [sys.executable, "-m", "bilan", "gateway", "--listen", "127.0.0.1:0", "--register", str(register)]
        self.told: list[dict[str, Any]] = []
        self.last = ""  # what it said to a person
        self._process = subprocess.Popen(
            [*command, "--store", str(folder / "store"), *options], stderr=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.startswith("{"):
                self.told.append(json.loads(line))
            else:
                self.last = line.rstrip("\n")

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.told if line["event"] == name]

    def port(self, workers: int = 1) -> int:
        until(lambda: len(self.events("listening")) >= workers)
        return int(self.events("listening")[0]["addresses"][0].rpartition(":")[2])

    def end(self, number: int) -> int:
        """Send the signal and return the exit code."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> int:
        code = self._process.wait(PATIENCE)
        self._thread.join()
        return code

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()


def until(condition: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


@contextmanager
def gateway(folder: Path, *options: str) -> Iterator[Process]:
    process = Process(folder, *options)
    try:
        yield process
    finally:
        process.kill()


def hear(sock: socket.socket, number: int) -> list[str | None]:
    """The QNs of so many answers."""
    frames, found = FrameReader(), list[str | None]()
    while len(found) < number:
        got = sock.recv(1 << 16)
        assert got, "the gateway has closed the line"
        found += [examine(frame).qn for frame in frames.feed(got)]
    return found


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that runs in the process of the test sets up the log anew."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


# --- what it refuses, in one line and with exit code 1 ---


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert cli.main(["gateway", *options]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("bilan: ")
    return line


@pytest.mark.parametrize("text", ["9212", "localhost", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", ":-1", "h:²"])
def test_an_address_is_host_and_port(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--listen" in refused(capsys, "--listen", text, "--store", str(tmp_path))
    assert "--metrics" in refused(capsys, "--metrics", text, "--store", str(tmp_path))
    with pytest.raises(AddressError, match="HOST:PORT"):
        address(text, "--listen")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["10", "abcd", "1012,x", ""])
def test_a_command_on_connect_begins_with_its_number(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--on-connect" in refused(capsys, "--on-connect", text, "--store", str(tmp_path))


def test_without_a_register_nothing_is_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "register.csv" in refused(capsys, "--store", str(tmp_path / "store"))
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_register_is_told_with_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "outlets.csv"
    path.touch(mode=0o600)
    path.write_text(f"station,mn,password,valid_from\ns1,{MN},123456,\ns2,X2,123456,1.3.2026\n", encoding="utf-8")
    line = refused(capsys, "--store", str(tmp_path / "store"), "--register", str(path))
    assert "outlets.csv 第 3 行，列 valid_from" in line
    assert not (tmp_path / "store").exists()


def test_a_wrong_certificate_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "register.csv"
    path.touch(mode=0o600)
    path.write_text(f"station,mn,password\ns1,{MN},123456\n")
    assert "none.pem" in refused(capsys, "--store", str(tmp_path), "--tls-cert", str(tmp_path / "none.pem"))


def test_an_unknown_level_of_logging_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "debug、info、warning、error" in refused(capsys, "--store", str(tmp_path), "--log-level", "loud")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_in_use_is_told_in_one_line(tmp_path: Path, workers: str) -> None:
    register = tmp_path / "register.csv"
    register.touch(mode=0o600)
    register.write_text(f"station,mn,password\ns1,{MN},123456\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "bilan", "gateway", "--listen", listen, "--workers", workers]
        ended = subprocess.run(
            [*command, "--store", str(tmp_path)], stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
        )
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert [line for line in lines if not line.startswith("{")] == lines[-1:]
    assert lines[-1].startswith("bilan: ")
    assert lines[-1] == f"bilan: {listen}：不能监听：已被占用"


def test_a_port_of_the_metrics_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        with gateway(tmp_path, "--metrics", where) as process:
            assert process.wait() == 1
            assert process.last == f"bilan: {where}：不能监听：已被占用"


# --- how it ends ---


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_ends_when_told_with_everything_answered(tmp_path: Path, number: int) -> None:
    with gateway(tmp_path) as process, connect(process.port()) as sock:
        sent = [data(index) for index in range(500)]
        sock.sendall(b"".join(sent))
        heard = hear(sock, 1)
        assert process.end(number) == 0
        while got := sock.recv(1 << 16):  # everything that was read was answered before the line was closed
            heard += [examine(frame).qn for frame in FrameReader().feed(got) if frame.whole]
        assert [line["event"] for line in process.told][-1] == "stopped"
    kept = [frame.raw for frame in read(tmp_path / "store")]
    assert kept == sent[: len(kept)]
    assert len(kept) >= len(heard)
    assert verify(tmp_path / "store").ok


def test_it_begins_again_where_it_ended(tmp_path: Path) -> None:
    for turn in range(2):
        with gateway(tmp_path) as process, connect(process.port()) as sock:
            sock.sendall(data(turn))
            assert hear(sock, 1) == [examine(data(turn)).qn]
            assert process.end(signal.SIGTERM) == 0
    assert [frame.raw for frame in read(tmp_path / "store")] == [data(0), data(1)]
    found = verify(tmp_path / "store")
    assert (found.ok, len(found.spans)) == (True, 1)


def test_metrics_are_served_while_it_runs(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{free.getsockname()[1]}"
    with gateway(tmp_path, "--metrics", where) as process, connect(process.port()) as sock:
        sock.sendall(data(0))
        hear(sock, 1)
        with urllib.request.urlopen(f"http://{where}/metrics", timeout=PATIENCE) as answer:
            text = answer.read().decode()
        assert "bilan_hj212_stored_total 1.0" in text
        assert "bilan_hj212_online 1.0" in text
        assert process.end(signal.SIGTERM) == 0


# --- several workers ---


def workers_of(pid: int) -> list[int]:
    """The worker processes of a supervisor (those that were spawned; not the tracker of their resources)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"spawn_main" in (path.parent / "cmdline").read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc, and only Linux spreads connections")
def test_two_workers_share_a_port_and_a_store(tmp_path: Path) -> None:
    with gateway(tmp_path, "--workers", "2") as process:
        port = process.port(2)
        assert {line["addresses"][0] for line in process.events("listening")} == {f"127.0.0.1:{port}"}
        acknowledged: list[str | None] = []
        sent = [data(index) for index in range(60)]
        for at in range(0, 60, 2):
            with connect(port) as sock:
                sock.sendall(sent[at] + sent[at + 1])
                acknowledged += hear(sock, 2)
        assert len(acknowledged) == 60

        killed = workers_of(process.pid)[0]
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(process.events("listening")) == 3)
        assert [line["exitcode"] for line in process.events("worker died")] == [-signal.SIGKILL]
        workers = workers_of(process.pid)
        assert len(workers) == 2
        assert killed not in workers
        sent += [data(index) for index in range(60, 80)]
        for frame in sent[60:]:
            with connect(port) as sock:
                sock.sendall(frame)
                hear(sock, 1)

        assert process.end(signal.SIGTERM) == 0
        until(lambda: not any(map(exists, workers)))
    kept = list(read(tmp_path / "store"))
    assert sorted(frame.raw for frame in kept) == sorted(sent)
    assert {frame.writer for frame in kept} == {1, 2}
    assert verify(tmp_path / "store").ok


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    with gateway(tmp_path, "--workers", "2") as process:
        port = process.port(2)
        workers = workers_of(process.pid)
        assert len(workers) == 2
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: not any(map(exists, workers)))
        with pytest.raises(ConnectionRefusedError):
            connect(port)
    assert len([line for line in process.told if line["event"] == "stopped"]) == 2
