"""The header of a packet: the fields before ``CP``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bilan.observe.hj212.content import as_time
from bilan.observe.hj212.notes import Notes
from bilan.observe.hj212.packet import HEADER_NAMES
from bilan.policy import hj212 as standard

CONTENT_OPENS = b"CP=&&"
CONTENT_CLOSES = b"&&"

OPENED = b";" + CONTENT_OPENS  # where a header ends

_CONTENT = b"CP="

_NEEDED = ("ST", "CN", "MN")  # without these a packet says nothing about anyone
_QN_DIGITS = 17
_NUMBERS = ("Flag", "PNUM", "PNO")
_MOST = {"Flag": 255, "PNUM": 9999, "PNO": 9999}


class Header(NamedTuple):
    """The fields of a header as text, and the numbers in them."""

    fields: Mapping[str, str]
    numbers: Mapping[str, int]
    version: int | None


def split_header(segment: bytes) -> dict[str, str]:
    """The fields of the header of a sound segment, without a check; ValueError where it is no text.

    >>> split_header(b"QN=20240520210700000;ST=31;CN=2051;PW=123456;MN=X1;Flag=9;CP=&&&&")["CN"]
    '2051'
    """
    end = segment.find(OPENED)
    head = segment[: end if end >= 0 else None].decode("ascii")
    fields = [field.partition("=") for field in head.split(";")]
    return {name: value for name, _, value in reversed(fields)}  # of fields that are repeated the first one counts


def content_at(segment: bytes) -> int:
    """Where ``CP=`` stands in a segment, -1 without one; a field such as ``MN=CP=1`` is none.

    >>> content_at(b"ST=32;CN=2011;MN=CP=1;CP=&&&&"), content_at(b"ST=32")
    (22, -1)
    """
    at = segment.find(OPENED)
    return at + 1 if at >= 0 else segment.find(_CONTENT)


def read_header(head: bytes, offset: int, notes: Notes) -> Header:
    """The fields in ``head``, the bytes before ``CP=``, which begin ``offset`` bytes into the frame."""
    fields: dict[str, str] = {}
    places: dict[str, int] = {}
    at = offset
    for piece in head.removesuffix(b";").split(b";"):
        name, joined, value = piece.decode("ascii", errors="backslashreplace").partition("=")
        if not joined:
            notes.error("header.field", at, f"包头里的“{name[:40]}”没有等号", "字段=值", name[:40])
        elif name in fields:
            notes.liberty("header.repeated", at, f"包头里 {name} 出现两次，取前一个", found=value)
        else:
            fields[name], places[name] = value, at + piece.index(b"=") + 1
            if name not in HEADER_NAMES:
                notes.liberty("header.unknown", at, f"包头里没有“{name[:40]}”这个字段", "、".join(HEADER_NAMES), name)
        at += len(piece) + 1
    _check_needed(fields, offset, notes)
    numbers = _numbers(fields, places, notes)
    version = _version(numbers, places, notes)
    _check_parts(numbers, offset, notes)
    _check_edition(fields, numbers, places, version or 2017, offset, notes)
    return Header(fields, numbers, version)


def _check_needed(fields: Mapping[str, str], offset: int, notes: Notes) -> None:
    for name in _NEEDED:
        if not fields.get(name):
            notes.error("header.missing", offset, f"包头里没有 {name}", name)


def _numbers(fields: Mapping[str, str], places: Mapping[str, int], notes: Notes) -> dict[str, int]:
    numbers = {}
    for name in _NUMBERS:
        text = fields.get(name)
        if text is None:
            continue
        if text.isascii() and text.isdigit() and len(text) <= 8 and int(text) <= _MOST[name]:
            numbers[name] = int(text)
        else:
            notes.liberty(f"header.{name.lower()}", places[name], f"{name} 应为整数", f"0–{_MOST[name]}", text)
    return numbers


def _version(numbers: Mapping[str, int], places: Mapping[str, int], notes: Notes) -> int | None:
    if "Flag" not in numbers:
        return 2005
    flag = numbers["Flag"]
    version = standard.edition_of_flag(flag)
    if version is None:
        notes.liberty("flag.version", places["Flag"], f"Flag 的版本号 {flag >> 2} 未知", "0–11", str(flag))
    return version


def _check_parts(numbers: Mapping[str, int], offset: int, notes: Notes) -> None:
    """Bit 1 of the Flag says whether PNUM and PNO are there."""
    there = "PNUM" in numbers and "PNO" in numbers
    if "Flag" in numbers and bool(numbers["Flag"] & 2) != there:
        says = "有" if numbers["Flag"] & 2 else "没有"
        notes.liberty("header.parts", offset, f"Flag 表示{says} PNUM 和 PNO，包头与此不符", found=str(numbers["Flag"]))
    if there and not 1 <= numbers["PNO"] <= numbers["PNUM"]:
        found = f"{numbers['PNO']}/{numbers['PNUM']}"
        notes.liberty("header.pno", offset, f"包号 {found} 不在总包数之内", "1–PNUM", found)


def _check_edition(
    fields: Mapping[str, str],
    numbers: Mapping[str, int],
    places: Mapping[str, int],
    version: int,
    offset: int,
    notes: Notes,
) -> None:
    """The fields against the table of their edition: which there must be, and how they are written."""
    for rule in standard.header_fields(version).values():
        text = fields.get(rule.field)
        if not text and rule.field in _NEEDED:
            continue
        if text is None:
            if rule.required and rule.field != "CP":
                notes.liberty("header.missing", offset, f"包头里没有 {rule.field}", rule.field)
        elif rule.field in _NUMBERS and rule.field not in numbers:
            continue  # told already
        elif rule.field == "QN" and len(text) == _QN_DIGITS and as_time(text) is None:
            notes.liberty("header.qn", places["QN"], "QN 不是时间", "YYYYMMDDhhmmsszzz", text)
        elif rule.pattern and not rule.pattern.fullmatch(text):
            expected = rule.pattern.pattern
            notes.liberty(
                f"header.{rule.field.lower()}", places[rule.field], f"{rule.field} 的写法不合标准", expected, text
            )
