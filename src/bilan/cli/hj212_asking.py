"""How a command for a device is queued: who is meant, by which edition it is checked, and what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import FAILED, PARTLY_REFUSED
from bilan.cli.hj212_commands import answer_of, content_of, name_of, show_commands, state_name, told
from bilan.cli.hj212_encode import BEIJING
from bilan.cli.hj212_options import known_edition
from bilan.cli.hj212_state import beijing, complain, opened, print_json, register_of
from bilan.errors import BilanError

if TYPE_CHECKING:
    from bilan.observe.hj212.gateway.state import Command, GatewayState, Presence
    from bilan.observe.hj212.register import Outlet

_LOOK = 0.2  # seconds between two looks at what became of a command
_LENGTH = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class CommandError(BilanError):
    """A command cannot be sent to this outlet."""


EDITION = Annotated[
    int | None,
    typer.Option(
        "--edition",
        metavar="YEAR",
        callback=known_edition,
        help="按哪一版检查：2005、2017、2025；默认是排口最近一次所用的，没上过线时是现行的一版。",
        show_default=False,
    ),
]
EXPIRES = Annotated[
    str | None,
    typer.Option(
        "--expires",
        metavar="TIME",
        help="过期不再发：北京时间，或从现在起的 90s、30m、2h、1d；默认一直等到排口上线。",
        show_default=False,
    ),
]
WAIT = Annotated[
    float | None,
    typer.Option("--wait", metavar="SECONDS", min=0, help="等结果，最多多少秒；默认排队后就返回。", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Target:
    """The folder of the gateway and the outlet that is meant."""

    store: Path
    mn: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An outlet, what is known of it, and the state in which commands for it are queued; ``keys`` the newest first."""

    state: GatewayState
    outlet: Outlet
    edition: int
    presence: Presence | None
    keys: tuple[bytes, ...]

    def must_keep_secrets(self) -> None:
        """CommandError where the gateway could not send a key to the outlet enciphered, whatever ``--edition`` says."""
        spoken = self.presence.version if self.presence else None
        if spoken != 2025:
            how = f"最近用的是 {spoken} 年版" if spoken else "还没有上过线"
            raise CommandError(f"{self.outlet.mn} {how}，密钥只能加密发给用 2025 年版的现场机")
        if not self.keys:
            raise CommandError(f"{self.outlet.mn}：登记表里没有它现在的密钥（列 key），新密钥无法加密下发")

    def send(self, cn: str, contents: Sequence[str], expires: str | None, wait: float | None, *, as_json: bool) -> None:
        """Queue the commands, wait for what comes of them, and leave with the exit code for it."""
        for cp in contents:
            _must_fit(self.outlet, cn, cp, self.edition)
        until = _moment(expires)
        numbers = [self.state.enqueue(self.outlet.mn, cn, cp, expires=until) for cp in contents]
        found = _waited(self.state, numbers, wait or 0)
        if as_json:
            print_json([told(command) for command in found])
        elif wait is None:
            _tell_queued(found, self.presence, until)
        else:
            show_commands(found)
        if wait is not None:
            _leave(found)


@contextmanager
def asking(context: typer.Context, register: Path | None, edition: int | None) -> Iterator[Asked]:
    """What is known of the outlet of the command line; CommandError where the register does not have it today."""
    from bilan.policy import hj212 as standard

    meant: Target = context.obj
    today = datetime.now(BEIJING).date()
    outlets = register_of(meant.store, register)
    outlet = outlets.on(meant.mn, today)
    if outlet is None:
        station = outlets.of_station(meant.mn, today)
        hint = f"；{meant.mn} 是站点编号，它的 MN 是 {station.mn}" if station else ""
        raise CommandError(f"{meant.mn}：今天不在登记表 {outlets.path} 里{hint}")
    with opened(meant.store) as state:
        presence = next((known for known in state.presences() if known.mn == meant.mn), None)
        current = standard.edition_on(today)
        spoken = (presence.version if presence else None) or (current.edition if current else max(standard.editions()))
        keys = (*state.keys().get(meant.mn, ()), *outlet.keys)
        yield Asked(state, outlet, edition or spoken, presence, keys)


def _must_fit(outlet: Outlet, cn: str, cp: str, edition: int) -> None:
    """EncodeError where the command cannot be written as one packet."""
    from bilan.observe.hj212.encoding import encode, flag_of

    flag = flag_of(edition, answer=True)
    encode(cp, qn="20260101000000000", st=outlet.st or "91", cn=cn, pw=outlet.password, mn=outlet.mn, flag=flag)


def _moment(expires: str | None) -> datetime | None:
    """The moment after which a command is not sent; a usage error where it is over."""
    if expires is None:
        return None
    from bilan.cli.tables import moment

    now = datetime.now(UTC)
    if length := _LENGTH.fullmatch(expires):
        return now + timedelta(seconds=int(length[1]) * _UNITS[length[2]])
    found = moment(expires, "--expires")
    assert found is not None
    if found <= now:
        raise typer.BadParameter(f"{expires}：已经过去", param_hint="--expires")
    return found


# --- what came of it ---


def _waited(state: GatewayState, numbers: Sequence[int], seconds: float) -> list[Command]:
    """The commands, as soon as all of them have ended or ``seconds`` are over."""
    from bilan.observe.hj212.gateway.state import OPEN

    until = time.monotonic() + seconds
    while True:
        found = [state.command(number) for number in numbers]
        if time.monotonic() >= until or not any(command.state in OPEN for command in found):
            return found
        time.sleep(_LOOK)


def _tell_queued(found: Sequence[Command], presence: Presence | None, until: datetime | None) -> None:
    for command in found:
        print(f"第 {command.id} 号命令已排队：{command.cn} {name_of(command.cn)} {content_of(command)}".rstrip())
    if presence is None:
        where = "还没有上过线，上线后发出"
    elif presence.online:
        where = "在线，网关即刻发出"
    else:
        where = f"不在线（{beijing(presence.since)} 起），上线后发出"
    limit = f"，{beijing(until.isoformat())} 以后不再发" if until else ""
    print(f"{found[0].mn} {where}{limit}")


def _leave(found: Sequence[Command]) -> None:
    """The exit code for what came of the commands; 0 where all are done."""
    from bilan.observe.hj212.gateway.state import OPEN

    undone = [command for command in found if command.state != "done"]
    for command in undone:
        complain(f"第 {command.id} 号命令{state_name(command)} {answer_of(command)}")
    if undone:
        partly = len(undone) < len(found) or any(command.state in OPEN for command in undone)
        raise typer.Exit(PARTLY_REFUSED if partly else FAILED)
