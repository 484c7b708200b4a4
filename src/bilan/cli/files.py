"""Reading and writing compiled plans for every verb: JSON, the workbook, stdout; a file is whole or not there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from bilan.errors import BilanError

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan

STDOUT = Path("-")
OUTPUT_HELP = "结果文件：.json 是完整结果，.xlsx 是可校正的工作簿，- 把 JSON 写到标准输出"


class FileError(BilanError):
    """A file cannot be read as a compiled plan or written."""


def check_output(output: Path, *inputs: Path) -> None:
    """Raise a usage error before any work when ``output`` has no known form or is one of the ``inputs``."""
    if output == STDOUT:
        return
    if output.suffix.lower() not in (".json", ".xlsx"):
        problem = f"{output}: expected a name ending in .json or .xlsx, or - for stdout"
        raise typer.BadParameter(problem, param_hint="-o")
    if output.resolve() in (path.resolve() for path in inputs):
        raise typer.BadParameter(f"{output} is the input; choose another name", param_hint="-o")


def plan_json(plan: CompiledPlan) -> bytes:
    """The plan as UTF-8 JSON, two spaces deep, ending in a newline."""
    return (plan.model_dump_json(indent=2) + "\n").encode()


def read_plan(path: Path) -> CompiledPlan:
    """The compiled plan in the JSON file ``path``; :class:`FileError` names the first field that does not fit."""
    from pydantic import ValidationError

    from bilan.plan.model import CompiledPlan

    try:
        return CompiledPlan.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "JSON"
        raise FileError(f"{path}：不是 bilan compile 写出的计划：{place}：{first['msg']}") from error


def write_plan(plan: CompiledPlan, output: Path) -> None:
    """Write ``plan`` in the form that the name of ``output`` asks for, see :func:`check_output`."""
    if output == STDOUT:
        sys.stdout.buffer.write(plan_json(plan))
        return
    with replacing(output) as unfinished:
        if output.suffix.lower() == ".xlsx":
            from bilan.plan.workbook import write_workbook

            write_workbook(plan, unfinished)
        else:
            unfinished.write_bytes(plan_json(plan))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; when the block ends well its file takes the place of ``path`` in one step.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "a.txt")
    ...     with replacing(target) as unfinished:
    ...         _ = unfinished.write_text("whole")
    ...     target.read_text()
    'whole'
    """
    path = path.resolve()  # write through a symbolic link, do not replace it
    if not path.parent.is_dir():
        raise FileError(f"{path.parent}：没有这个文件夹")
    with TemporaryDirectory(prefix=".bilan-", dir=path.parent) as folder:
        unfinished = Path(folder, path.name)
        yield unfinished
        unfinished.replace(path)
