"""``bilan evaluate water``: the figures of surface water from tables; every figure is a command."""

from __future__ import annotations

from collections.abc import Callable

from bilan.cli import new_app, water_cities, water_groups, water_rows
from bilan.cli.water_lake import Kind, from_lake

app = new_app(no_args_is_help=True)

_COMMANDS: dict[str, tuple[Callable[..., None], str]] = {
    "class": (water_rows.classes, "水质类别：单因子评价 | class by the worst item"),
    "pollutants": (water_rows.pollutants, "水质状况、超标倍数与主要污染指标 | status, exceeding multiples, pollutants"),
    "tli": (water_rows.trophic, "湖库综合营养状态指数 | trophic level index"),
    "averages": (water_groups.averages, "周、旬、月、季、年均值 | means over periods"),
    "grade": (water_groups.grade, "河流、流域水质状况 | grade of a river or basin"),
    "shares": (water_groups.shares, "优良比例、劣Ⅴ类比例 | shares of sections by class"),
    "change": (water_groups.change, "两个时段的水质变化 | change between two periods"),
    "trend": (water_groups.trend, "多年变化趋势（秩相关） | trend over years"),
    "ranking": (water_cities.ranking, "城市水质指数与排名 | city index and ranking"),
    "drinking": (water_cities.drinking, "饮用水水源达标率，按个数与按水量 | drinking water sources"),
    "black-odorous": (water_cities.black_odorous, "城市黑臭水体级别 | black and odorous water"),
}

_PERIODS: dict[Kind, str] = {
    "day": "由数据湖：各日的类别、比例、状况 | by day, from the lake",
    "week": "由数据湖：各周 | by week, from the lake",
    "month": "由数据湖：各月 | by month, from the lake",
    "quarter": "由数据湖：各季 | by quarter, from the lake",
    "year": "由数据湖：各年 | by year, from the lake",
}

for _name, (_function, _help) in _COMMANDS.items():
    app.command(_name, help=_help)(_function)
for _kind, _help in _PERIODS.items():
    app.command(_kind, help=_help)(from_lake(_kind))
