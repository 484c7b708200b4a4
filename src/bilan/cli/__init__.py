"""The ``bilan`` command: one file per verb, imported when the verb is called.

Exit codes: 0 done; 1 the input or the machine refused, one line on stderr; 2 wrong usage; 3 done, but a part was
refused and is listed on stderr; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from bilan import __version__
from bilan.errors import BilanError

DONE, FAILED, PARTLY_REFUSED = 0, 1, 3

VERBS = {
    "compile": "把行动计划编成五张清单 | compile a plan into its five lists",
    "plan": "比较、校正编好的计划 | compare and correct compiled plans",
    "demo": "编译随附的示例计划 | compile the sample plan",
    "schema": "输出计划 JSON 的模式 | print the schema of plan JSON",
}


class Verb(TyperCommand):
    """A name and a line of help; ``bilan.cli.<name>`` is imported when its arguments are parsed."""

    def __init__(self, name: str, summary: str) -> None:
        super().__init__(name, callback=None, help=summary)
        self.summary = summary

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:
        command = typer.main.get_command(import_module(f"bilan.cli.{self.name}").app)
        command.help = self.summary
        return command.make_context(info_name, args, *rest, **extra)


def command() -> TyperGroup:
    """The whole command; verbs are stand-ins until one is called.

    >>> sorted(command().commands)
    ['compile', 'demo', 'plan', 'schema']
    """
    group = typer.main.get_group(root)
    for name, summary in VERBS.items():
        group.add_command(Verb(name, summary))
    return group


def new_app(**settings: Any) -> typer.Typer:
    """An empty command in the style of the house: plain help, which loads in half the time and cuts no Chinese line."""
    names = {"help_option_names": ["-h", "--help"]}
    return typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=names, **settings)


root = new_app(
    name="bilan",
    help="碧蓝：把生态环境行动计划编成目标、任务、措施、项目、责任五张清单，处处指向原文。",
    no_args_is_help=True,
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"bilan {__version__}")
        raise typer.Exit


@root.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="输出版本号后退出；默认不输出。")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of ``bilan ARGUMENTS``; what a person can mend is one line on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese shows "?" and goes on
    try:
        return _run(arguments)
    except BrokenPipeError:  # the reader, say `head`, has seen enough; keep the flush at exit quiet, too
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except BilanError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _run(arguments: Sequence[str] | None) -> int:
    """Typer prints usage errors itself and leaves by SystemExit; its code is returned once stdout is out."""
    try:
        command().main(args=arguments, prog_name="bilan")
    except SystemExit as leave:
        sys.stdout.flush()
        return leave.code if isinstance(leave.code, int) else DONE
    return DONE


def _fail(message: str) -> int:
    print("bilan:", " ".join(message.split()), file=sys.stderr)
    return FAILED
