"""``bilan demo``: the sample plan through the same doors as any other."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.files import write_plan
from bilan.cli.progress import progress_bar

SAMPLE = "清河市生态环境保护行动计划.docx"
RESULTS = ("清河市-五张清单.xlsx", "清河市.json")

app = new_app()


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="放结果的文件夹，没有就新建；默认 out。", show_default=False)
    ] = Path("out"),
) -> None:
    """Compile the packaged sample, show its lists and write them to ``out``."""
    from bilan.cli.render import print_plan
    from bilan.plan import compile_file

    with as_file(files("bilan") / "demo" / SAMPLE) as document, progress_bar() as progress:
        plan = compile_file(document, issued=None, region=None, title=None, progress=progress)
    print_plan(plan)
    out.mkdir(parents=True, exist_ok=True)
    for name in RESULTS:
        write_plan(plan, out / name)
        print(f"已写入 {out / name}")
