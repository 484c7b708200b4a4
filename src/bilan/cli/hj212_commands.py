"""``bilan hj212 commands`` and ``cancel``: what hosts have asked of devices, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli import FAILED, PARTLY_REFUSED
from bilan.cli.hj212_state import JSON, STORE, beijing, complain, opened, print_json, printable, show, table

if TYPE_CHECKING:
    from bilan.observe.hj212.gateway.state import Command, State

STATES: Mapping[State, str] = {
    "waiting": "等待发送",
    "sent": "已发出",
    "accepted": "已受理",
    "done": "已完成",
    "refused": "被拒绝",
    "failed": "执行失败",
    "silent": "没有应答",
    "cancelled": "已取消",
    "expired": "已过期",
}


def commands(
    store: STORE,
    mn: Annotated[
        str | None, typer.Option("--mn", metavar="MN", help="只列这个排口的；默认全部。", show_default=False)
    ] = None,
    only_open: Annotated[bool, typer.Option("--open", help="只列还没有结果的；默认全部。", show_default=False)] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="最多列多少条，新的在前；默认 50。")] = 50,
    as_json: JSON = False,
) -> None:
    """列出发给现场机的命令和结果 | commands to devices and what came of them

    状态：等待发送、已发出、已受理、已完成、被拒绝（QnRtn）、执行失败（ExeRtn）、没有应答、已取消、已过期。密钥和密码不显示。
    """
    with opened(store) as state:
        found = state.commands(mn, only_open=only_open, limit=limit)
    if as_json:
        print_json([told(command) for command in found])
    elif found:
        show_commands(found)
    else:
        print("没有命令。")


def cancel(
    store: STORE,
    numbers: Annotated[
        list[int], typer.Argument(metavar="ID…", min=1, help="命令的编号，见 commands。", show_default=False)
    ],
) -> None:
    """取消还没有发出的命令 | cancel commands that were not sent yet

    退出码：0 都取消了；1 一条也没有取消；3 有的已经发出或已有结果，没有取消。
    """
    from bilan.observe.hj212.gateway.state import StateError

    refused = 0
    with opened(store) as state:
        for number in numbers:
            try:
                if state.cancel(number):
                    print(f"第 {number} 号命令已取消")
                    continue
                complain(f"第 {number} 号命令{state_name(state.command(number))}，不能取消")
            except StateError as error:
                complain(str(error))
            refused += 1
    if refused:
        raise typer.Exit(FAILED if refused == len(numbers) else PARTLY_REFUSED)


def show_commands(found: Iterable[Command]) -> None:
    """Write the commands as a table to stdout."""
    whole = ("号", "状态", "更新")
    made = table("号", "MN", "命令", "内容", "状态", "发送", "更新", "应答", whole=whole, right=("号", "发送"))
    for command in found:
        made.add_row(
            str(command.id),
            command.mn,
            f"{command.cn} {name_of(command.cn)}".strip(),
            content_of(command),
            state_name(command),
            f"{command.tries} 次" if command.tries else "",
            beijing(command.changed or command.created),
            answer_of(command),
        )
    show(made, least=120)


def content_of(command: Command) -> str:
    """What the command says, as far as it may be shown; a time that is set is that of sending."""
    from bilan.cli.hj212_contents import without_secrets

    if command.cn == "1012" and not command.cp:
        return "发出时的北京时间"
    return printable(without_secrets(command.cp))


def answer_of(command: Command) -> str:
    """The device's last word, and what it means or what it sent."""
    return printable(" ".join(filter(None, (command.answer, command.note))))


def state_name(command: Command) -> str:
    """How far the command has come; one that waits beyond its time is expired, though no gateway has noted it yet."""
    late = command.expires and datetime.fromisoformat(command.expires) < datetime.now(UTC)
    return STATES["expired" if late and command.state == "waiting" else command.state]


def name_of(cn: str) -> str:
    """What a command is called in the newest edition that knows it; empty for a vendor's."""
    from bilan.policy import hj212 as standard

    found = (standard.command(cn, edition) for edition in sorted(standard.editions(), reverse=True))
    return next((command.name for command in found if command), "")


def told(command: Command) -> dict[str, Any]:
    """The command for programs, without secrets."""
    from bilan.cli.hj212_contents import without_secrets

    return {**command._asdict(), "cp": without_secrets(command.cp)}
