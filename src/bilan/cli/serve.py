"""``bilan serve``: the portal with its worker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.progress import progress_bar

app = new_app()

HOME = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="数据文件夹：数据库、文件、密钥都在里面；默认是 BILAN_HOME，没有设就是 bilan-data。",
        show_default=False,
    ),
]


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="监听的地址；默认 127.0.0.1，只有本机能打开。", show_default=False)
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="端口；默认 8000。", show_default=False)] = 8000,
    home: HOME = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="网页进程数；默认 2。", show_default=False)] = 2,
    threads: Annotated[int, typer.Option(min=1, max=64, help="每个网页进程的线程数；默认 4。", show_default=False)] = 4,
    jobs: Annotated[
        int,
        typer.Option(
            min=0, max=16, help="同时进行的后台任务数；默认 1，写 0 就不启动（另用 bilan worker）。", show_default=False
        ),
    ] = 1,
    demo: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="bilan demo 放结果的文件夹：网站里放进演示城市和各角色的演示账号；数据文件夹默认是其中的 portal。",
            show_default=False,
        ),
    ] = None,
) -> None:
    """打开门户网站：建库、静态文件、第一个管理员，然后启动 | start the portal"""
    from bilan.portal.serve import Serving, prepared, serve_until_stopped

    serving = Serving(host=host, port=port, home=home, workers=workers, threads=threads, jobs=jobs, demo=demo)
    with progress_bar() as progress:
        prepared(serving, progress)
    serve_until_stopped(serving)
