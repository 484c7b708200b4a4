"""``bilan hj212 encode``: packets from options, or from lines of JSON as ``decode`` writes them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from bilan.cli import DONE, FAILED, PARTLY_REFUSED
from bilan.cli.hj212_options import KEY, KEY_FILE, one_key, shown
from bilan.cli.hj212_streams import pieces
from bilan.errors import BilanError

BEIJING = timezone(timedelta(hours=8))
STDOUT = Path("-")
EDITIONS = (2005, 2017, 2025)
_HEADER = 100  # bytes of a header with all its fields, and more
_LONGEST_LINE = 1 << 22  # bytes of JSON; the longest packet is 10,011


class LineError(BilanError):
    """A line of JSON cannot be made into a packet."""


@dataclass(slots=True)
class Fields:
    """The fields of a packet to write; None is "not said"."""

    version: int | None = None
    qn: str | None = None
    st: str | None = None
    cn: str | None = None
    pw: str | None = None
    mn: str | None = None
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    rf: bool | None = None
    enciphered: bool | None = None
    cp: str | None = None

    def over(self, under: Fields) -> Fields:
        """These fields, and those of ``under`` where these say nothing."""
        mine, theirs = ([getattr(one, name.name) for name in fields(Fields)] for one in (self, under))
        return Fields(*(theirs[at] if value is None else value for at, value in enumerate(mine)))


def _edition(version: int | None) -> int | None:
    if version not in (None, *EDITIONS):
        raise typer.BadParameter(f"{version}：应为 {'、'.join(map(str, EDITIONS))} 之一")
    return version


def encode(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.jsonl|-]", readable=False, help="decode 写出的 JSON，每行一包；- 是标准输入；默认只用选项。"
        ),
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(metavar="YEAR", callback=_edition, help="版本：2005、2017、2025；默认 2017。", show_default=False),
    ] = None,
    qn: Annotated[
        str | None, typer.Option("--qn", metavar="QN", help="请求编码，17 位；默认现在（北京时间），2005 年版没有。")
    ] = None,
    st: Annotated[str | None, typer.Option("--st", metavar="ST", help="系统编码；没有默认，必填。")] = None,
    cn: Annotated[str | None, typer.Option("--cn", metavar="CN", help="命令编码；没有默认，必填。")] = None,
    pw: Annotated[str | None, typer.Option("--pw", metavar="PW", help="访问密码；默认 123456。")] = None,
    mn: Annotated[str | None, typer.Option("--mn", metavar="MN", help="设备唯一标识；没有默认，必填。")] = None,
    flag: Annotated[
        int | None, typer.Option("--flag", min=0, max=255, metavar="N", help="Flag；默认按版本，要求应答。")
    ] = None,
    rf: Annotated[
        bool, typer.Option("--rf", help="写 RF=1（2025 年版的补传）；默认不写。", show_default=False)
    ] = False,
    cp: Annotated[str | None, typer.Option("--cp", metavar="TEXT", help="两个 && 之间的内容；默认空。")] = None,
    key: KEY = None,
    key_file: KEY_FILE = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", readable=False, help="结果文件；默认 -，标准输出。")
    ] = STDOUT,
) -> None:
    """编码：由选项或 JSON 写出数据包 | encode packets from options or JSON lines

    选项优先于 JSON。放不下一包的内容自动分包。退出码：0 完成；1 一包也没写成；3 有的行不能编码，其余已写。
    """
    said = Fields(version, qn, st, cn, pw, mn, flag, rf=rf or None, cp=cp)
    secret = one_key(key, key_file)
    if file is None:
        missing = [f"--{name}" for name in ("st", "cn", "mn") if getattr(said, name) is None]
        if missing:
            raise typer.BadParameter(f"没有 JSON 输入时要写 {'、'.join(missing)}")
        with opened_output(output) as target:
            target.write(b"".join(packets(said, secret)))
            target.flush()
        return
    with opened_output(output) as target:
        code = _encode_lines(file, said, secret, target)
        if code == FAILED:
            raise typer.Exit(code)  # in here, so that no empty file is left
    raise typer.Exit(code)


def _encode_lines(file: Path, said: Fields, key: bytes | None, target: IO[bytes]) -> int:
    done = refused = 0
    for number, line in _lines(file):
        try:
            found = _parsed(line)
            if found is not None:
                target.write(b"".join(packets(said.over(found), key)))
                done += 1
        except BilanError as error:
            refused += 1
            print(f"bilan: {shown(file)} 第 {number} 行：{' '.join(str(error).split())}", file=sys.stderr)
    target.flush()
    if not done:
        if not refused:
            print(f"bilan: {shown(file)}：没有一行 JSON", file=sys.stderr)
        return FAILED
    return PARTLY_REFUSED if refused else DONE


def packets(said: Fields, key: bytes | None) -> list[bytes]:
    """The frames of a packet, several where its content is too long for one; EncodeError, LineError.

    >>> packets(Fields(2025, "20240601085857223", "32", "1011", "123456", "900016F0010000A800169DC0"), None)[0][-10:]
    b'&&&&2200\\r\\n'
    """
    from bilan.observe.hj212 import EncodeError, encode, encode_parts, flag_of

    version = said.version or 2017
    missing = [name for name in ("st", "cn", "mn") if getattr(said, name) is None]
    if missing:
        raise LineError(f"没有 {'、'.join(missing)}")
    if said.enciphered and key is None:
        raise LineError("原来的包是密文，要用 --key 或 --key-file 给出密钥")
    flag, qn = said.flag, said.qn
    if flag is None and version > 2005:
        flag = flag_of(version, answer=True, parts=said.pnum is not None)
    if qn is None and version > 2005:
        qn = _now()
    names: dict[str, Any] = {"cn": said.cn, "mn": said.mn, "st": said.st, "pw": said.pw or "123456"}
    names |= {"rf": bool(said.rf), "key": None if said.enciphered is False else key}
    content = said.cp or ""
    try:
        if said.pnum is not None or not _too_long(content, version):
            return [encode(content, qn=qn, flag=flag, pnum=said.pnum, pno=said.pno, **names)]
    except EncodeError:
        if said.pnum is not None or not _too_long(content, version, _HEADER):
            raise
    return encode_parts(content, version=version, qn=_moment(qn), answer=bool((flag or 0) & 1), **names)


def _too_long(content: str, version: int, header: int = 0) -> bool:
    """Whether ``content`` is longer than the edition lets a CP be, or with ``header`` bytes than a segment."""
    from bilan.policy.hj212 import header_fields

    return len(content.encode(errors="replace")) + header > header_fields(version)["CP"].width


def _now() -> str:
    from bilan.observe.hj212 import qn_of

    return qn_of(datetime.now(BEIJING))


def _moment(qn: str | None) -> datetime:
    try:
        return datetime.strptime(qn or _now(), "%Y%m%d%H%M%S%f")
    except ValueError:
        raise LineError(f"QN 应为 17 位的时间，是 {qn!r}：分包时各包的 QN 由它推算") from None


_KINDS: dict[str, type] = {
    **dict.fromkeys(("qn", "st", "cn", "pw", "mn", "cp"), str),
    **dict.fromkeys(("version", "flag", "pnum", "pno"), int),
    **dict.fromkeys(("rf", "enciphered"), bool),
}
_NAMES = {str: "文字", int: "整数", bool: "true 或 false"}


def _parsed(line: bytes) -> Fields | None:
    """The fields in a line of JSON; None for the line of a joined message, whose parts have lines of their own."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"不是 JSON：{error}") from None
    if not isinstance(found, dict):
        raise LineError("应为 JSON 对象 {…}")
    if found.get("joined") is True:
        return None
    if found.get("ok") is False:
        raise LineError("解码时有错误（ok 为 false）的包不能再编码")
    for name, kind in _KINDS.items():
        value = found.get(name)
        if value is not None and type(value) is not kind:
            raise LineError(f"{name} 应为{_NAMES[kind]}，是 {json.dumps(value, ensure_ascii=False)[:40]}")
    if found.get("version") not in (None, *EDITIONS):
        raise LineError(f"version 应为 {'、'.join(map(str, EDITIONS))} 之一，是 {found['version']}")
    if found.get("cp") is None and isinstance(found.get("data"), dict):
        found["cp"] = content_of(found["data"])
    return Fields(**{name: found.get(name) for name in _KINDS})


