"""``bilan hj212 command``: a command for a device, into the queue of its gateway."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.hj212_asking import EDITION, EXPIRES, WAIT, CommandError, Target, asking
from bilan.cli.hj212_encode import BEIJING
from bilan.cli.hj212_options import KEY_VARIABLE, sm4_keys
from bilan.cli.hj212_state import JSON, REGISTER, STORE

app = new_app(no_args_is_help=True)

_KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_KEY_LENGTH = 16


@app.callback()
def target(
    context: typer.Context,
    store: STORE,
    mn: Annotated[str, typer.Argument(metavar="MN", help="排口的 MN，今天要在登记表里。", show_default=False)],
) -> None:
    """给现场机下命令：排队，排口在线时由网关发出 | queue a command for a device

    写作 bilan hj212 command DIR MN 命令 选项。

    退出码：0 已排队，用 --wait 等结果时已完成；1 没有完成；3 有的没有完成，或到时还没有结果。
    """
    context.obj = Target(store, mn)


@app.command("set-time")
def set_time(
    context: typer.Context,
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """1012 设置现场机时间为发出时的北京时间 | set the clock"""
    with asking(context, register, edition) as asked:
        asked.send("1012", [""], expires, wait, as_json=as_json)


@app.command("timeouts")
def timeouts(
    context: typer.Context,
    over_time: Annotated[
        int, typer.Option("--over-time", metavar="SECONDS", help="超时时间，秒，1 至 99；必填。", show_default=False)
    ],
    recount: Annotated[
        int, typer.Option("--recount", metavar="N", help="重发次数，1 至 99；必填。", show_default=False)
    ],
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """1000 设置现场机的超时时间和重发次数 | set time-out and re-sends"""
    from bilan.cli.hj212_contents import fields

    with asking(context, register, edition) as asked:
        cp = fields(asked.edition, "--over-time、--recount", OverTime=over_time, ReCount=recount)
        asked.send("1000", [cp], expires, wait, as_json=as_json)


@app.command("realtime")
def realtime(
    context: typer.Context,
    seconds: Annotated[
        int, typer.Option("--seconds", metavar="N", help="实时数据间隔，秒，30 至 3600；必填。", show_default=False)
    ],
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """1062 设置实时数据间隔 | set the interval of real-time data"""
    from bilan.cli.hj212_contents import fields

    with asking(context, register, edition) as asked:
        cp = fields(asked.edition, "--seconds", RtdInterval=seconds)
        asked.send("1062", [cp], expires, wait, as_json=as_json)


@app.command("minutes")
def minutes(
    context: typer.Context,
    length: Annotated[
        int,
        typer.Option(
            "--minutes",
            metavar="N",
            help="分钟数据间隔，分钟：1、2、3、4、5、6、10、12、15、20、30；必填。",
            show_default=False,
        ),
    ],
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """1064 设置分钟数据间隔 | set the interval of minute data

    登记表的 min_interval 要一起改：分钟数据的时段长度以登记表为准。
    """
    from bilan.cli.hj212_contents import fields

    with asking(context, register, edition) as asked:
        cp = fields(asked.edition, "--minutes", MinInterval=length)
        asked.send("1064", [cp], expires, wait, as_json=as_json)


@app.command("history")
def history(
    context: typer.Context,
    cn: Annotated[str, typer.Argument(metavar="2051|2061|2031", help="分钟、小时或日数据。", show_default=False)],
    first: Annotated[
        str,
        typer.Option("--from", metavar="TIME", help="DataTime 从何时起，北京时间；必填。", show_default=False),
    ],
    last: Annotated[
        str,
        typer.Option("--to", metavar="TIME", help="到何时止，含；只写日期是那一天结束时；必填。", show_default=False),
    ],
    span: Annotated[
        int | None,
        typer.Option(
            "--span",
            metavar="DAYS",
            min=1,
            help="每条命令取多少天；默认分钟数据 1 天，小时 31 天，日 366 天。",
            show_default=False,
        ),
    ] = None,
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """补取历史数据，长的时段分成几条命令 | ask for history

    DataTime 是时段的开始。收到的数据和自行上报的一样存储、入湖，已有的不会重复。
    """
    from bilan.cli import hj212_contents as contents
    from bilan.cli.tables import label_of, moment

    if cn not in contents.HISTORY:
        raise typer.BadParameter(f"{cn!r}：应为 {'、'.join(contents.HISTORY)} 之一", param_hint="2051|2061|2031")
    end = moment(last, "--to")
    assert end is not None
    begins, ends = (found.astimezone(BEIJING).replace(tzinfo=None) for found in (label_of(first, "--from"), end))
    if ends < begins:
        raise typer.BadParameter(f"{ends} 早于 --from 的 {begins}", param_hint="--to")
    if begins > datetime.now(BEIJING).replace(tzinfo=None):
        raise typer.BadParameter(f"{begins} 还没有到", param_hint="--from")
    with asking(context, register, edition) as asked:
        asked.send(cn, contents.history(begins, ends, span or contents.HISTORY[cn]), expires, wait, as_json=as_json)


@app.command("new-key")
def new_key(
    context: typer.Context,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar="FILE",
            readable=False,
            help=f"新密钥所在的文件，16 个字符或 32 位十六进制数；默认取环境变量 {KEY_VARIABLE}。",
            show_default=False,
        ),
    ] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help="随机产生新密钥；默认不产生。", show_default=False)
    ] = False,
    show_key: Annotated[bool, typer.Option("--show", help="显示新密钥；默认不显示。", show_default=False)] = False,
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """1014 更换 SM4 密钥（2025 年版）| set a new SM4 key

    用现在的密钥加密下发；现场机报告成功后网关自动改用新的。内容写作 SKCreateTime=…;NewSK=…，只有一个来源，未核实。
    """
    from bilan.cli.hj212_contents import new_key as content

    key = _new_key(key_file, generate=generate)
    with asking(context, register, edition) as asked:
        asked.must_keep_secrets()
        if key in asked.keys:
            raise CommandError(f"{asked.outlet.mn}：这把密钥已在使用或用过，请换一把")
        cp = content(key, datetime.now(BEIJING))
        if show_key:
            print(f"新密钥：{cp.rpartition('=')[2]}")
        asked.send("1014", [cp], expires, wait, as_json=as_json)


@app.command("raw")
def raw(
    context: typer.Context,
    cn: Annotated[str, typer.Argument(metavar="CN", help="命令编码，四位数字。", show_default=False)],
    cp: Annotated[
        str, typer.Argument(metavar="[CP]", help="两个 && 之间的内容，如 PolId=w01018；默认空。", show_default=False)
    ] = "",
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="不按标准的表检查，用于厂商的命令；默认检查。", show_default=False)
    ] = False,
    register: REGISTER = None,
    edition: EDITION = None,
    expires: EXPIRES = None,
    wait: WAIT = None,
    as_json: JSON = False,
) -> None:
    """任何命令，内容照写 | any command

    标准的命令和字段照表检查。
    """
    from bilan.cli.hj212_contents import check_raw

    if not re.fullmatch("[0-9]{4}", cn):
        raise typer.BadParameter(f"{cn!r}：应为四位数字", param_hint="CN")
    with asking(context, register, edition) as asked:
        if not unchecked:
            check_raw(cn, cp, asked.edition)
        asked.send(cn, [cp], expires, wait, as_json=as_json)


def _new_key(file: Path | None, *, generate: bool) -> bytes:
    if generate:
        import secrets

        if file:
            raise typer.BadParameter("与 --key-file 只能写一个", param_hint="--generate")
        return "".join(secrets.choice(_KEY_LETTERS) for _ in range(_KEY_LENGTH)).encode()
    keys = sm4_keys(None, file)
    if len(keys) != 1:
        place = str(file) if file else KEY_VARIABLE
        raise typer.BadParameter(
            f"{place}：应有一把密钥，有 {len(keys)} 把；或用 --generate 随机产生", param_hint="--key-file"
        )
    return keys[0]
