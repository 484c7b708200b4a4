"""``bilan hj212 verify``: whether a store is as its gateway wrote it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli import FAILED, PARTLY_REFUSED
from bilan.cli.hj212_state import JSON, STORE, complain, print_json, show, table
from bilan.cli.progress import progress_bar
from bilan.errors import FileError, os_reason

if TYPE_CHECKING:
    from bilan.observe.hj212.store import Problem, Verified

_NOTED = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d\d))?=([0-9A-Fa-f]{64})")
_FORM = "应为 日期/编号=散列，如 2026-11-21/01=64 位十六进制数"
_WIDTH = 118  # columns of a line with a whole hash, so that it can be copied

_ALONE = (
    "散列链自己能显示末条以前的任何改动、删除、插入和换序。末尾被截去、最后几天或一个编号整个不见、改动以后把其后的散列全部重算，"
    "只有同别处抄存的散列比较才看得出来：用 --heads-out 抄存，用 --expect-file 比较。"
)


def verify(
    store: STORE,
    expect: Annotated[
        list[str] | None,
        typer.Option(
            "--expect",
            metavar="DAY/WRITER=HASH",
            help="别处抄存的末条散列，可写多次；只有一个写入编号时可只写 DAY=HASH；默认没有。",
            show_default=False,
        ),
    ] = None,
    expect_file: Annotated[
        Path | None,
        typer.Option(
            "--expect-file",
            metavar="FILE",
            readable=False,
            help="抄存的末条散列，每行一个，即 --heads-out 写出的文件；默认没有。",
            show_default=False,
        ),
    ] = None,
    heads_out: Annotated[
        Path | None,
        typer.Option(
            "--heads-out",
            metavar="FILE",
            readable=False,
            help="没有不符时，把已结束各日的末条散列写入文件，供抄存到别处；默认不写。",
            show_default=False,
        ),
    ] = None,
    as_json: JSON = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度；默认显示。", show_default=False)] = False,
) -> None:
    """核对证据库：原始数据包是否仍如当初写入 | is the store as it was written

    逐字节重算散列链，网关可以同时在写。退出码：0 没有不符；3 有不符，逐处列出；1 无法核对，或一条记录也没有。
    """
    from bilan.observe.hj212.store import StoreError
    from bilan.observe.hj212.store import verify as examined
    from bilan.observe.hj212.store.parts import FRAMES

    wanted = _expected(expect or (), expect_file)
    if not (store / FRAMES).is_dir():
        raise StoreError(f"{store}：不是证据库，没有 {FRAMES} 文件夹")
    with progress_bar(quiet=quiet) as progress:
        found = examined(
            store,
            wanted,
            (lambda done, total: progress("核对", done / total if total else 1.0)) if progress else None,
        )
    if as_json:
        print_json(_json(found, wanted))
    else:
        _show(found, wanted)
    if heads_out is not None:
        _note(found, heads_out)
    if not found.ok:
        complain(f"{store}：{len(found.problems) + found.unnamed} 处不符")
        raise typer.Exit(PARTLY_REFUSED)
    if not found.spans:
        complain(f"{store}：一条记录也没有")
        raise typer.Exit(FAILED)


# --- noted hashes ---


def _expected(written: Iterable[str], file: Path | None) -> dict[str, str]:
    """The noted hashes by ``DAY/WRITER``; what is written as an option must not contradict the file."""
    found: dict[str, str] = {}
    for place, line in _lines(file) if file else ():
        if (noted := _noted(line)) is None:
            raise FileError(f"{place}：{line[:80]!r}：{_FORM}")
        _agree(found, *noted, place)
    for text in written:
        if (noted := _noted(text)) is None:
            raise typer.BadParameter(f"{text!r}：{_FORM}", param_hint="--expect")
        _agree(found, *noted, "--expect")
    return found


def _noted(text: str) -> tuple[str, str] | None:
    parts = _NOTED.fullmatch(text)
    return parts and (f"{parts[1]}/{parts[2] or '01'}", parts[3].lower())


def _agree(found: dict[str, str], key: str, head: str, place: str) -> None:
    if found.setdefault(key, head) != head:
        raise FileError(f"{place}：{key} 前面已有另一个散列 {found[key]}")


def _lines(file: Path) -> list[tuple[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"{file}：无法读取：{os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{file}：第 {error.start} 字节不是 UTF-8 文字") from error
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(f"{file} 第 {number} 行", line) for number, line in lines if line and not line.startswith("#")]


def _note(found: Verified, file: Path) -> None:
    """Write the hashes that will not change any more; those of a store that does not fit are worth nothing."""
    from bilan.whole_file import replacing

    if not found.ok:
        complain(f"{file}：没有写出，存储有不符之处")
        return
    closed = [f"{span.key}={span.head}" for span in found.spans if span.closed]
    open_days = [f"# 还会增长：{span.key}={span.head}" for span in found.spans if not span.closed]
    with replacing(file) as unfinished:
        unfinished.write_text("".join(f"{line}\n" for line in (*closed, *open_days)), encoding="utf-8")
    print(f"{file}：{len(closed)} 个末条散列，请存到网关和它的管理员都改不到的地方", file=sys.stderr)


# --- what is shown ---


def _show(found: Verified, wanted: Mapping[str, str]) -> None:
    if found.spans:
        made = table(
            "日期/编号", "记录", "字节", "末条散列", "", whole=("日期/编号", "末条散列"), right=("记录", "字节")
        )
        for span in found.spans:
            made.add_row(span.key, f"{span.records:,}", f"{span.bytes:,}", span.head, "" if span.closed else "还会增长")
        show(made, least=_WIDTH)
    for problem in found.problems:
        print(f"不符：{problem}")
    if found.unnamed:
        print(f"不符：另有 {found.unnamed:,} 处，没有逐一列出")
    for problem in found.unfinished:
        print(f"未完：{problem.file}：第 {problem.offset} 字节起没有写完：正在写，或进程在此中断；不算不符")
    if found.torn:
        print(f"断尾：{len(found.torn)} 个，启动时不完整的末尾，移到了 {found.torn[0].parent}；有完整记录的列为不符")
    print(f"{found.records:,} 条记录，{'没有不符' if found.ok else f'{len(found.problems) + found.unnamed:,} 处不符'}")
    if found.ok:
        for line in _proven(found, wanted):
            print(line)
    print(_ALONE)


def _proven(found: Verified, wanted: Mapping[str, str]) -> Iterable[str]:
    """How far noted hashes vouch for each writer: one proves its day and all before it."""
    for writer in sorted({span.writer for span in found.spans}):
        days = [span.day for span in found.spans if span.writer == writer]
        proven = [span.day for span in found.spans if span.writer == writer and span.key in wanted]
        if proven:
            rest = "" if proven[-1] == days[-1] else "；此后的日子没有散列可比"
            yield f"编号 {writer:02}：从头到 {proven[-1]} 与抄存的散列相符{rest}"
        else:
            yield f"编号 {writer:02}：没有抄存的散列可比"


def _json(found: Verified, wanted: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ok": found.ok,
        "records": found.records,
        "days": [
            {
                "day": span.day,
                "writer": span.writer,
                "records": span.records,
                "bytes": span.bytes,
                "first": span.first,
                "last": span.last,
                "head": span.head,
                "closed": span.closed,
                "expected": wanted.get(span.key),
            }
            for span in found.spans
        ],
        "problems": [_problem(problem) for problem in found.problems],
        "unnamed": found.unnamed,
        "unfinished": [_problem(problem) for problem in found.unfinished],
        "torn": [str(path) for path in found.torn],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "file": str(problem.file),
        "offset": problem.offset,
        "expected": problem.expected,
        "found": problem.found,
    }
