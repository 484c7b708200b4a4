"""From the text of a cell to what it means: one function for a field, each a ValueError that says what was expected."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Context, Decimal
from functools import cache

from bilan.observe.importers.cells import BEIJING, UNDECODED, parse_time
from bilan.observe.statistics_report import Status
from bilan.observe.statistics_units import StatisticUnitError, unit_factor
from bilan.policy import Region, inner_region, region_by_name
from bilan.policy.statistics import Reportable, regions_by_id, reportables_called

_STATUS: dict[str, Status] = {
    "preliminary": "preliminary",
    "provisional": "preliminary",
    "初步": "preliminary",
    "初步数": "preliminary",
    "初步核算": "preliminary",
    "初报": "preliminary",
    "快报": "preliminary",
    "快报数": "preliminary",
    "final": "final",
    "最终": "final",
    "最终数": "final",
    "最终核实": "final",
    "核定": "final",
    "核定数": "final",
    "年报": "final",
    "年报数": "final",
    "正式": "final",
}
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_BINARY = Context(prec=15)  # a spreadsheet keeps 15 digits; what a binary number shows beyond them nobody wrote
_MAX_DIGITS = 30
_PRINTED_UNIT = re.compile(r"(?P<number>.*\d)\s*(?P<unit>[%‰])")


def called(text: str, unit: str) -> Reportable:
    """Return the indicator or part called ``text``; one name of several figures is told apart by ``unit``.

    >>> called("森林覆盖率", "%").code
    'eco.forest.cover'
    """
    found = reportables_called(text)
    if len(found) > 1:
        found = tuple(row for row in found if _fits(unit, row.unit)) or found
    if not found:
        raise ValueError("指标表和分项表里没有这个代码或名称" if text else "没有指标，应为代码或名称")
    if len(found) > 1:
        raise ValueError(f"不止一个指标叫这个名称，请写代码：{'、'.join(row.code for row in found)}")
    return found[0]


def place(text: str, on: date) -> Region:
    """Return the region with the id or the name ``text``: that of the present, else of the day ``on``.

    The name of an outer region before it tells namesakes apart.

    >>> place("990100", date(2025, 12, 31)).name, place("清河市东湖区", date(2025, 12, 31)).id
    ('清河市', '990103')
    """
    found = regions_by_id().get(text) or region_by_name(text) or region_by_name(text, on) or inner_region(text)
    if found is None:
        said = "行政区表里没有这个地区，或不止一个同名；应为编号、全名或上级加全名（如 长春市朝阳区）"
        raise ValueError(said if text else "没有地区，应为编号或全名")
    return found


def is_called(region: Region, text: str) -> bool:
    """Return whether ``text`` is the id or a name of ``region``, also where others are called so, too.

    >>> is_called(place("990103", date(2025, 12, 31)), "东湖区")
    True
    """
    return text in (region.id, region.code, region.name, region.short_name, *region.aliases)


def number(text: str, *, binary: bool = False) -> tuple[Decimal, str]:
    """Return the number that ``text`` writes and the sign %, ‰ behind it, if any; ``binary``: from a spreadsheet.

    >>> number("1,234.50"), number("95.3%"), number("95.30000000000001", binary=True)[0]
    ((Decimal('1234.50'), ''), (Decimal('95.3'), '%'), Decimal('95.3'))
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    match = _PRINTED_UNIT.fullmatch(plain)
    sign = ""
    if match:
        plain, sign = match["number"], match["unit"]
    if binary and re.fullmatch(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+", plain):
        plain = format(Decimal(plain), "f")
    if not _NUMBER.fullmatch(plain) or len(plain) > _MAX_DIGITS:
        raise ValueError("有不能解码的字节" if UNDECODED in text else "不是数，应为 95.3 或 1,234.5 这样的数")
    value = Decimal(plain.replace(",", ""))
    if binary and len(value.as_tuple().digits) > 15:
        value = _shortest(_BINARY.plus(value))
    return value, sign


def unit_of(text: str, sign: str, wanted: str) -> str:
    """Return the unit of a figure whose cell of unit says ``text`` and whose number ends in ``sign``.

    >>> unit_of("", "%", "%"), unit_of("万吨", "", "t")
    ('%', '万吨')
    """
    expected = f"应为 {wanted} 或可换算的单位" if wanted not in ("", "1") else "应为空或 1"
    if sign and text and not _fits_exactly(sign, text):
        raise ValueError(f"数值写的是 {sign}，单位是 {text}，不一致")
    given = text or sign
    if not given and wanted not in ("", "1"):
        raise ValueError(f"没有单位，{expected}")
    try:
        unit_factor(given, wanted)
    except StatisticUnitError as error:
        raise ValueError(f"{error}，{expected}") from None
    return given


def status(text: str) -> Status:
    """Return whether a figure is preliminary or final.

    >>> status("初步"), status("Final")
    ('preliminary', 'final')
    """
    found = _STATUS.get("".join(unicodedata.normalize("NFKC", text).split()).casefold())
    if found is None:
        raise ValueError("应为 初步（preliminary）或 最终（final）")
    return found


def day(text: str, today: date) -> date | None:
    """Return the day that ``text`` writes, None where it is empty; a report cannot be of a later day than ``today``.

    >>> day("2026年1月20日", date(2026, 2, 1)), day("", date(2026, 2, 1))
    (datetime.date(2026, 1, 20), None)
    """
    if not text:
        return None
    try:
        found = parse_time(text.removesuffix(" 00:00:00"), with_hour=False)
    except ValueError as error:
        raise ValueError(f"{error}，应为 2026-01-20 这样的日期") from None
    local = found.astimezone(BEIJING).date()
    if local > today:
        raise ValueError(f"晚于导入的日期 {today}")
    return local


def said(text: str, what: str) -> str:
    """Return ``text``, which must not be empty.

    >>> said("统计局", "填报单位")
    '统计局'
    """
    if not text:
        raise ValueError(f"没有{what}")
    if UNDECODED in text:
        raise ValueError("有不能解码的字节")
    return text


def _shortest(value: Decimal) -> Decimal:
    """The value without the zeros behind its point that rounding has left."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


@cache
def _fits(unit: str, wanted: str) -> bool:
    try:
        unit_factor(unit, wanted)
    except StatisticUnitError:
        return False
    return True


def _fits_exactly(sign: str, unit: str) -> bool:
    return _fits(sign, unit) and unit_factor(sign, unit) == 1
