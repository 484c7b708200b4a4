"""What the options of ``bilan hj212 simulate`` say; what they cannot is a usage error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bilan.cli.hj212_encode import BEIJING
from bilan.cli.hj212_options import sm4_keys

if TYPE_CHECKING:
    from bilan.observe.hj212.simulate import Faults, SimulatedOutlet

KINDS = ("31", "32", "22")
FAULTS = ("flip", "crc", "lose", "twice", "line_end", "gbk", "gap", "resend", "drift")
_FIRST, _LAST = datetime(1970, 1, 1), datetime(9998, 12, 31)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def known_kinds(text: str) -> str:
    if not text or any(kind not in KINDS for kind in text.split(",")):
        raise typer.BadParameter(f"{text!r}：应为 {'、'.join(KINDS)}，以逗号相连")
    return text


def made_outlets(
    number: int,
    version: int,
    kinds: Sequence[str],
    rtd: int,
    minutes: int,
    seed: int,
    key: bytes | None,
    encrypted: bool,
) -> list[SimulatedOutlet]:
    from dataclasses import replace

    from bilan.observe.hj212.simulate import simulated_outlets

    made = simulated_outlets(
        number, version=version, kinds=kinds, rtd=rtd, minutes=minutes, encrypted=encrypted, seed=seed
    )
    return made if key is None else [replace(outlet, key=key) for outlet in made]


def given_key(sm4: bool, version: int, key: Sequence[str] | None, key_file: Path | None) -> bytes | None:
    """The key for all outlets, if one is given."""
    if not sm4:
        if key or key_file:
            raise typer.BadParameter("给了密钥，还要写 --sm4", param_hint="--key")
        return None
    if version != 2025:
        raise typer.BadParameter(f"{version} 年版没有加密，用 --version 2025", param_hint="--sm4")
    keys = sm4_keys(key, key_file)
    if len(keys) > 1:
        raise typer.BadParameter(f"只用一把密钥，给了 {len(keys)} 把", param_hint="--key")
    return keys[0] if keys else None


def faults_of(written: Sequence[str]) -> Faults:
    from bilan.observe.hj212.simulate import Faults, SimulationError

    chances = {}
    for text in written:
        name, _, value = text.partition("=")
        try:
            if name not in FAULTS:
                raise ValueError
            chances[name] = float(value)
        except ValueError:
            message = f"{text!r}：应为 名称=概率，名称是 {'、'.join(FAULTS)} 之一"
            raise typer.BadParameter(message, param_hint="--fault") from None
    try:
        return Faults(**chances)
    except SimulationError as error:
        raise typer.BadParameter(str(error), param_hint="--fault") from None


def length_of(text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found is None or not int(found[1]):
        raise typer.BadParameter(f"{text!r}：应为 90s、30m、2h、1d 这样的长度", param_hint="--duration")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def moment_of(text: str | None) -> datetime | None:
    """The time in Beijing; one with a zone is converted."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(BEIJING)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r}：应为 2026-03-01T08:00 这样的时间", param_hint="--start") from None


def check_span(begins: datetime, length: timedelta) -> None:
    """A usage error where the time to simulate is not within the years of a QN, with room for what is sent late."""
    if not _FIRST <= begins <= _LAST:
        message = f"{begins:%Y-%m-%d} 不在 {_FIRST.year}～{_LAST.year} 年之内"
        raise typer.BadParameter(message, param_hint="--start")
    if length > _LAST - begins:
        message = f"从 {begins:%Y-%m-%d} 起的 {length.days} 天超过 {_LAST.year} 年"
        raise typer.BadParameter(message, param_hint="--duration")


def address_of(text: str, *, anywhere: bool) -> tuple[str, int]:
    """Host and port; a usage error where the host is another machine and that was not allowed."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise typer.BadParameter(f"{text!r}：应为 主机:端口，如 127.0.0.1:9212", param_hint="--to")
    if not anywhere and not _is_loopback(host):
        message = f"{host} 不是本机：模拟的数据不应误发给别人；确实要发，加 --anywhere"
        raise typer.BadParameter(message, param_hint="--to")
    return host, int(port)


def _is_loopback(host: str) -> bool:
    """Whether all addresses of ``host`` are this machine's own.

    >>> _is_loopback("127.0.0.1"), _is_loopback("::1"), _is_loopback("192.0.2.1")
    (True, True, False)
    """
    import socket
    from ipaddress import ip_address

    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return bool(found) and all(ip_address(str(one[4][0]).partition("%")[0]).is_loopback for one in found)


def write_register(path: Path, made: Sequence[SimulatedOutlet]) -> None:
    """The outlets as lines of the gateway's register."""
    import csv

    from bilan.whole_file import replacing

    media = {"31": "waste_gas", "32": "waste_water", "22": "air"}
    with replacing(path) as unfinished:
        unfinished.touch(mode=0o600)  # it holds keys
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(
                ("station", "name", "medium", "mn", "st", "password", "key", "min_interval", "rtd_interval")
            )
            for one in made:
                key = "" if one.key is None else one.key.hex()
                station = f"simulated-{one.mn[-4:]}"
                writer.writerow((station, one.name, media[one.st], one.mn, one.st, one.pw, key, one.minutes, one.rtd))
