"""What the commands about a gateway's folder share: its options, its state, and how what they find is shown."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli.hj212_encode import BEIJING

if TYPE_CHECKING:
    from rich.table import Table

    from bilan.observe.hj212.gateway.state import GatewayState
    from bilan.observe.hj212.register import Register

STORE = Annotated[Path, typer.Argument(metavar="DIR", readable=False, help="网关的存储文件夹。", show_default=False)]
REGISTER = Annotated[
    Path | None,
    typer.Option(
        "--register",
        metavar="FILE.csv",
        readable=False,
        help="登记表；默认是存储文件夹里的 register.csv。",
        show_default=False,
    ),
]
JSON = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取；默认输出表格。", show_default=False)]


def opened(store: Path) -> GatewayState:
    """The state of the gateways of ``store``; StateError where there is none, or the file cannot be used."""
    from bilan.observe.hj212.gateway.state import GatewayState

    return GatewayState(store, create=False)


def register_of(store: Path, given: Path | None) -> Register:
    """The register that was given, or the one in the folder of the store."""
    from bilan.observe.hj212.register import FILE, Register

    return Register.load(given or store / FILE)


def beijing(moment: str | int | None) -> str:
    """A moment in Beijing time: ISO 8601, or microseconds since 1970 UTC; empty for None.

    >>> beijing("2026-03-01T00:00:05.250+00:00"), beijing(1_772_323_200_000_000), beijing(None)
    ('2026-03-01 08:00:05', '2026-03-01 08:00:00', '')
    """
    if moment is None:
        return ""
    if isinstance(moment, int):
        found = datetime.fromtimestamp(moment // 1_000_000, UTC)
    else:
        found = datetime.fromisoformat(moment)
    return found.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def printable(text: str, most: int = 120) -> str:
    r"""``text`` without anything that would move the cursor or fill the screen.

    >>> printable("QN=1;\x1b[2J"), printable("abcdef", 3)
    ('QN=1;\\x1b[2J', 'abc…')
    """
    shortened = text if len(text) <= most else text[:most] + "…"
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in shortened)


def table(*headings: str, whole: Collection[str] = (), right: Collection[str] = ()) -> Table:
    """An empty table; the columns ``whole`` are never wrapped, those in ``right`` hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in headings:
        justify: Any = "right" if heading in right else "left"
        made.add_column(heading, overflow="fold", no_wrap=heading in whole, justify=justify)
    return made


def show(made: Table, least: int = 0) -> None:
    """Write a table to stdout, ``least`` columns wide or more; a file or pipe gets lines of one width."""
    from rich.console import Console

    from bilan.cli.render import WIDTH

    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        console = Console(markup=False, highlight=False)
        console.width = max(console.width, least)
    else:
        console = Console(width=max(WIDTH, least), markup=False, highlight=False)
    console.print(made)


def print_json(value: Any) -> None:
    """Write ``value`` to stdout as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def complain(message: str) -> None:
    """Say on stderr what is wrong, in one line."""
    print("bilan:", " ".join(message.split()), file=sys.stderr)
