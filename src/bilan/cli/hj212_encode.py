"""``bilan hj212 encode``: packets from options, or from lines of JSON as ``decode`` writes them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Annotated

import typer

from bilan.cli import DONE, FAILED, PARTLY_REFUSED
from bilan.cli.hj212_encode_fields import Fields, LineError, parsed
from bilan.cli.hj212_options import KEY, KEY_FILE, known_edition, one_key, shown
from bilan.cli.hj212_streams import pieces
from bilan.errors import BilanError

BEIJING = timezone(timedelta(hours=8))
STDOUT = Path("-")
_PASSWORD = "123456"  # where none is said
_HEADER = 100  # bytes of a header with all its fields, and more
_LONGEST_LINE = 1 << 22  # bytes of JSON; the longest packet is 10,011


def encode(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.jsonl|-]", readable=False, help="decode 写出的 JSON，每行一包；- 是标准输入；默认只用选项。"
        ),
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(
            metavar="YEAR", callback=known_edition, help="版本：2005、2017、2025；默认 2017。", show_default=False
        ),
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
    unchecked: Annotated[
        bool,
        typer.Option("--unchecked", help="包头不合所写的版本也照写；默认不写这样的包。", show_default=False),
    ] = False,
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
    secret, asked = one_key(key, key_file), bool(key or key_file)
    edition = Fields().over(said).version if version is None else version
    if asked and (edition or (2017 if file is None else 2025)) != 2025:
        raise typer.BadParameter(f"{edition or 2017} 年版没有加密，用 --version 2025", param_hint="--key")
    if file is None:
        missing = [f"--{name}" for name in ("st", "cn", "mn") if getattr(said, name) is None]
        if missing:
            raise typer.BadParameter(f"没有 JSON 输入时要写 {'、'.join(missing)}")
        with opened_output(output) as target:
            target.write(b"".join(packets(said, secret, checked=not unchecked)))
            target.flush()
        return
    with opened_output(output) as target:
        code = _encode_lines(file, said, secret, target, asked=asked, checked=not unchecked)
        if code == FAILED:
            raise typer.Exit(code)  # in here, so that no empty file is left
    raise typer.Exit(code)


def _encode_lines(file: Path, said: Fields, key: bytes | None, target: IO[bytes], *, asked: bool, checked: bool) -> int:
    done = refused = 0
    for number, line in _lines(file):
        try:
            found = parsed(line)
            if found is not None:
                target.write(b"".join(packets(said.over(found), key, asked=asked, checked=checked)))
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


def packets(said: Fields, key: bytes | None, *, asked: bool = False, checked: bool = True) -> list[bytes]:
    """The frames of a packet, several where its content is too long for one; EncodeError, LineError.

    ``asked`` says that the key was given for these packets, and not found in the environment. ``checked`` refuses a
    header that is not as its edition has it.

    >>> packets(Fields(2025, "20240601085857223", "32", "1011", "123456", "900016F0010000A800169DC0"), None)[0][-10:]
    b'&&&&2200\\r\\n'
    """
    from bilan.observe.hj212.encoding import EncodeError, check_header, encode_fields, encode_parts

    version = said.version or 2017
    missing = [name for name in ("st", "cn", "mn") if getattr(said, name) is None]
    if missing:
        raise LineError(f"没有 {'、'.join(missing)}")
    key = _key_for(said, version, key, asked=asked)
    _fill(said, version)
    header = said.written(version)
    if checked:
        check_header(header, version)
    content = said.cp or ""
    try:
        if "PNUM" in header or not _too_long(content, version):
            return [encode_fields(header, content, key=key)]
    except EncodeError:
        if "PNUM" in header or not _too_long(content, version, _HEADER):
            raise
    return encode_parts(
        content,
        version=version,
        qn=_moment(said.qn),
        cn=header["CN"],
        mn=header["MN"],
        st=header["ST"],
        pw=said.pw or _PASSWORD,
        answer=bool((said.flag or 0) & 1),
        rf=bool(said.rf),
        key=key,
    )


def _key_for(said: Fields, version: int, key: bytes | None, *, asked: bool) -> bytes | None:
    """The key for a packet: only those of 2025 are enciphered."""
    if version != 2025:
        if said.enciphered or (asked and said.enciphered is None):
            raise LineError(f"{version} 年版没有加密")
        return None
    if said.enciphered and key is None:
        raise LineError("原来的包是密文，要用 --key 或 --key-file 给出密钥")
    return None if said.enciphered is False else key


def _fill(said: Fields, version: int) -> None:
    """Put what is usual where nothing is said, not even that the packet had none."""
    from bilan.observe.hj212 import flag_of

    if said.pw is None and "pw" not in said.absent:
        said.pw = _PASSWORD
    if version == 2005:
        return
    if said.flag is None and "flag" not in said.absent:
        said.flag = flag_of(version, answer=True, parts=said.pnum is not None)
    if said.qn is None and "qn" not in said.absent:
        said.qn = _now()


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
