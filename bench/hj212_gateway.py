"""The gateway against an echo server: acknowledged and durable frames, memory, idle lines; as ratios of one run.

    python bench/hj212_gateway.py [--connections 1000] [--seconds 8] [--rounds 3] [--frames 1000000] [--idle 5000]

The same client drives both: each connection sends a frame of about 780 bytes and waits for the answer before the next
one, as devices do. The echo server is a bare asyncio protocol that sends back what came: no parsing, no disk. The
gateway looks for the frame, checks CRC, outlet and password, has the frame on the disk (fdatasync) and answers 9014.
The promise: at least 0.6 of what the echo server does; memory flat over a million frames; 5,000 idle connections under
300 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from bilan.observe.hj212 import encode, flag_of, qn_of

FACTORS = ("a01011", "a01012", "a01013", "a01014", "a19001", "a21026", "a21002", "a34013", "a00000", "a21005")
BAR_RATE, BAR_IDLE_MB, BAR_GROWTH_MB = 0.6, 300, 20
START = datetime(2026, 3, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3, help="of each; the median ratio counts")
    parser.add_argument("--frames", type=int, default=1_000_000, help="frames over which memory is watched")
    parser.add_argument("--idle", type=int, default=5_000, help="idle connections")
    options = parser.parse_args()
    raise_open_files()
    report_rate(options.connections, options.seconds, max(options.rounds, 1))
    if options.frames:
        report_memory(options.connections, options.frames)
    if options.idle:
        report_idle(options.idle)
    return 0


def report_rate(connections: int, seconds: float, rounds: int) -> None:
    ratios = []
    for number in range(rounds):
        with echo_server() as (_, port):
            echoed = drive(port, connections, seconds=seconds)
        with gateway(connections) as (_, port):
            kept = drive(port, connections, seconds=seconds)
        ratios.append(kept / echoed)
        print(f"round {number + 1}: echo {echoed:,.0f}/s, gateway {kept:,.0f} acknowledged frames/s, {ratios[-1]:.2f}")
    ratio = statistics.median(ratios)
    verdict = "kept" if ratio >= BAR_RATE else "BROKEN"
    what = f"{connections:,} connections: acknowledged and durable"
    print(f"{what} {ratio:.2f} of an echo server (at least {BAR_RATE}: {verdict})")


def report_memory(connections: int, frames: int) -> None:
    with gateway(connections) as (pid, port):
        drive(port, connections, frames=frames // 10)
        before = resident_mb(pid)
        drive(port, connections, frames=frames - frames // 10)
        after = resident_mb(pid)
    verdict = "kept" if after - before < BAR_GROWTH_MB else "BROKEN"
    print(f"memory: {before:.0f} MB after {frames // 10:,} frames, {after:.0f} MB after {frames:,} (flat: {verdict})")


def report_idle(count: int) -> None:
    with gateway(count) as (pid, port):
        asyncio.run(hold_idle(port, count, pid))


async def hold_idle(port: int, count: int, pid: int) -> None:
    """Open ``count`` lines, say one frame on each, and see what they cost when nothing happens."""
    lines = []
    for number in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frame_of(mn_of(number), START))
        lines.append((reader, writer))
    for reader, _ in lines:
        await reader.readuntil(b"\r\n")
    await asyncio.sleep(2)
    used = resident_mb(pid)
    verdict = "kept" if used < BAR_IDLE_MB else "BROKEN"
    print(f"{count:,} idle connections: {used:.0f} MB (under {BAR_IDLE_MB}: {verdict})")
    for _, writer in lines:
        writer.close()


# --- what is sent ---


def mn_of(number: int) -> str:
    return f"{number:024X}"


def frame_of(mn: str, moment: datetime, rng: random.Random | None = None) -> bytes:
    """A frame of minute data with ten factors, about 780 bytes."""
    dice = rng or random.Random(0)
    groups = ";".join(
        f"{factor}-Min={dice.uniform(1, 99):.2f},{factor}-Avg={dice.uniform(1, 99):.3f},"
        f"{factor}-Max={dice.uniform(1, 99):.2f},{factor}-Flag=N"
        for factor in FACTORS
    )
    cp = f"DataTime={moment:%Y%m%d%H%M%S};{groups}"
    return encode(cp, qn=qn_of(moment), st="31", cn="2051", mn=mn, flag=flag_of(2017, answer=True))


class Client(asyncio.Protocol):
    """A device in a hurry: the next frame when the last one is answered."""

    def __init__(self, frames: list[bytes], done: asyncio.Event, budget: list[int]) -> None:
        self.frames, self.done, self.budget = frames, done, budget
        self.answered = 0

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        self.transport = transport
        transport.write(self.frames[0])

    def data_received(self, data: bytes) -> None:
        if data[-1] != 10:
            return
        self.answered += 1
        self.budget[0] -= 1
        if self.budget[0] <= 0:
            self.done.set()
        else:
            self.transport.write(self.frames[self.answered % len(self.frames)])


def drive(port: int, connections: int, *, seconds: float = 3600.0, frames: int = 1 << 60) -> float:
    """Answered frames a second, once all are connected; the client is a process of its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_drive, (port, connections, seconds, frames))


def _drive(port: int, connections: int, seconds: float, frames: int) -> float:
    return asyncio.run(_drive_here(port, connections, seconds, frames))


async def _drive_here(port: int, connections: int, seconds: float, frames: int) -> float:
    loop = asyncio.get_running_loop()
    done, budget = asyncio.Event(), [frames]
    clients = []
    for number in range(connections):
        rng = random.Random(number)
        told = [frame_of(mn_of(number), START + timedelta(minutes=10 * step), rng) for step in range(20)]
        clients.append(Client(told, done, budget))
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    before, began = sum(client.answered for client in clients), time.perf_counter()
    with suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), seconds)
    rate = (sum(client.answered for client in clients) - before) / (time.perf_counter() - began)
    for client in clients:
        client.transport.abort()
    return rate


# --- who answers ---

_ECHO = """
import asyncio
class Echo(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(data)
async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def echo_server() -> Iterator[tuple[int, int]]:
    """Process id and port of the echo server."""
    with running("-c", _ECHO) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())


@contextmanager
def gateway(outlets: int) -> Iterator[tuple[int, int]]:
    """Process id and port of ``bilan gateway`` with so many outlets on its register, as fast as it can."""
    with tempfile.TemporaryDirectory(prefix="bilan-bench-") as folder:
        register = Path(folder, "register.csv")
        register.touch(mode=0o600)
        rows = "".join(f"s{number},{mn_of(number)},123456\n" for number in range(outlets))
        register.write_text("station,mn,password\n" + rows)
        options = ("--listen", "127.0.0.1:0", "--store", folder, "--rate", "1e9", "--burst", "1000000000")
        with running("-m", "bilan", "gateway", *options) as process:
            assert process.stderr is not None
            told = (json.loads(line) for line in process.stderr)
            listening = next(line for line in told if line["event"] == "listening")
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield process.pid, int(listening["addresses"][0].rpartition(":")[2])


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
