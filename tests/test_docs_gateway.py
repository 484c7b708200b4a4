"""The manual of the gateway says what the code does: options, limits, metrics, columns, states, reasons."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from bilan import cli
from bilan.cli.hj212_commands import STATES
from bilan.cli.hj212_outlets import STANDINGS
from bilan.cli.hj212_quarantine import REASONS
from bilan.observe.hj212.gateway import Limits, gate
from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.metrics import Collector
from bilan.observe.hj212.gateway.state import State
from bilan.observe.hj212.register import COLUMNS

GUIDE = (Path(__file__).parents[1] / "docs/guide/gateway.md").read_text(encoding="utf-8")


def section(anchor: str) -> str:
    (found,) = (part for part in re.split(r"^## ", GUIDE, flags=re.MULTILINE) if f"{{#{anchor}}}" in part[:60])
    return found


def rows(anchor: str) -> list[list[str]]:
    """The cells of the tables of a section."""
    lines = re.findall(r"^\|(.+)\|$", section(anchor), re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def verb(name: str) -> Any:
    return cli.command().commands[name].make_context(name, [], resilient_parsing=True).command


def options(command: Any) -> set[str]:
    below = getattr(command, "commands", {}).values()
    if below:
        return set().union(*(options(one) for one in below))
    return {parameter.opts[0] for parameter in command.params if parameter.opts[0].startswith("-")}


def test_every_limit_is_documented_as_it_is() -> None:
    told = {row[0].strip("`"): row[1].split()[0] for row in rows("limits") if row[0].startswith("`")}
    assert told == {
        limit.name: f"{getattr(Limits(), limit.name):g}" if isinstance(limit.default, float) else str(limit.default)
        for limit in fields(Limits)
    }


def test_every_limit_that_can_be_set_names_its_option() -> None:
    settable = options(verb("gateway"))
    told = {row[0].strip("`"): row[2].strip("`") for row in rows("limits") if row[0].startswith("`")}
    assert told == {limit.name: f"--{limit.name}" if f"--{limit.name}" in settable else "" for limit in fields(Limits)}


def test_every_metric_is_documented_and_no_other() -> None:
    pytest.importorskip("prometheus_client")
    counts = Counts()
    given = {"online": ("", lambda: 0.0), "loader_lag_seconds": ("", lambda: 0.0)}
    families = list(Collector(counts, given).collect())
    documented = set(re.findall(r"`(bilan_hj212_\w+?)(?:\{\w+\})?`", "".join(row[0] for row in rows("metrics"))))
    assert documented == {family.name for family in families}


def test_every_column_of_the_register_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`", " ".join(row[0] for row in rows("register"))))
    assert documented == set(COLUMNS)


def test_every_state_reason_and_standing_is_named() -> None:
    assert set(STATES) == set(get_args(State))
    assert [name for name in STATES.values() if name not in section("commands")] == []
    words = {gate.DAMAGED, gate.BAD_CRC, gate.UNKNOWN, gate.PASSWORD, gate.NO_KEY}
    assert set(REASONS) == words
    assert [word for word in words if f"| `{word}` |" not in section("quarantine")] == []
    assert [
        f"`{word}` {name}" for word, name in STANDINGS.items() if f"`{word}` {name}" not in section("outlets")
    ] == []


def test_every_option_of_the_gateway_is_in_the_guide() -> None:
    assert [name for name in options(verb("gateway")) if not named(name, GUIDE)] == []


@pytest.mark.parametrize(
    ("name", "anchor"),
    [
        ("verify", "verify"),
        ("quarantine", "quarantine"),
        ("outlets", "outlets"),
        ("command", "commands"),
        ("commands", "commands"),
    ],
)
def test_every_option_is_in_its_section(name: str, anchor: str) -> None:
    text = section(anchor) + section("keys")
    assert [option for option in options(verb("hj212").commands[name]) if not named(option, text)] == []


def named(option: str, text: str) -> bool:
    return f"`{option} " in text or f"`{option}`" in text


def test_log_events_are_those_of_the_code() -> None:
    source = Path(gate.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in source.glob("*.py"))
    events = set(re.findall(r"log\.(?:info|warning|error|exception)\(\s*\"([^\"]+)\"", code))
    documented = set(re.findall(r"`([^`]+)`", " ".join(row[0] for row in rows("logs")))) - {"event"}
    assert events <= documented
