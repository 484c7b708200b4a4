"""Packets as they may be shown: without passwords and keys, wherever damage has carried them.

A sound packet has its password in PW, a command to a device in NewPW or NewSK. What is quarantined is often damaged:
``PW:123456``, ``CN=2011PW=123456``, ``PWW=123456``. So what is not known to be harmless is taken for a secret, and
whatever a problem quotes is held against all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.observe.hj212.packet import Packet, Problem, Value

MASK = "…"
_HARMLESS = re.compile(r"(?:QN=\w{0,17}|(?:ST|CN|Flag|PNUM|PNO|RF)=\w{0,4}|MN=[^=:]*)")
_NAME = re.compile(r"(?i)pw|sk")  # no factor or parameter of any edition is called so
_WITHIN = re.compile(
    r"((?:PW|SK(?!CreateTime))\w*[=:])(.+)", re.DOTALL
)  # two fields between which a separator was lost
_PIECE = re.compile(r"[^;,&]+")
_TOKEN = re.compile(r"[!-~]+")
_STARTS = re.compile(r"^.*?##\d{0,4}", re.DOTALL)
_SETS_SECRET = ("1014", "1072")  # whatever they carry, but times
_SHARED = 4  # characters in common by which a quotation is taken for a part of a secret
_NAME_MOST = 5  # characters; a longer unknown name may be a password that was joined to one


def without_secrets(packet: Packet) -> Packet:
    """A copy of ``packet`` without its secrets; places, lengths and CRC are those of the packet as received.

    >>> from bilan.observe.hj212 import encode, examine
    >>> raw = encode("NewPW=654321", cn="1072", mn="X0000000000001", st="31", pw="123456", flag=5)
    >>> shown = without_secrets(examine(raw))
    >>> shown.pw, shown.cp, shown.data, shown.mn
    ('…', 'NewPW=…', {'NewPW': '…'}, 'X0000000000001')
    """
    cn = packet.cn or ""
    secrets = set(_secrets(packet, cn))
    header = {name: value if _HARMLESS.fullmatch(f"{name}={value}") else MASK for name, value in packet.header.items()}
    return replace(
        packet,
        raw=b"",
        qn=header.get("QN"),
        st=header.get("ST"),
        cn=header.get("CN"),
        pw=header.get("PW"),
        mn=header.get("MN"),
        header=header,
        cp=_PIECE.sub(lambda piece: _masked(piece[0], cn), packet.cp),
        data={name: _value(name, value, cn) for name, value in packet.data.items()},
        records=[],
        errors=[_problem(problem, secrets) for problem in packet.errors],
        warnings=[_problem(problem, secrets) for problem in packet.warnings],
    )


def _secrets(packet: Packet, cn: str) -> Iterator[str]:
    """All texts of the packet that may be a secret or hold one."""
    text = _STARTS.sub("", packet.raw.decode("ascii", errors="backslashreplace"))
    head = text.partition(";CP=")[0]
    for piece in head.split(";"):
        name, joined, value = piece.partition("=")
        if not _HARMLESS.fullmatch(piece):
            yield value if joined else piece
            if len(name) > _NAME_MOST:
                yield name
    for piece in _PIECE.findall(f"{text[len(head) :]};{packet.cp}"):
        if (shown := _masked(piece, cn)) != piece:
            yield piece.removeprefix(shown.removesuffix(MASK))


def _masked(piece: str, cn: str) -> str:
    """A field of a content without its value where that is a secret."""
    name, joined, _ = piece.partition("=")
    if not name.endswith("Time") and (cn in _SETS_SECRET or _NAME.search(name)):
        return f"{name}={MASK}" if joined else MASK
    return _WITHIN.sub(rf"\1{MASK}", piece)


def _value(name: str, value: Value, cn: str) -> Value:
    if isinstance(value, str):
        shown = _masked(f"{name}={value}", cn)
        return value if shown == f"{name}={value}" else MASK
    return {
        suffix: text if _masked(f"{name}-{suffix}={text}", cn)[-1:] != MASK else MASK for suffix, text in value.items()
    }


def _problem(problem: Problem, secrets: set[str]) -> Problem:
    message = _TOKEN.sub(lambda token: MASK if _tells(token[0], secrets) else token[0], problem.message)
    found = MASK if problem.found is not None and _tells(problem.found, secrets) else problem.found
    return problem._replace(message=message, found=found)


def _tells(quoted: str, secrets: set[str]) -> bool:
    """Whether a quotation, which may be a part, is or holds one of ``secrets`` or a part of it."""
    if quoted in secrets:
        return True
    parts = {quoted[at : at + _SHARED] for at in range(len(quoted) - _SHARED + 1)}
    return any(part in secret for part in parts for secret in secrets)
