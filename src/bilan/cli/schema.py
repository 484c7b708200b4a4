"""``bilan schema``: the JSON schemas of what ``bilan compile`` and ``bilan board`` write."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from bilan.cli import new_app

app = new_app()


class Of(StrEnum):
    """Whose schema."""

    plan = "plan"
    board = "board"


@app.command()
def schema(
    of: Annotated[
        Of, typer.Argument(help="哪一种 JSON：plan 计划，board 看板；默认 plan。", show_default=False)
    ] = Of.plan,
) -> None:
    """Print the JSON schema."""
    if of is Of.board:
        from bilan.board.model import json_schema
    else:
        from bilan.plan.schema import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
