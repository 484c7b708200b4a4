"""``bilan hj212 simulate``: outlets that do not exist, into a file or onto the line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import PARTLY_REFUSED
from bilan.cli.hj212_encode import BEIJING, opened_output
from bilan.cli.hj212_options import KEY, KEY_FILE, known_edition
from bilan.cli.hj212_simulate_options import (
    FAULTS,
    address_of,
    check_span,
    faults_of,
    given_key,
    known_kinds,
    length_of,
    made_outlets,
    moment_of,
    write_register,
)
from bilan.errors import FileError, os_reason

if TYPE_CHECKING:
    from bilan.observe.hj212.simulate import Faults, SimulatedOutlet
    from bilan.observe.hj212.simulate.client import Tally, Terms

FILE_START = datetime(2026, 3, 1)


def simulate(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", readable=False, help="写入文件，- 是标准输出；默认用 --to。"),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="HOST:PORT", help="发往平台；默认用 -o。")] = None,
    outlets: Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="多少个排口；默认 1。")] = 1,
    kinds: Annotated[
        str,
        typer.Option(metavar="ST,…", callback=known_kinds, help="31 废气、32 废水、22 空气站，轮流；默认三种。"),
    ] = "31,32,22",
    version: Annotated[
        int, typer.Option(metavar="YEAR", callback=known_edition, help="版本：2005、2017、2025；默认 2017。")
    ] = 2017,
    rtd: Annotated[int, typer.Option(metavar="SECONDS", min=30, max=3600, help="实时数据间隔，秒；默认 60。")] = 60,
    minutes: Annotated[int, typer.Option(metavar="MIN", min=1, max=30, help="分钟数据间隔，分钟；默认 10。")] = 10,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="从何时起，北京时间；默认文件从 2026-03-01T00:00，--to 从现在。", show_default=False
        ),
    ] = None,
    duration: Annotated[str, typer.Option(metavar="TIME", help="模拟多久，如 90s、30m、2h、1d；默认 1h。")] = "1h",
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", min=1, help="最多多少个数据包；默认不限。", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="随机数的种子，相同则数据相同；默认 0。")] = 0,
    sm4: Annotated[
        bool, typer.Option("--sm4", help="2025 年版的数据加密，没给密钥时由种子编造；默认不加密。", show_default=False)
    ] = False,
    key: KEY = None,
    key_file: KEY_FILE = None,
    split: Annotated[float, typer.Option(metavar="P", min=0, max=1, help="数据分包的概率；默认 0。")] = 0.0,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="NAME=P", help=f"差错的概率，可写多次：{'、'.join(FAULTS)}；默认没有差错。"),
    ] = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="允许发往本机以外；默认只发往本机。", show_default=False)
    ] = False,
    speed: Annotated[
        float, typer.Option(metavar="X", min=0, help="--to：比实际快多少倍，0 是收到应答就发下一个；默认 1。")
    ] = 1.0,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.01, help="--to：等应答多少秒；默认 10。")] = 10.0,
    patience: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="--to：连不上时再试多少秒；默认 30。")
    ] = 30.0,
    window: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="--to：每个连接同时等几个应答；默认 1。")
    ] = 1,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="--to：每个应答记一行“QN MN CN”；默认不记。", show_default=False
        ),
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            readable=False,
            help="把排口写成网关的登记表，含密码和密钥；默认不写。",
            show_default=False,
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示结语；默认显示。", show_default=False)] = False,
) -> None:
    """模拟：编造排口和它们的数据 | made-up outlets and their packets

    排口的 MN 以 53494D55（SIMU）开头，名称以“模拟”开头。退出码：0 完成；1 连不上；3 有的数据没有等到应答。
    """
    if (output is None) == (to is None):
        raise typer.BadParameter("-o 和 --to 写一个，也只写一个", param_hint="-o、--to")
    address = None if to is None else address_of(to, anywhere=anywhere)
    length, faults = length_of(duration), faults_of(fault or [])
    begins = moment_of(start) or (FILE_START if address is None else datetime.now(BEIJING).replace(tzinfo=None))
    check_span(begins, length)
    made = made_outlets(
        outlets, version, kinds.split(","), rtd, minutes, seed, given_key(sm4, version, key, key_file), sm4
    )
    if register is not None:
        write_register(register, made)
    if address is None:
        assert output is not None
        sent = _to_file(output, made, begins, length, seed, faults, split, count)
        if not quiet:
            print(f"{len(made)} 个排口，{sent} 个数据包", file=sys.stderr)
        return
    from bilan.observe.hj212.simulate.client import Terms

    terms = Terms(speed, timeout, patience, window)
    tally = _to_host(address, made, begins, length, seed, faults, split, count, terms, log)
    if not quiet:
        print(_told(tally), file=sys.stderr)
    if tally.silent:
        raise typer.Exit(PARTLY_REFUSED)


def _to_file(
    output: Path,
    made: Sequence[SimulatedOutlet],
    begins: datetime,
    length: timedelta,
    seed: int,
    faults: Faults,
    split: float,
    count: int | None,
) -> int:
    """How many packets were written."""
    from bilan.observe.hj212.simulate import messages

    found = messages(made, begins, length.total_seconds() / 3600, seed=seed, faults=faults, split=split)
    sent = 0
    with opened_output(output) as target:
        for message in islice(found, count):
            target.write(message.wire)
            sent += 1
        target.flush()
    return sent


def _to_host(
    address: tuple[str, int],
    made: Sequence[SimulatedOutlet],
    begins: datetime,
    length: timedelta,
    seed: int,
    faults: Faults,
    split: float,
    count: int | None,
    terms: Terms,
    log: Path | None,
) -> Tally:
    import asyncio

    from bilan.observe.hj212.simulate import Device
    from bilan.observe.hj212.simulate.client import send

    devices = [Device(outlet, seed=seed, faults=faults, split=split) for outlet in made]
    with _logging(log) as note:
        return asyncio.run(send(devices, begins, begins + length, address, terms=terms, count=count, log=note))


@contextmanager
def _logging(path: Path | None) -> Iterator[Callable[[str], None]]:
    """What appends a line to the file ``path`` so that it is there when the call returns."""
    if path is None:
        yield lambda line: None
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}：无法写入：{os_reason(error)}") from error

    def note(line: str) -> None:
        try:
            file.write(line)
            file.flush()
        except OSError as error:
            raise FileError(f"{path}：无法写入：{os_reason(error)}") from error

    with file:
        yield note


def _told(tally: Tally) -> str:
    return (
        f"连接 {tally.links} 次，发送 {tally.sent}（其中重发 {tally.resent}），应答 {tally.acknowledged}，"
        f"没有应答 {tally.silent}，不要应答 {tally.unasked}，收到命令 {tally.commands}"
    )
