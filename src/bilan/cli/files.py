"""Reading and writing compiled plans for every verb: JSON, the workbook, stdout."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bilan.errors import FileError, os_reason

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan

STDOUT = Path("-")
OUTPUT_HELP = "结果文件：.json 是完整结果，.xlsx 是可校正的工作簿，- 把 JSON 写到标准输出"
FORMS = (".json", ".xlsx")
_LEAST, _MOST = 1e-15, 1e15  # of a number in a plan, whatever its sign


def check_output(output: Path, *inputs: Path, forms: tuple[str, ...] = FORMS) -> None:
    """Raise before any work when nothing can be written to ``output``.

    A usage error where it has none of the ``forms`` or is one of the ``inputs``, FileError where its folder refuses.
    """
    if output == STDOUT and ".json" in forms:
        return
    if output.is_dir():
        raise FileError(f"{output}：是文件夹，请写出文件名，如 {output / f'计划{forms[-1]}'}")
    if output.suffix.lower() not in forms:
        stdout = "，或写 - 表示标准输出" if ".json" in forms else ""
        raise typer.BadParameter(f"{output}：文件名应以 {' 或 '.join(forms)} 结尾{stdout}", param_hint="-o")
    if output.resolve() in (path.resolve() for path in inputs):
        raise typer.BadParameter(f"{output} 就是输入文件，请另起一个名字", param_hint="-o")
    if not output.parent.is_dir():
        raise FileError(f"{output.parent}：没有这个文件夹")
    if not os.access(output.parent, os.W_OK):
        raise FileError(f"{output}：无法写入：文件夹 {output.parent} 没有写入权限")


def plan_json(plan: CompiledPlan) -> bytes:
    """The plan as UTF-8 JSON, two spaces deep, ending in a newline."""
    return (plan.model_dump_json(indent=2) + "\n").encode()


def read_plan(path: Path) -> CompiledPlan:
    """The compiled plan in the JSON file ``path``; :class:`FileError` names the first field that does not fit."""
    from pydantic import ValidationError

    from bilan.plan.model import CompiledPlan

    try:
        plan = CompiledPlan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "JSON"
        raise FileError(f"{path}：不是 bilan compile 写出的计划：{place}：{first['msg']}") from error
    _check_numbers(plan, path)
    return plan


def _check_numbers(plan: CompiledPlan, path: Path) -> None:
    """Raise where a target has a number that is none, or that no plan can mean: nothing can be reckoned with it."""
    for place, target in enumerate(plan.targets):
        for name in ("value", "value_max", "baseline_value"):
            number = getattr(target, name)
            if number is not None and number != 0 and not _LEAST <= abs(number) < _MOST:
                raise FileError(f"{path}：targets.{place}.{name}：{number} 不是计划里会有的数")


def write_plan(plan: CompiledPlan, output: Path) -> None:
    """Write ``plan`` in the form that the name of ``output`` asks for, see :func:`check_output`."""
    if output == STDOUT:
        sys.stdout.buffer.write(plan_json(plan))
        sys.stdout.buffer.flush()
        return
    if output.suffix.lower() == ".xlsx":
        from bilan.plan.workbook.write import write_workbook

        write_workbook(plan, output)
        return
    from bilan.whole_file import replacing

    with replacing(output) as unfinished:
        unfinished.write_bytes(plan_json(plan))
