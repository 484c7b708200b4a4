"""What a person meets first: fast help that documents everything, and verbs that load only when called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from bilan import cli

HEAVY = {"docx", "openpyxl", "pdfplumber", "lxml", "rapidfuzz", "opencc", "rich.console", "bilan.plan"}
HEAVY |= {"ibis", "duckdb", "pyarrow", "deltalake", "pyspark", "pandas", "bilan.observe", "bilan.evaluate.air.aqi"}
HEAVY |= {"altair", "vl_convert", "bilan.board.boards", "django", "huey", "gunicorn", "bilan.portal"}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8", check=True)


def real_commands() -> Iterator[tuple[str, Any]]:
    """Every command behind the stand-ins, with its full name."""
    for name, verb in cli.command().commands.items():
        yield from within(f"bilan {name}", verb.make_context(name, [], resilient_parsing=True).command)


def within(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for part, inner in getattr(command, "commands", {}).items():
        yield from within(f"{name} {part}", inner)


OPTIONS = [
    pytest.param(parameter, id=f"{name} {parameter.opts[0]}")
    for name, found in [("bilan", cli.command()), *real_commands()]
    for parameter in found.params
    if parameter.opts[0].startswith("-") and parameter.name != "help" and not parameter.required
]


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for verb, summary in cli.VERBS.items():
        assert f"{verb} " in shown
        assert summary in shown


def test_the_search_for_options_finds_them() -> None:
    assert {"bilan --version", "bilan compile -o", "bilan evaluate air aqi --mode"} <= {param.id for param in OPTIONS}


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_says_what_happens_without_it(option: Any) -> None:
    assert "默认" in (option.help or "")


@pytest.mark.parametrize("verb", cli.VERBS)
def test_a_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, "--help"]) == 0
    assert cli.VERBS[verb] in capsys.readouterr().out


def test_help_loads_nothing_heavy_and_no_verb() -> None:
    code = "import sys, bilan.cli; bilan.cli.main(['--help']); print('LOADED', *sys.modules)"
    loaded = python("-c", code).stdout.partition("LOADED")[2].split()
    assert "bilan.cli" in loaded
    verbs = {f"bilan.cli.{verb}" for verb in cli.VERBS}
    assert not (HEAVY | verbs | {"pydantic"}) & set(loaded)  # for a verb, Typer reads the arguments with pydantic


@pytest.mark.parametrize("verb", cli.VERBS)
def test_the_help_of_a_verb_loads_nothing_heavy(verb: str) -> None:
    code = f"import sys, bilan.cli; bilan.cli.main(['{verb}', '--help']); print('LOADED', *sys.modules)"
    loaded = python("-c", code).stdout.partition("LOADED")[2].split()
    assert f"bilan.cli.{verb}" in loaded
    assert not HEAVY & set(loaded)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from bilan import __version__

    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"bilan {__version__}\n"


def test_verbs_are_typer_apps() -> None:
    from importlib import import_module

    assert all(isinstance(import_module(f"bilan.cli.{verb}").app, typer.Typer) for verb in cli.VERBS)
