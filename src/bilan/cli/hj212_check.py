"""``bilan hj212 check``: what is wrong with a stream of packets, for whoever mends the device."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bilan.cli import DONE, PARTLY_REFUSED
from bilan.cli.hj212_options import FILES, KEY, KEY_FILE, known_edition, shown, sm4_keys
from bilan.cli.hj212_streams import Stream, read_streams

if TYPE_CHECKING:
    from bilan.observe.hj212 import Frame
    from bilan.observe.hj212.check import Case, Checker, CommandReport, OutletReport


def check(
    files: FILES,
    edition: Annotated[
        int | None,
        typer.Option(
            metavar="YEAR",
            callback=known_edition,
            help="按哪一版检查：2005、2017、2025；默认按各包的 Flag。",
            show_default=False,
        ),
    ] = None,
    key: KEY = None,
    key_file: KEY_FILE = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON，供程序读取；默认输出文字。", show_default=False)
    ] = False,
) -> None:
    """检查：按排口和命令列出该改什么 | a report a vendor can act on

    退出码：0 没有问题；1 没有一个数据包；3 有问题，或有的文件没能读完。
    """
    from bilan.observe.hj212 import examine
    from bilan.observe.hj212.check import Checker

    keys = sm4_keys(key, key_file)
    checker = Checker(edition)
    several = len(files) > 1
    skipped: dict[int, tuple[str, int]] = {}

    def take(stream: Stream, frames: list[Frame]) -> None:
        name = shown(stream.path) if several else ""
        for frame in frames:
            checker.add(examine(frame, keys=keys), frame.offset, name)
        skipped[id(stream)] = shown(stream.path), stream.skipped

    code = read_streams(files, take)
    outside = sum(count for _, count in skipped.values())
    if checker.frames:
        if as_json:
            text = json.dumps({**checker.to_json(), "outside": outside}, ensure_ascii=False, indent=2) + "\n"
        else:
            text = "\n".join(_report(checker, outside)) + "\n"
        sys.stdout.buffer.write(text.encode("utf-8", errors="backslashreplace"))
        sys.stdout.buffer.flush()
    if code == DONE and not (checker.clean() and not outside):
        code = PARTLY_REFUSED
    raise typer.Exit(code)


def _report(checker: Checker, outside: int) -> Iterator[str]:
    against = f"按 {checker.edition} 年版检查" if checker.edition else "按各包 Flag 所示的版本检查"
    damaged = f"损坏 {checker.damaged:,}（{checker.damaged / checker.frames:.3%}）" if checker.damaged else "没有损坏的"
    yield f"数据包 {checker.frames:,}，{damaged}；包外 {outside:,} 字节；{against}"
    yield from _totals(checker)
    for outlet in checker.outlets():
        yield ""
        yield from _outlet(outlet)
    if checker.clean():
        yield "没有发现问题。"


def _totals(checker: Checker) -> Iterator[str]:
    """Each kind of finding once, the gravest first."""
    from bilan.observe.hj212.check.rules import SEVERITIES, rule

    totals: dict[tuple[str, str], tuple[int, set[str]]] = {}
    for outlet in checker.outlets():
        for command in outlet.commands.values():
            for case in command.cases.values():
                count, outlets = totals.setdefault((case.severity, case.finding.code), (0, set()))
                outlets.add(outlet.mn)
                totals[case.severity, case.finding.code] = count + case.count, outlets
    for severity, name in SEVERITIES.items():
        for (grave, code), (count, outlets) in sorted(totals.items(), key=lambda item: -item[1][0]):
            if grave == severity:
                meant = rule(code)
                yield f"  {name} {meant.title}：{count:,} 次，{len(outlets)} 个排口"
                if meant.says:
                    yield f"       标准：{meant.says}{f'（{meant.clause}）' if meant.clause else ''}"


def _outlet(outlet: OutletReport) -> Iterator[str]:
    versions = "、".join(f"{version or '未知'} 年版" for version in outlet.versions) or "版本未知"
    damaged = f"，损坏 {outlet.damaged:,}" if outlet.damaged else ""
    yield f"{_printable(outlet.mn) or '（读不出可信的 MN）'}  {versions}  {outlet.frames:,} 包{damaged}"
    for _, command in sorted(outlet.commands.items()):
        yield from _command(command)


def _command(command: CommandReport) -> Iterator[str]:
    told = command.to_json()
    name = f"{_printable(command.cn)} {told['name']}" if told["name"] else _printable(command.cn) or "（命令不明）"
    damaged = f"，损坏 {command.damaged:,}" if command.damaged else ""
    times = f"  {told['first']} 至 {told['last']}" if told["first"] else ""
    interval = f"，通常每 {told['interval']} s" if told["interval"] else ""
    yield f"  {name}  {command.frames:,} 包{damaged}{times}{interval}"
    for case in command.sorted_cases():
        yield from _case(case)


def _case(case: Case) -> Iterator[str]:
    from bilan.observe.hj212.check.rules import SEVERITIES, rule

    found, meant = case.finding, rule(case.finding.code)
    what = f"（{_printable(found.what)}）" if found.what else ""
    yield f"    {SEVERITIES[case.severity]} {meant.title}{what}：{case.count:,} 次"
    file = f"{case.file} " if case.file else ""
    qn = f" QN={_printable(case.qn)}" if case.qn else ""
    place = "" if case.offset is None else f"第 {case.offset:,} 字节"
    yield f"      例 {file}{place}{qn}：{_printable(found.message)}"
    sides = [
        f"{name} {_printable(text)}"
        for name, text in (("应为", found.expected), ("实为", found.found))
        if text is not None
    ]
    if sides:
        yield f"      {'；'.join(sides)}"


def _printable(text: str | None) -> str:
    """``text`` without anything that would move the cursor or fill the screen."""
    shortened = text if text is None or len(text) <= 120 else text[:120] + "…"
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in shortened or "")
