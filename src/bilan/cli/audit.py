"""``bilan audit``: whether the portal's log is as it was written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import FAILED, PARTLY_REFUSED, new_app
from bilan.cli.serve import HOME
from bilan.errors import BilanError

app = new_app(no_args_is_help=True)

_ALONE = "散列链能显示改动、删除和换序；末尾被截去、改动以后全部重算，要同别处抄存的 audit.anchors 比较（--anchors）。"


@app.callback()
def audit() -> None:
    """核对门户的操作日志 | the portal's audit log"""


@app.command("verify")
def verify(
    home: HOME = None,
    anchors: Annotated[
        Path | None,
        typer.Option(
            "--anchors",
            metavar="FILE",
            help="抄存的散列，每行“编号 散列”；默认用数据文件夹里的 audit.anchors。",
            show_default=False,
        ),
    ] = None,
) -> None:
    """逐条重算散列链，指出第一处不符 | is the log as it was written

    退出码：0 没有不符；3 有不符；1 无法核对，或一条记录也没有。
    """
    from bilan.portal.serve import setup

    setup(home)
    from django.db import DatabaseError

    from bilan.portal.audit import anchors as noted
    from bilan.portal.audit.verify import verify as examined

    try:
        found = examined(noted.read(anchors or noted.default_file()))
    except DatabaseError as error:
        raise BilanError(f"数据库里读不到操作日志，请先运行 bilan serve：{error}") from error
    if not found.ok:
        print(f"bilan: 第 {found.broken} 条：{found.problem}", file=sys.stderr)
        raise typer.Exit(PARTLY_REFUSED)
    if not found.entries:
        print("bilan: 操作日志里一条记录也没有", file=sys.stderr)
        raise typer.Exit(FAILED)
    print(f"{found.entries} 条记录没有不符，末条散列 {found.last}")
    print(_ALONE)