def content_of(data: dict[str, Any]) -> str:
    """The CP that says ``data``, one group per factor.

    >>> content_of({"DataTime": "20240520210600", "a21026": {"Rtd": "1.5", "Flag": "N"}})
    'DataTime=20240520210600;a21026-Rtd=1.5,a21026-Flag=N'
    """
    groups = []
    for name, value in data.items():
        inner = value if isinstance(value, dict) else {"": value}
        if not all(isinstance(text, str) for text in inner.values()):
            raise LineError(f"data 里 {name} 的值应为文字")
        groups.append(
            ",".join(f"{name}-{suffix}={text}" if suffix else f"{name}={text}" for suffix, text in inner.items())
        )
    return ";".join(groups)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers."""
    number, held = 0, b""
    for piece in pieces(file):
        *whole, held = (held + piece).split(b"\n")
        for line in whole:
            number += 1
            if line.strip():
                yield number, line
        if len(held) > _LONGEST_LINE:
            raise LineError(f"{shown(file)} 第 {number + 1} 行：超过 {_LONGEST_LINE} 字节，不是一个数据包的 JSON")
    if held.strip():
        yield number + 1, held


@contextmanager
def opened_output(output: Path) -> Iterator[IO[bytes]]:
    """Where the packets go: stdout, or a file that is there only when all of it is written."""
    if output == STDOUT:
        yield sys.stdout.buffer
        return
    from bilan.whole_file import replacing

    with replacing(output) as unfinished, unfinished.open("wb") as target:
        yield target
