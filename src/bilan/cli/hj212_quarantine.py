"""``bilan hj212 quarantine``: what the gateway refused, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli.hj212_state import JSON, REGISTER, STORE, beijing, print_json, printable, register_of, show, table
from bilan.errors import BilanError

if TYPE_CHECKING:
    from bilan.observe.hj212.packet import Packet
    from bilan.observe.hj212.store import Refused, Tally

REASONS = {
    "unknown-mn": "未登记的 MN",
    "password": "密码不符",
    "crc": "CRC 不符",
    "damaged": "损坏",
    "cipher": "没有能解密的密钥",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_RAW_SHOWN = 2000  # characters; a frame of the standard has at most 1036

Keys = Callable[["Refused"], Sequence[bytes]]


def _known_reason(written: str | None) -> str | None:
    if written is not None and written not in REASONS:
        raise typer.BadParameter(f"{written!r}：应为 {'、'.join(REASONS)} 之一")
    return written


def quarantine(
    store: STORE,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DAY", help="只看这一天（到达，北京时间）；默认全部。", show_default=False),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            metavar="WORD",
            callback=_known_reason,
            help=f"只看这一种：{'、'.join(REASONS)}；默认全部。",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="举最近的多少个例子，0 是不举；默认 10。")] = 10,
    raw: Annotated[
        bool, typer.Option("--raw", help="例子连原文一起列出，密码和密钥也不再隐去；默认不列。", show_default=False)
    ] = False,
    register: REGISTER = None,
    as_json: JSON = False,
) -> None:
    """列出隔离的数据包：原因、次数和例子 | what was refused, and why

    被拒绝的数据包不应答、不入证据库。每天最多留 100 MB 供查看，超出的只计数。
    """
    from bilan.cli.tables import day as parsed
    from bilan.observe.hj212.store import tallies
    from bilan.observe.hj212.store.parts import QUARANTINE

    asked = parsed(day, "--day")
    if not store.is_dir():
        raise BilanError(f"{store}：没有这个文件夹")
    folder = store / QUARANTINE
    found = [path.name for path in folder.iterdir() if _DAY.fullmatch(path.name)] if folder.is_dir() else []
    days = sorted(name for name in found if asked is None or name == asked.isoformat())
    counts = {name: _of(reason, tallies(store, name)) for name in days}
    keys = _keys(store, register)
    examples = [(refused, _explained(refused, keys, raw=raw)) for refused in _latest(store, days, reason, limit)]
    if as_json:
        print_json({"counts": _counts_json(counts), "examples": [_json(*example, raw=raw) for example in examples]})
        return
    if not any(counts.values()) and not examples:
        print("没有隔离的数据包。")
        return
    _show_counts(counts)
    for refused, packet in examples:
        print("\n".join(_example(refused, packet, raw=raw)))


def _of(reason: str | None, found: dict[str, Tally]) -> dict[str, Tally]:
    return {name: tally for name, tally in found.items() if reason in (None, name)}


def _latest(store: Path, days: Sequence[str], reason: str | None, limit: int) -> list[Refused]:
    """The newest examples, the newest first; earlier days are read only where later ones have too few."""
    from bilan.observe.hj212.store import read_refused

    found: list[Refused] = []
    for name in reversed(days):
        if len(found) >= limit:
            break
        of_day = (refused for refused in read_refused(store, name) if reason in (None, refused.reason))
        found += nlargest(limit - len(found), of_day, key=lambda refused: refused.arrived)
    return found


def _keys(store: Path, register: Path | None) -> Keys:
    """What gives the SM4 keys of the outlet of a frame; none where there is no register to ask."""
    from bilan.observe.hj212 import examine
    from bilan.observe.hj212.gateway.state import FILE as STATE
    from bilan.observe.hj212.register import FILE, Outlet

    if register is None and not (store / FILE).exists():
        return lambda refused: ()
    by_mn: dict[str, list[Outlet]] = {}
    for outlet in register_of(store, register):
        by_mn.setdefault(outlet.mn, []).append(outlet)
    keys_set: dict[str, tuple[bytes, ...]] = {}
    if (store / STATE).exists():
        from bilan.cli.hj212_state import opened

        with opened(store) as state:
            keys_set = state.keys()

    def keys(refused: Refused) -> Sequence[bytes]:
        mn = examine(refused.raw).mn or ""
        outlets = by_mn.get(mn, [])
        return (*keys_set.get(mn, ()), *(outlets[0].keys if outlets else ()))

    return keys


def _explained(refused: Refused, keys: Keys, *, raw: bool) -> Packet:
    """What the codec says of a frame; without its secrets, unless the frame itself is to be shown."""
    from bilan.cli.hj212_secrets import without_secrets
    from bilan.observe.hj212 import examine

    packet = examine(refused.raw, keys=keys(refused))
    return packet if raw else without_secrets(packet)


# --- what is shown ---


def _show_counts(counts: dict[str, dict[str, Tally]]) -> None:
    made = table("日期", "原因", "", "包", "其中只计数", whole=("日期",), right=("包", "其中只计数"))
    for name, of_day in reversed(counts.items()):
        for word, tally in sorted(of_day.items(), key=lambda item: -item[1].kept - item[1].counted):
            made.add_row(
                name,
                word,
                REASONS.get(word, ""),
                f"{tally.kept + tally.counted:,}",
                f"{tally.counted:,}" if tally.counted else "",
            )
    show(made)


def _example(refused: Refused, packet: Packet, *, raw: bool) -> Iterator[str]:
    who = " ".join(f"{name}={text}" for name, text in (("MN", packet.mn), ("CN", packet.cn), ("QN", packet.qn)) if text)
    yield f"{beijing(refused.arrived)} {refused.peer} {REASONS.get(refused.reason, refused.reason)} {printable(who)}"
    for line in _why(refused, packet):
        yield f"  {line}"
    if raw:
        yield f"  原文 {escaped(refused.raw)[:_RAW_SHOWN]}"


def _why(refused: Refused, packet: Packet) -> Iterator[str]:
    """What the register says against the packet, then what the codec says of it."""
    if refused.reason == "unknown-mn":
        yield f"MN {printable(packet.mn or '')} 当天不在登记表里"
    elif refused.reason == "password":
        yield "MN 在登记表里，PW 与登记的不同"
    for problem in packet.errors:
        yield f"错误 {printable(str(problem))}"
    for problem in packet.warnings:
        yield f"宽容 {printable(str(problem))}"


def _counts_json(counts: dict[str, dict[str, Tally]]) -> list[dict[str, Any]]:
    return [
        {"day": name, "reason": word, "kept": tally.kept, "counted": tally.counted}
        for name, of_day in counts.items()
        for word, tally in sorted(of_day.items())
    ]


def _json(refused: Refused, packet: Packet, *, raw: bool) -> dict[str, Any]:
    place = {"file": str(refused.file), "offset": refused.offset, "arrived": beijing(refused.arrived)}
    return {
        "day": refused.day,
        "reason": refused.reason,
        "peer": refused.peer,
        **place,
        **({"raw": escaped(refused.raw)} if raw else {}),
        "packet": packet.to_json(),
    }


def escaped(raw: bytes) -> str:
    r"""Bytes as text: what is no printable ASCII as ``\xNN``.

    >>> escaped(b"##0008QN=\x00\r\n")
    '##0008QN=\\x00\\x0d\\x0a'
    """
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in raw)
