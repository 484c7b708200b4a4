"""Options that the commands of ``bilan hj212`` share, and the SM4 keys they name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bilan.errors import FileError, os_reason

KEY_VARIABLE = "BILAN_SM4_KEY"
STDIN = Path("-")

FILES = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…|-",
        readable=False,
        help="原始数据流或每行一包的文件，可为 gzip；- 是标准输入。",
        show_default=False,
    ),
]
KEY = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="SM4 密钥，16 个字符或 32 位十六进制数，可写多次；命令行别人看得见，"
        f"宜用 --key-file 或环境变量 {KEY_VARIABLE}；默认取环境变量。",
        show_default=False,
    ),
]
KEY_FILE = Annotated[
    Path | None,
    typer.Option(
        "--key-file", metavar="FILE", readable=False, help="每行一把 SM4 密钥的文件；默认没有。", show_default=False
    ),
]


def known_edition(year: int | None) -> int | None:
    """The year of an edition as it was written; a usage error where there is no such edition."""
    from bilan.policy.hj212 import editions

    if year is not None and year not in editions():
        raise typer.BadParameter(f"{year}：应为 {'、'.join(map(str, editions()))} 之一")
    return year


def shown(path: Path) -> str:
    """The name of an input as people read it.

    >>> shown(Path("-")), shown(Path("a.h212"))
    ('标准输入', 'a.h212')
    """
    return "标准输入" if path == STDIN else str(path)


def sm4_keys(written: Sequence[str] | None, file: Path | None) -> list[bytes]:
    """The keys of the options, or that of the environment where there are none.

    A usage error names the place of a key that is none, and never the key.
    """
    from bilan.observe.hj212.sm4 import key_bytes

    places = [("--key", text) for text in written or ()]
    if file is not None:
        places += [(f"{file} 第 {number} 行", line) for number, line in _lines(file)]
    if not places and KEY_VARIABLE in os.environ:
        places = [(KEY_VARIABLE, os.environ[KEY_VARIABLE])]
    found = []
    for place, text in places:
        try:
            found.append(key_bytes(text))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=place) from None
    return found


def one_key(written: Sequence[str] | None, file: Path | None) -> bytes | None:
    """The only key, or None; a usage error where there are several."""
    keys = sm4_keys(written, file)
    if len(keys) > 1:
        raise typer.BadParameter(f"加密只用一把密钥，给了 {len(keys)} 把", param_hint="--key")
    return keys[0] if keys else None


def _lines(file: Path) -> list[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"{file}：无法读取：{os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{file}：第 {error.start} 字节不是 UTF-8 文字") from error
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
