"""The ``bilan`` command: one file per verb, imported when the verb is called.

Exit codes: 0 done; 1 the input or the machine refused, one line on stderr; 2 wrong usage; 3 done, but a part was
refused or could not be read and is listed on stderr; 70 a defect, its traceback only with ``BILAN_DEBUG=1``; 130
interrupted.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from bilan import __version__
from bilan.errors import BilanError, os_reason

DONE, FAILED, PARTLY_REFUSED, DEFECT = 0, 1, 3, 70

# Looking for plug-ins of the model library reads the metadata of every installed package, at each start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# Nearly all that one command makes lives until it ends: looking for garbage at every 700 objects costs a tenth of its
# time.
_YOUNG_OBJECTS = 100_000

_EXTRAS = (
    dict.fromkeys(("deltalake", "duckdb", "ibis", "numpy", "pandas", "pyarrow"), "lake")
    | {
        "prometheus_client": "gateway",
        "altair": "charts",
        "vl_convert": "charts",
    }
    | dict.fromkeys(
        ("axes", "csp", "dj_database_url", "django", "django_htmx", "gunicorn", "huey", "psycopg", "whitenoise"),
        "portal",
    )
)

VERBS = {
    "compile": "把行动计划编成五张清单 | compile a plan into its five lists",
    "plan": "比较、校正编好的计划 | compare and correct compiled plans",
    "workbook": "由计划 JSON 生成工作簿 | make the workbook of a compiled plan",
    "ingest": "把监测数据收入数据湖 | take monitoring data into the lake",
    "lake": "查历史、整理数据湖 | history and upkeep of the lake",
    "gateway": "接收现场机的 HJ 212 数据 | listen to devices over HJ 212",
    "quality": "列出湖中存疑的数据，不改动 | list doubtful observations",
    "hj212": "HJ 212 数据包：解码、检查、模拟、装载、核验 | packets of HJ 212",
    "evaluate": "按国家标准计算空气和水的数值 | official figures of air and water",
    "board": "看板：每项目标达到了没有，还有多少余量，归谁管 | how every target stands",
    "serve": "打开门户网站 | start the portal, the web site of the plan",
    "worker": "只做门户的后台任务 | run the portal's jobs only",
    "audit": "核对门户的操作日志 | verify the portal's audit log",
    "demo": "示例：编译计划，模拟一座城市，出看板 | the sample plan and city, up to the board",
    "schema": "输出计划、看板 JSON 的模式 | print the schema of plan or board JSON",
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

    >>> sorted(command().commands)[:4]
    ['audit', 'board', 'compile', 'demo']
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
    help="碧蓝：把生态环境行动计划编成五张清单，把监测数据算成官方数值，处处有依据。",
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
    """The exit code of ``bilan ARGUMENTS``; what goes wrong is one line on stderr, never a traceback."""
    _open_streams()
    gc.set_threshold(_YOUNG_OBJECTS)
    try:
        return _run(arguments)
    except BrokenPipeError:  # the reader, say `head`, has seen enough, or there never was one
        hush_stdout()
        return FAILED
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> int:
    """Say what went wrong, in one line, and return the exit code for it."""
    match error:
        case BilanError():
            return _fail(str(error))
        case UnicodeEncodeError():
            return _fail_to_name(error)
        case OSError():
            return _fail(f"{error.filename or '输入输出'}：{os_reason(error)}")
        case ModuleNotFoundError() if extra := _EXTRAS.get((error.name or "").partition(".")[0]):
            return _fail(f"这个命令需要附加件 {extra}：pip install 'bilan[{extra}]'（缺 {error.name}）")
    return _fail_by_defect(error)


class _NoReader(io.RawIOBase):
    """What stands in for a stdout that was closed before the program began."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise BrokenPipeError


def _open_streams() -> None:
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_NoReader()), encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese shows "?" and goes on


def hush_stdout() -> None:
    """Keep the flush at exit quiet, too."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # a stand-in has no file number
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115


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


def _fail_to_name(error: UnicodeEncodeError) -> int:
    """Name the cause also in English: where this happens the console shows no Chinese."""
    if error.encoding != sys.getfilesystemencoding():
        return _fail_by_defect(error)
    return _fail(
        f"file names here are {error.encoding} and cannot hold {error.object!a}; set LC_ALL=C.UTF-8 or "
        "PYTHONUTF8=1（文件名无法用本机的编码表示）"
    )


def _fail_by_defect(error: Exception) -> int:
    if os.environ.get("BILAN_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    _fail(f"内部错误 {type(error).__name__}：{error}（设 BILAN_DEBUG=1 可看详情）")
    return DEFECT
