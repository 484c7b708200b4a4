"""``bilan demo``: the sample plan through the same doors as any other."""

from __future__ import annotations

import os
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.files import write_plan
from bilan.cli.progress import progress_bar
from bilan.errors import FileError, os_reason

SAMPLE = "qinghe.docx"
RESULTS = ("清河市-五张清单.xlsx", "清河市.json")

app = new_app()


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="放结果的文件夹，没有就新建；默认 out。", show_default=False)
    ] = Path("out"),
) -> None:
    """Compile the packaged sample, write its lists to ``out`` and show them."""
    from bilan.cli.render import print_plan
    from bilan.plan import compile_file

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{out}：不能用作结果文件夹：{os_reason(error)}") from error
    with as_file(files("bilan") / "demo" / SAMPLE) as document, progress_bar() as progress:
        plan = compile_file(document, issued=None, region=None, title=None, progress=progress)
    # UTF-8 names on every POSIX system, even where the locale knows ASCII only
    written = [out / os.fsdecode(name.encode()) for name in RESULTS]
    for path in written:
        write_plan(plan, path)
    print_plan(plan)
    for path, name in zip(written, RESULTS, strict=True):
        print(f"已写入 {path.with_name(name)}")
