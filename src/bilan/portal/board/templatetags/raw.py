"""What raw values and days are, in words: ``{% load raw %}``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from bilan.evaluate.air.figure_days import FigureDay
from bilan.evaluate.places import region_of
from bilan.policy.hj212 import flags
from bilan.policy.told import Told, in_language
from bilan.portal.core.speech import language

register = template.Library()
_HOUR, _DAY = 3600, 86400
_EDITION = 2017  # of HJ 212, whose marks the lake has
_BELOW = "L"  # a mark of laboratories, which HJ 212 does not have


@register.filter
def kind_of(row: dict[str, Any]) -> str:
    """What a value is: the mean of an hour, a value of a moment."""
    words = {
        "avg": _("均值"), "min": _("最小值"), "max": _("最大值"), "sum": _("合计"), "cou": _("累计值"),
        "value": _("瞬时值"), "rtd": _("实时值"),
    }  # fmt: skip
    statistic: str = words.get(row["statistic"], row["statistic"])
    seconds: int = row["seconds"]
    for length, one, many in _lengths():
        if seconds == length:
            return one % statistic
        if seconds and seconds % length == 0:
            return _("%(length)s%(statistic)s") % {"length": many % (seconds // length), "statistic": statistic}
    return statistic


def _lengths() -> list[tuple[int, str, str]]:
    """Lengths of intervals, the longest first: what is said of one, and of several."""
    return [
        (_DAY, _("日%s"), _("%d 天")),
        (_HOUR, _("小时%s"), _("%d 小时")),
        (60, _("分钟%s"), _("%d 分钟")),
        (1, _("一秒%s"), _("%d 秒")),
    ]


@register.filter
def source_words(source: str) -> str:
    """Where a value comes from: the kind of its file, or the packets of an instrument."""
    return {
        "table": _("导入的表格"),
        "cnemc": _("全国城市空气质量实时发布"),
        "prsa": _("公开的研究数据集"),
        "water-4h": _("国家地表水水质自动监测实时数据"),
        "water-daily": _("国家地表水水质自动监测日数据"),
        "hj212": _("在线监控数据包"),
        "hj212-computed": _("由在线监控数据计算"),
        "review": _("审核数据"),
    }.get(source, source)


@register.filter
def flag_words(flag: str | None) -> str:
    """What a mark of a value means, after it."""
    if not flag:
        return ""
    known = flags(_EDITION).get(flag)
    if flag == _BELOW:
        name = _("低于检出限")
    else:
        name = "" if known is None else known.name_en if language() == "en" else known.name
    return _("%(flag)s（%(name)s）") % {"flag": flag, "name": name} if name else flag


@register.filter
def in_words(words: Told) -> str:
    """What the library says of a day, in the language of the page."""
    return in_language(words, language())


@register.filter
def standing(row: FigureDay) -> str:
    """Whether a day goes into the figure, in words."""
    if not row.valid:
        return _("日值无效")
    if row.counted is None:
        return _("日值有效")
    return _("有效，计入") if row.counted else _("有效，不计入")


@register.filter
def daily(row: FigureDay, name: str) -> Decimal | None:
    """The daily value of a pollutant."""
    return row.values[name]


@register.filter
def place_name(id_: str) -> str:
    """What the place with the id is called."""
    return region_of(id_).name
