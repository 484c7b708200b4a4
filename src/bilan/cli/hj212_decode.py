"""``bilan hj212 decode``: one JSON line for every packet of a stream."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilan.cli import DONE, hush_stdout
from bilan.cli.hj212_options import FILES, KEY, KEY_FILE, shown, sm4_keys
from bilan.cli.hj212_streams import Enough, Stream, read_streams

if TYPE_CHECKING:
    from bilan.observe.hj212 import Frame, Joined, Joiner


def decode(
    files: FILES,
    key: KEY = None,
    key_file: KEY_FILE = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="写法、包头、编码表凡不合标准的都算错误。默认尽量读懂。", show_default=False),
    ] = False,
    join: Annotated[
        bool, typer.Option("--join", help="分包的数据收齐后另写一行合并的；默认不写。", show_default=False)
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help="读到第 N 个数据包为止；默认全部。", show_default=False),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="读完在标准错误上写各类错误和宽容的次数；默认不写。", show_default=False)
    ] = False,
) -> None:
    """解码：每个“##”写一行 JSON | decode packets, one JSON line each

    坏包也写一行，errors 说明原因。退出码：0 读完；1 没有一个数据包；3 有的文件没能读完。
    """
    from bilan.observe.hj212 import Joiner

    writer = _Writer(sm4_keys(key, key_file), strict, Joiner() if join else None, limit, named=len(files) > 1)
    try:
        code = read_streams(files, writer.take)
        writer.finish()
    except BrokenPipeError:  # the reader, say `head`, has seen enough, or there never was one
        if not writer.wrote:
            raise
        hush_stdout()
        code = DONE
    if summary:
        writer.summarise()
    raise typer.Exit(code)


_LINES = 64  # that are written at once


class _Writer:
    """Writes packets to stdout as they come, and counts what is wrong about them."""

    def __init__(
        self, keys: list[bytes], strict: bool, joiner: Joiner | None, limit: int | None, *, named: bool
    ) -> None:
        self._keys, self._strict, self._joiner, self._limit, self._named = keys, strict, joiner, limit, named
        self._packets = self._sound = 0
        self.wrote = False
        self._streams: dict[int, Stream] = {}
        self._errors: Counter[str] = Counter()
        self._liberties: Counter[str] = Counter()

    def take(self, stream: Stream, frames: list[Frame]) -> None:
        """Write a line for every frame; Enough when there have been as many as were asked for."""
        from bilan.observe.hj212 import examine

        self._streams[id(stream)] = stream
        lines = []
        for frame in frames:
            packet = examine(frame, strict=self._strict, keys=self._keys)
            self._packets += 1
            self._sound += packet.ok
            self._errors.update(problem.code for problem in packet.errors)
            self._liberties.update(problem.code for problem in packet.warnings)
            place = {"file": shown(stream.path)} if self._named else {}
            lines.append(json_line({**place, "offset": frame.offset, **packet.to_json()}))
            if self._joiner is not None and packet.ok and (packet.pnum or 1) > 1:
                joined = self._joiner.add(packet)
                if joined is not None:
                    lines.append(json_line(_joined(joined)))
            if self._packets == self._limit:
                break
            if len(lines) >= _LINES:
                self._write(lines)
                lines = []
        if lines:
            self._write(lines)
        if self._packets == self._limit:
            raise Enough

    def finish(self) -> None:
        """Write the split packets of which parts are missing."""
        if self._joiner is not None:
            for joined in self._joiner.finish():
                self._write([json_line(_joined(joined))])

    def _write(self, lines: list[bytes]) -> None:
        sys.stdout.buffer.write(b"".join(lines))
        sys.stdout.buffer.flush()
        self.wrote = True

    def summarise(self) -> None:
        """Say on stderr what was read."""
        skipped = sum(stream.skipped for stream in self._streams.values())
        bad = self._packets - self._sound
        print(f"数据包 {self._packets}，正确 {self._sound}，有错误 {bad}；包外 {skipped} 字节", file=sys.stderr)
        for name, counts in (("错误", self._errors), ("宽容", self._liberties)):
            for code, count in counts.most_common():
                print(f"  {name} {code} {count}", file=sys.stderr)
        if self._joiner is not None and self._joiner.given_up:
            print(f"  未收齐而放弃的分包数据 {self._joiner.given_up}", file=sys.stderr)


def _joined(joined: Joined) -> dict[str, Any]:
    """A message of several packets: what it says, and which of its packets did not come."""
    return {
        "joined": True,
        "mn": joined.key.mn,
        "cn": joined.key.cn,
        "pnum": joined.key.pnum,
        "qns": {number: packet.qn for number, packet in sorted(joined.parts.items())},
        "missing": joined.missing,
        "ok": not joined.missing,
        "cp": joined.cp,
        "data": joined.data,
    }


def json_line(value: dict[str, Any]) -> bytes:
    r"""``value`` as a line of JSON in UTF-8; half a surrogate pair, which UTF-8 cannot say, as ``\udXXX``.

    >>> json_line({"cp": "日志\ud83d"}).decode()
    '{"cp": "日志\\ud83d"}\n'
    """
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", errors="backslashreplace")
