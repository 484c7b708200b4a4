"""Running the gateway: as one process with its loader in a thread, or as several on one port with the loader apart."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from bilan.observe.hj212.gateway.dialogue import Patience
from bilan.observe.hj212.gateway.limits import Limits
from bilan.observe.hj212.gateway.logs import log_to_stderr
from bilan.observe.hj212.gateway.loop import run_in_loop
from bilan.observe.hj212.gateway.metrics import Collector, serve_metrics
from bilan.observe.hj212.gateway.server import Gateway, listening
from bilan.observe.hj212.gateway.state import GatewayState
from bilan.observe.hj212.gateway.tls import TlsFiles, server_context
from bilan.observe.hj212.register import Register
from bilan.observe.hj212.store.system import make_folder

if TYPE_CHECKING:
    from bilan.observe.hj212.loading.loader import Loader

log = logging.getLogger(__name__)

_AGAIN = 5.0  # seconds before what died is started again
_LOOK = 0.2

# The thread that writes to the disk takes the interpreter several times for each batch; waiting the usual 5 ms for it
# each time would halve the rate.
_SWITCH = 0.0005


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``bilan gateway`` was told to do."""

    store: Path
    register: Path
    lake: str | None
    listen: tuple[str, int]
    metrics: tuple[str, int] | None
    workers: int
    tls: TlsFiles | None
    limits: Limits
    patience: Patience
    on_connect: tuple[tuple[str, str], ...]
    log_level: str


def run(plan: Plan) -> None:
    """Serve until SIGTERM or SIGINT; then commit and answer what waits, and return."""
    log_to_stderr(plan.log_level)
    Register.load(plan.register)  # what is wrong with it is told before anything is opened
    if plan.tls:
        server_context(plan.tls)
    _allow_files()
    with ExitStack() as stack:
        loader = stack.enter_context(_loading(plan)) if plan.lake else None
        if plan.workers == 1:
            run_in_loop(_serve(plan, 0, loader))
        else:
            _supervise(plan)


async def _serve(plan: Plan, worker: int, loader: Loader | None = None) -> None:
    """One gateway process until it is told to stop."""
    sys.setswitchinterval(_SWITCH)
    gateway = Gateway(
        plan.store,
        plan.register,
        host=plan.listen[0],
        port=plan.listen[1],
        tls=server_context(plan.tls) if plan.tls else None,
        limits=plan.limits,
        patience=plan.patience,
        on_connect=plan.on_connect,
        reuse_port=plan.workers > 1,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with gateway:
        stop_metrics = _metrics(plan, worker, gateway, loader)
        try:
            waiting = [asyncio.ensure_future(gateway.stopped()), asyncio.ensure_future(stop.wait())]
            done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            for task in done:
                task.result()
        finally:
            stop_metrics()
    log.info("stopped")


def _metrics(plan: Plan, worker: int, gateway: Gateway, loader: Loader | None) -> Callable[[], None]:
    """Begin to serve metrics, each process on a port of its own; what stops it."""
    if plan.metrics is None:
        return lambda: None
    gauges: dict[str, tuple[str, Callable[[], float]]] = {
        "online": ("Outlets online", lambda: float(len(gateway.presences)))
    }
    if loader is not None:
        gauges["loader_lag_seconds"] = ("Age of the oldest frame that is not in the lake", lambda: loader.lag)
    host, port = plan.metrics
    with listening(host, port + worker):
        return serve_metrics(host, port + worker, Collector(gateway.counts, gauges))


@contextmanager
def _loading(plan: Plan) -> Iterator[Loader]:
    """The loader at work in a thread of this process; what it meets is logged and it goes on."""
    from bilan.observe.hj212.loading.loader import Loader
    from bilan.observe.lake import Lake

    assert plan.lake is not None
    make_folder(plan.store)
    with Loader(plan.store, Lake(plan.lake), Register.load(plan.register)) as loader:
        stop = threading.Event()
        thread = threading.Thread(target=_load, args=(loader, stop), name="loader")
        thread.start()
        try:
            yield loader
        finally:
            stop.set()
            thread.join()


def _load(loader: Loader, stop: threading.Event) -> None:
    """Load until told to stop; a defect of the loader is logged and costs no frame."""
    while not stop.is_set():
        try:
            loader.follow(stop)
        except Exception:
            log.exception("loader")
            stop.wait(_AGAIN)


def _supervise(plan: Plan) -> None:
    """Keep ``workers`` processes running, each with a socket of its own on the same port."""
    told: list[int] = []  # signals; a handler must not touch a lock
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))
    GatewayState(plan.store).close()  # made once, not by all workers at the same moment
    with _reserved(*plan.listen) as port:
        _keep_alive(replace(plan, listen=(plan.listen[0], port)), told)


def _keep_alive(plan: Plan, told: list[int]) -> None:
    """Start the workers, and those that died again, until a signal was told; then end them and wait."""
    context = multiprocessing.get_context("spawn")
    processes: dict[int, BaseProcess] = {}
    began = dict.fromkeys(range(plan.workers), -_AGAIN)
    while not told:
        for worker in range(plan.workers):
            process = processes.get(worker)
            if process is not None and process.exitcode is not None:
                log.error("worker died", extra={"worker": worker, "exitcode": process.exitcode})
                del processes[worker]
            if worker not in processes and time.monotonic() - began[worker] >= _AGAIN:
                processes[worker] = context.Process(target=_work, args=(plan, worker), name=f"gateway-{worker}")
                processes[worker].start()
                began[worker] = time.monotonic()
        time.sleep(_LOOK)
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        process.join()


@contextmanager
def _reserved(host: str, port: int) -> Iterator[int]:
    """The port, kept for our workers: where it is taken that is told now, and 0 becomes one port for all of them."""
    with listening(host, port), ExitStack() as stack:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in dict.fromkeys(found):
            kept = stack.enter_context(socket.socket(family, kind, protocol))
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                kept.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            kept.bind((address[0], port, *address[2:]))
            port = kept.getsockname()[1]
        yield port


def _allow_files() -> None:
    """Let the process and its workers open as many files as the system allows: each connection is one."""
    try:
        import resource
    except ImportError:  # Windows, where nothing limits them
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):  # macOS names a limit that it does not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _work(plan: Plan, worker: int) -> None:
    """A worker process; it ends with its parent."""
    log_to_stderr(plan.log_level)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    run_in_loop(_serve(plan, worker))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
