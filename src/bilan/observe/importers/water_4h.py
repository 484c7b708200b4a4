"""Records every four hours from the national automatic stations, displayed values only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import ClassVar

from bilan.observe.importers.water_rows import SECTION, SectionImporter


class Water4hImporter(SectionImporter):
    """The year of ``obs_time`` is that of ``year_month``."""

    name: ClassVar[str] = "water-4h"
    title: ClassVar[str] = "国家地表水自动站四小时一条（year_month、obs_time、ph …）"
    required: ClassVar[tuple[str, ...]] = ("year_month", *SECTION, "obs_time", "status", "ph", "do", "codmn", "nh3n")
    listed: ClassVar[str] = "year_month"

    def said(self) -> Iterable[str]:
        """Say where the year comes from, and what the values are."""
        yield "年份取自 year_month：观测不会晚于次月 1 日，月日更晚的属于上一年"
        yield "只有显示值；氨氮 0.025、总磷 0.005、高锰酸盐指数 0.25 多为检出限的一半"

    @staticmethod
    def latest(listed: str) -> date:
        """The first day of the next month.

        >>> Water4hImporter.latest("2020-12").isoformat()
        '2021-01-01'
        """
        try:
            first = date.fromisoformat(f"{listed.strip()}-01")
        except ValueError:
            raise ValueError(f"year_month {listed!r}：应为 年-月") from None
        return (first + timedelta(days=31)).replace(day=1)
