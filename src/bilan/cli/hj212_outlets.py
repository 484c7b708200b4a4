"""``bilan hj212 outlets``: who is online, who is not, who never was, and who knocks without being on the register."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli.hj212_encode import BEIJING
from bilan.cli.hj212_state import (
    JSON,
    REGISTER,
    STORE,
    beijing,
    opened,
    print_json,
    printable,
    register_of,
    show,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bilan.observe.hj212.gateway.state import Presence
    from bilan.observe.hj212.register import Register

STANDINGS = {"offline": "离线", "never": "从未上线", "online": "在线", "struck": "不再登记", "unknown": "未登记"}


@dataclass(frozen=True, slots=True)
class Row:
    """An MN and how it stands; times are ISO 8601 in UTC, ``frames`` those of a stranger that were kept."""

    mn: str
    standing: str
    station: str = ""
    name: str = ""
    since: str | None = None
    last_frame: str | None = None
    version: int | None = None
    peer: str | None = None
    frames: int | None = None


def _standings(written: str | None) -> str | None:
    if written is not None and written not in STANDINGS:
        raise typer.BadParameter(f"{written!r}：应为 {'、'.join(STANDINGS)} 之一")
    return written


def outlets(
    store: STORE,
    register: REGISTER = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="STANDING",
            callback=_standings,
            help="只列 online 在线、offline 离线、never 从未上线、struck 不再登记或 unknown 未登记的；默认全部。",
            show_default=False,
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(metavar="N", min=0, help="未登记的 MN 看最近几天的隔离区，0 是不看；默认 1，今天。")
    ] = 1,
    as_json: JSON = False,
) -> None:
    """列出排口：在线、离线、从未上线和未登记的 | outlets and who is online

    版本是最近一次连接所用的。网关异常退出后再启动以前，在线状态停在退出时。
    """
    today = datetime.now(BEIJING).date()
    known = register_of(store, register)
    registered = _registered(known, _presences(store), today)
    strangers = (row for row in _strangers(store, today, days) if known.on(row.mn, today) is None)
    rows = [*registered, *strangers]
    shown = [row for row in rows if only in (None, row.standing)]
    if as_json:
        print_json([asdict(row) for row in shown])
        return
    if shown:
        _show(shown)
    counts = Counter(row.standing for row in rows)
    print("，".join(f"{name} {counts[standing]:,}" for standing, name in STANDINGS.items()))


def _presences(store: Path) -> list[Presence]:
    """Who was heard by the gateways of ``store``; nobody where none has run yet."""
    from bilan.observe.hj212.gateway.state import FILE

    if not (store / FILE).exists():
        return []
    with opened(store) as state:
        return list(state.presences())


def _registered(register: Register, presences: Iterable[Presence], today: date) -> list[Row]:
    """The outlets that the register has today, and those that were heard and are not on it any more."""
    heard = {presence.mn: presence for presence in presences}
    rows = []
    for outlet in register:
        if not outlet.holds_on(today):
            continue
        presence = heard.pop(outlet.mn, None)
        standing = "never" if presence is None else "online" if presence.online else "offline"
        rows.append(_row(outlet.mn, standing, presence, outlet.station, outlet.name))
    rows += [_row(presence.mn, "struck", presence) for presence in heard.values()]
    order = list(STANDINGS)
    return sorted(rows, key=lambda row: (order.index(row.standing), row.since or "", row.station, row.mn))


def _row(mn: str, standing: str, presence: Presence | None, station: str = "", name: str = "") -> Row:
    if presence is None:
        return Row(mn, standing, station, name)
    return Row(mn, standing, station, name, presence.since, presence.last_frame, presence.version, presence.peer)


def _strangers(store: Path, today: date, days: int) -> list[Row]:
    """The MNs in the quarantine of the last days that nobody has registered, the most frequent first."""
    from bilan.observe.hj212.frames import only_frame
    from bilan.observe.hj212.gateway.gate import UNKNOWN
    from bilan.observe.hj212.header import split_header
    from bilan.observe.hj212.store import read_refused

    frames: Counter[str] = Counter()
    last: dict[str, tuple[int, str]] = {}
    for ago in range(days):
        for refused in read_refused(store, (today - timedelta(days=ago)).isoformat()):
            if refused.reason != UNKNOWN:
                continue
            mn = split_header(only_frame(refused.raw).segment).get("MN", "")  # the gate could read it, too
            frames[mn] += 1
            last[mn] = max(last.get(mn, (0, "")), (refused.arrived, refused.peer))
    return [
        Row(mn, "unknown", last_frame=_iso(last[mn][0]), peer=last[mn][1], frames=count)
        for mn, count in frames.most_common()
    ]


def _iso(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="milliseconds")


def _show(rows: Iterable[Row]) -> None:
    whole = ("状态", "自", "最近一包")
    made = table("站点", "名称", "MN", "状态", "自", "最近一包", "版本", "来自", whole=whole)
    for row in rows:
        made.add_row(
            printable(row.station),
            printable(row.name),
            printable(row.mn, 60),
            STANDINGS[row.standing] + (f" {row.frames:,} 包" if row.frames else ""),
            beijing(row.since),
            beijing(row.last_frame),
            str(row.version or ""),
            row.peer or "",
        )
    show(made, least=140)
