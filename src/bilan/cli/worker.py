"""``bilan worker``: the jobs of the portal alone, where they have a process or a machine of their own."""

from __future__ import annotations

from typing import Annotated

import typer

from bilan.cli import new_app
from bilan.cli.serve import HOME

app = new_app()


@app.command()
def worker(
    home: HOME = None,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="同时进行的后台任务数；默认 1。", show_default=False)] = 1,
) -> None:
    """只做门户的后台任务，不开网页 | run the portal's jobs only"""
    from bilan.portal.serve import work

    work(home, jobs)
