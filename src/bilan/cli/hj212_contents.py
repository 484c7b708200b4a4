"""What stands in the commands of a host, checked against the tables of the standard before anything is sent.

The layouts are those of the examples of HJ 212-2017 appendix C. That of 1014 (``SKCreateTime``, ``NewSK``) is known
from one program only and not verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import typer

from bilan.policy import hj212 as standard
from bilan.policy.hj212.content import CpField

HISTORY = {"2051": 1, "2061": 31, "2031": 366}  # days that one request asks for, so that it ends in good time
SPANS_MAX = 1000
_SET_KEY = "1014"
_TIME, _QN = "%Y%m%d%H%M%S", 17
_STEP = timedelta(seconds=1)
_SECRET = re.compile(r"\b(NewSK|NewPW|PW)=[^;,]*")


def fields(edition: int, hint: str, **values: object) -> str:
    """The content ``name=value;…``; a usage error where the edition does not allow a value.

    >>> fields(2017, "--over-time", OverTime=5, ReCount=3)
    'OverTime=5;ReCount=3'
    """
    for name, value in values.items():
        field = standard.cp_fields(edition).get(name)
        if field is None:
            raise typer.BadParameter(f"{edition} 年版没有 {name}", param_hint=hint)
        check_field(field, str(value), edition, hint)
    return ";".join(f"{name}={value}" for name, value in values.items())


def check_field(field: CpField, value: str, edition: int, hint: str) -> None:
    """A usage error that names what the edition allows, where ``value`` is something else."""
    if field.kind == "time":
        if not _is_time(value, _QN if field.field == "QN" else 14):
            raise typer.BadParameter(f"{field.field}={value}：应为 14 位时间，如 20260301080000", param_hint=hint)
    elif not field.allows(value):
        doubt = "，这个范围未核实" if edition in field.unverified else ""
        told = f"{field.field}={value}：{field.name}应为 {_allowed(field)}（{edition} 年版{doubt}）"
        raise typer.BadParameter(told, param_hint=hint)


def _allowed(field: CpField) -> str:
    unit = f" {field.unit}" if field.unit else ""
    return "、".join(field.allowed) + unit if field.allowed else f"{field.minimum} 至 {field.maximum}{unit}"


def _is_time(value: str, digits: int) -> bool:
    if not (value.isascii() and value.isdigit() and len(value) == digits):
        return False
    try:
        datetime.strptime(value[:14], _TIME)
    except ValueError:
        return False
    return True


def history(first: datetime, last: datetime, days: int) -> list[str]:
    """The contents of the requests for what lies from ``first`` to ``last``, ``days`` each; times of the device.

    >>> history(datetime(2026, 3, 1), datetime(2026, 3, 2, 12), 1)[0]
    'BeginTime=20260301000000,EndTime=20260301235959'
    """
    found: list[str] = []
    for begin, end in _spans(first, last, timedelta(days=days)):
        if len(found) == SPANS_MAX:
            raise typer.BadParameter(f"要分成 {SPANS_MAX} 条以上的命令，请缩短时段", param_hint="--to")
        found.append(f"BeginTime={begin:{_TIME}},EndTime={end:{_TIME}}")
    return found


def _spans(first: datetime, last: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while first <= last:
        yield first, min(first + length - _STEP, last)
        first += length


def new_key(key: bytes, now: datetime) -> str:
    """The content that sets an SM4 key: as its 16 characters where they can stand in a packet, else in hexadecimal.

    >>> new_key(b"abcdefghijklmnop", datetime(2026, 3, 1, 8))
    'SKCreateTime=20260301080000;NewSK=abcdefghijklmnop'
    """
    plain = all(0x21 <= byte <= 0x7E and byte not in b";,=&" for byte in key)
    return f"SKCreateTime={now:{_TIME}};NewSK={key.decode() if plain else key.hex().upper()}"


def check_raw(cn: str, cp: str, edition: int) -> None:
    """A usage error for a command that the edition has no host send, and for values that it does not allow."""
    known = standard.command(cn, edition)
    if "&" in cp or not cp.isprintable():
        raise typer.BadParameter(f"{cp!r}：不能有 & 和控制字符", param_hint="CP")
    if cn == _SET_KEY:
        raise typer.BadParameter("1014 用 new-key 下发，密钥不会留在命令行里", param_hint="CN")
    if known is None:
        raise typer.BadParameter(f"{edition} 年版没有命令 {cn}；厂商的命令加 --unchecked", param_hint="CN")
    if known.host not in ("request", "notice"):
        raise typer.BadParameter(f"{cn} {known.name}：不是上位机主动发的命令", param_hint="CN")
    for piece in filter(None, cp.replace(",", ";").split(";")):
        name, joined, value = piece.partition("=")
        if not joined:
            raise typer.BadParameter(f"{piece!r}：应为 名称=值", param_hint="CP")
        if field := standard.cp_fields(edition).get(name):
            check_field(field, value, edition, "CP")


def without_secrets(cp: str) -> str:
    """A content as it may be shown.

    >>> without_secrets("SKCreateTime=20260301080000;NewSK=abcdefghijklmnop")
    'SKCreateTime=20260301080000;NewSK=…'
    """
    return _SECRET.sub(r"\1=…", cp)
