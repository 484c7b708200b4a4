"""``bilan gateway``: listen to devices that report over HJ 212."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.errors import BilanError

app = new_app()

_REGISTER = "register.csv"


class AddressError(BilanError):
    """An address is not HOST:PORT."""


@app.command()
def gateway(
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="监听的地址和端口，默认只在本机；只写 :PORT 监听所有地址。")
    ] = "127.0.0.1:9212",
    store: Annotated[
        Path,
        typer.Option(metavar="DIR", help="证据库的文件夹：原始数据包、隔离区、命令和在线状态都在里面；默认 hj212。"),
    ] = Path("hj212"),
    lake: Annotated[
        str | None, typer.Option(metavar="DIR", help="把收到的数据写进这个数据湖；默认只存原始数据包。")
    ] = None,
    register: Annotated[
        Path | None, typer.Option(metavar="CSV", help=f"排放口登记表；默认是证据库里的 {_REGISTER}。改动后自动生效。")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="同一端口上的进程数；默认 1。")] = 1,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="PEM", help="服务器证书（含证书链）；默认不加密传输。")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="PEM", help="证书的私钥；默认与证书在同一文件。")
    ] = None,
    tls_client_ca: Annotated[
        Path | None,
        typer.Option("--tls-client-ca", metavar="PEM", help="要求客户端证书，由这个文件里的机构签发；默认不要求。"),
    ] = None,
    metrics: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Prometheus 指标的地址；默认不提供。")
    ] = None,
    on_connect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CN[=CP]", help="排放口每次上线时发给它的命令，可重复，如 1012 或 1062=RtdInterval=60；默认无。"
        ),
    ] = None,
    connections: Annotated[int, typer.Option(min=1, help="每个进程的最大连接数；默认 20000。")] = 20_000,
    idle: Annotated[float, typer.Option(min=1, help="已登记的排放口多久不发数据就断开（秒）；默认 7200。")] = 7_200,
    rate: Annotated[float, typer.Option(min=0.1, help="每个排放口每秒接收的数据包；默认 50，超出后放慢读取。")] = 50,
    burst: Annotated[int, typer.Option(min=1, help="一次可以连续接收的数据包；默认 500。")] = 500,
    frame: Annotated[float, typer.Option(min=1, help="一个数据包最多传多久（秒）；默认 60。")] = 60,
    segment: Annotated[int, typer.Option(min=1024, max=9999, help="数据段的最大字节数；默认 4096。")] = 4096,
    over_time: Annotated[float, typer.Option(min=0.1, help="发出命令后等待应答的时间（秒）；默认 10。")] = 10,
    recount: Annotated[int, typer.Option(min=0, max=99, help="没有应答时重发的次数；默认 3。")] = 3,
    log_level: Annotated[str, typer.Option(help="日志级别：debug、info、warning、error；默认 info。")] = "info",
) -> None:
    """接收现场机的 HJ 212 数据：先落盘，再应答。"""
    from bilan.observe.hj212.gateway.dialogue import Patience
    from bilan.observe.hj212.gateway.limits import Limits
    from bilan.observe.hj212.gateway.run import Plan, run
    from bilan.observe.hj212.gateway.tls import TlsFiles

    plan = Plan(
        store=store,
        register=register or store / _REGISTER,
        lake=lake,
        listen=address(listen, "--listen"),
        metrics=address(metrics, "--metrics") if metrics else None,
        workers=workers,
        tls=TlsFiles(tls_cert, tls_key, tls_client_ca) if tls_cert else None,
        limits=Limits(connections=connections, idle=idle, rate=rate, burst=burst, frame=frame, segment=segment),
        patience=Patience(over_time=over_time, recount=recount),
        on_connect=tuple(_command(text) for text in on_connect or ()),
        log_level=log_level,
    )
    run(plan)


def address(text: str, option: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``; an empty host is every address of the machine.

    >>> address("[::1]:9212", "--listen"), address(":9212", "--listen")
    (('::1', 9212), ('', 9212))
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise AddressError(f"{option}：应为 HOST:PORT，是 {text!r}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _command(text: str) -> tuple[str, str]:
    cn, _, cp = text.partition("=")
    if len(cn) != 4 or not cn.isdigit():
        raise AddressError(f"--on-connect：应为 CN 或 CN=CP，CN 是四位数字，是 {text!r}")
    return cn, cp
