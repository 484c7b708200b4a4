"""Targets of every form on many days, each with its right answer.

The plan runs from 2022 to 2024, so that 2021 is its baseline and of a straight course a third is asked in 2022 and two
thirds in 2023. Figures, levels, rooms and courses are reckoned from the raw numbers (:mod:`.reckon`); status and reason
are written out, and must be those that the rules give (:mod:`.answers`). ``likely`` is what the years before say of the
rest of the period: always something that leaves no doubt, for the reason beside it, or what :mod:`.forecast` reckons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from . import raw
from .reckon import (
    classes,
    cumulated,
    day_values,
    days_left,
    each_year,
    exact,
    good_days,
    good_ratio,
    good_sections,
    heavy_days,
    inferior_sections,
    item_mean,
    less,
    mean,
    on_the_way,
    percentile,
    reported,
    room_of_good_days,
    room_of_mean,
    room_of_percentile,
    room_of_rate,
    room_of_sections,
    rounded,
    winter_sections,
)

Room = tuple[str, Decimal | int | None]


@dataclass(frozen=True)
class Case:
    """A sentence on a day: form, figure, limit (sign and level), room (state, amount), course (``step``), answer.

    ``change`` gives fields of the compiled target other values, for what no sentence carries. ``entries`` are rows of
    what people entered: what, value, day, region, year. ``region``: the row of that district. ``ahead`` says how the
    period goes where its room or its chance decides and not the figure.
    """

    form: str
    sentence: str
    day: str
    status: str
    reason: str
    figure: Decimal | None = None
    limit: tuple[str, Fraction | str] | None = None
    due: str | None = "2024-12-31"
    step: Fraction | None = None
    room: Room | None = None
    likely: bool | None = None
    vague: Fraction | None = None
    period: str = ""
    entries: tuple[tuple[str, ...], ...] = ()
    change: dict[str, Any] = field(default_factory=dict)
    known_at: str | None = None
    region: str | None = None
    title: str = ""

    @property
    def name(self) -> str:
        return f"{self.form}: {self.sentence}{self.day}{self.region or ''}{self.known_at or ''}{self.entries or ''}"

    @property
    def level(self) -> tuple[str, Fraction]:
        """Sign and level of the goal."""
        assert self.limit is not None
        sign, level = self.limit
        return sign, level if isinstance(level, Fraction) else exact(level)


END, AFTER = "2024-12-31", "2025-06-30"
SEP24, SEP23, JUN22 = "2024-09-30", "2023-09-30", "2022-06-30"
JAN24 = "2024-01-01"


def pm25(first: str = JAN24, last: str = END, region: str = raw.CITY) -> Decimal:
    return mean("pm2_5", first, last, region)


def rest_pm25(level: str, day: str, last: str, sign: str = "≤") -> Decimal:
    return room_of_mean(sign, level, day_values("pm2_5", f"{day[:4]}-01-01", day), days_left(day, last))


def rest_good(level: str, day: str, last: str, sign: str = "≥") -> int | None:
    good, days = good_days(f"{day[:4]}-01-01", day)
    return room_of_good_days(sign, level, good, days, days_left(day, last))


def rest_o3(level: str, day: str, last: str) -> int | None:
    return room_of_percentile(90, level, day_values("o3", f"{day[:4]}-01-01", day), days_left(day, last))


BASE_PM25 = pm25("2021-01-01", "2021-12-31")  # 37
BASE_GOOD = good_ratio("2021-01-01", "2021-12-31")  # 301 of 365: 82.5
ENERGY = [reported("energy.intensity.decline", year) for year in ("2022", "2023", "2024")]
CARBON = [reported("carbon.intensity.decline", year) for year in ("2022", "2023")]

LEVELS = [
    Case("level", "到2024年，PM2.5年均浓度不高于31微克/立方米。", END, "met", "kept", pm25(), ("≤", "31"),
         period="2024"),
    # one day is left: it may be of 328.9, and none of 160 was later than January
    Case("level", "到2024年，PM2.5年均浓度不高于31微克/立方米。", "2024-12-30", "on_course", "likely",
         pm25(last="2024-12-30"), ("≤", "31"), room=("open", rest_pm25("31", "2024-12-30", END)), likely=True,
         period="2024-01-01/2024-12-30"),
    # 33 is asked of 2023, and likely to be kept by 0.55 only: six tenths are asked (status_rules.csv)
    Case("level", "到2024年，PM2.5年均浓度不高于31微克/立方米。", SEP23, "at_risk", "unlikely",
         pm25("2023-01-01", SEP23), ("≤", "31"), step=on_the_way(BASE_PM25, "31", Fraction(2, 3)), likely=False,
         room=("open", rest_pm25("33", SEP23, "2023-12-31"))),
    # the first year: no years to learn from; of 37 to 31, 35 is asked
    Case("level", "到2024年，PM2.5年均浓度不高于31微克/立方米。", JUN22, "at_risk", "behind",
         pm25("2022-01-01", JUN22), ("≤", "31"), step=on_the_way(BASE_PM25, "31", Fraction(1, 3)),
         room=("open", rest_pm25("35", JUN22, "2022-12-31"))),
    # 29 on the day after the goal was due stays missed, whatever 2025 brings
    Case("level", "到2024年，PM2.5年均浓度不高于30微克/立方米。", AFTER, "missed", "broken", pm25(), ("≤", "30"),
         period="2024"),
    Case("level", "到2024年，优良天数比率达到86%。", END, "met", "kept", good_ratio(JAN24, END), ("≥", "86")),
    # 318 of 365 days are good: the last day cannot change it
    Case("level", "到2024年，优良天数比率达到86%。", "2024-12-30", "met", "safe", good_ratio(JAN24, "2024-12-30"),
         ("≥", "86"), room=("safe", 1)),
    # no day from October to December was ever bad
    Case("level", "到2024年，优良天数比率达到86%。", SEP24, "on_course", "likely", good_ratio(JAN24, SEP24),
         ("≥", "86"),
         room=("open", rest_good("86", SEP24, END)), likely=True),
    # 227 good days of 274, and 92 more are 319 of 366: 87.2 %
    Case("level", "到2024年，优良天数比率达到88%。", SEP24, "missed", "lost", good_ratio(JAN24, SEP24), ("≥", "88"),
         room=("impossible", None)),
    # 36 days of ozone above 160 of 366 (k = 329.5): 36 are just allowed
    Case("level", "到2024年，臭氧浓度不高于160微克/立方米。", SEP24, "at_risk", "no_slack",
         percentile("o3", 90, JAN24, SEP24),
         ("≤", "160"), room=("exhausted", 0)),
    Case("level", "到2024年，臭氧浓度不高于160微克/立方米。", "2024-02-29", "on_course", "meets_now",
         percentile("o3", 90, JAN24, "2024-02-29"), ("≤", "160"),
         room=("open", room_of_percentile(90, "160", day_values("o3", JAN24, "2024-02-29"), 306)),
         period="2024-01/2024-02"),
    Case("level", "到2024年，臭氧浓度不高于160微克/立方米。", END, "met", "kept", percentile("o3", 90, JAN24, END),
         ("≤", "160")),
    # 42 days of 1.4 in a year of 0.8 are not 24: two days of each month, 24 of 366, more than the 18 above the 95th
    Case("level", "到2024年，一氧化碳浓度不超过1.2毫克/立方米。", END, "missed", "broken",
         percentile("co", 95, JAN24, END, 1),
         ("≤", "1.2")),
    # units: 0.031 mg are 31 µg, 0.2 万亩 are 133.3 hm2
    Case("level", "到2024年，PM2.5浓度不高于0.031毫克/立方米。", END, "met", "kept", pm25(), ("≤", "31")),
    # the base is the goal already: nothing is asked on the way but the goal
    Case("level", "到2024年，畜禽粪污综合利用率达到80%。", SEP24, "on_course", "ahead",
         reported("agri.manure.util_rate", "2023"),
         ("≥", "80"), step=Fraction(80)),
    # met in 2022, lost in 2023, met again in 2024
    Case("level", "到2024年，医疗废物安全处置率100%。", "2023-12-30", "on_course", "ahead",
         reported("solid.medwaste.safe_rate", "2022"), ("≥", "100"), step=Fraction(100)),
    Case("level", "到2024年，医疗废物安全处置率100%。", SEP24, "at_risk", "behind",
         reported("solid.medwaste.safe_rate", "2023"),
         ("≥", "100"), step=Fraction(100)),
    Case("level", "到2024年，医疗废物安全处置率100%。", END, "met", "kept",
         reported("solid.medwaste.safe_rate", "2024"),
         ("≥", "100")),
    # 42.1 to 43 in three years: 42.4 in 2022, 42.7 in 2023
    Case("level", "到2024年，森林覆盖率达到43%。", SEP23, "on_course", "ahead", reported("eco.forest.cover", "2022"),
         ("≥", "43"), step=on_the_way("42.1", "43", Fraction(1, 3)), period="2022"),
    Case("level", "到2024年，森林覆盖率达到43%。", SEP24, "at_risk", "behind", reported("eco.forest.cover", "2023"),
         ("≥", "43"), step=on_the_way("42.1", "43", Fraction(2, 3)), period="2023"),
    # the figure of the year before the plan says nothing of how it goes
    Case("level", "到2024年，森林覆盖率达到43%。", JUN22, "cannot_be_judged", "not_reported",
         reported("eco.forest.cover", "2021"), ("≥", "43"), period="2021"),
    # the year is over and the goal not yet due: 33 is asked and 33 was reached, 2 more are to come
    Case("level", "到2024年，PM2.5年均浓度不高于31微克/立方米。", "2023-12-31", "on_course", "ahead",
         pm25("2023-01-01", "2023-12-31"), ("≤", "31"), step=on_the_way(BASE_PM25, "31", Fraction(2, 3)),
         period="2023"),
    # by the middle of 2024, which has 43.6 in its first half
    Case("level", "到2024年6月底前，PM2.5平均浓度控制在31微克/立方米以内。", "2024-06-30", "missed", "broken",
         pm25(JAN24, "2024-06-30"), ("≤", "31"), due="2024-06-30", period="2024-01/2024-06"),
    Case("level", "到2024年6月底前，PM2.5平均浓度控制在31微克/立方米以内。", SEP23, "cannot_be_judged",
         "period_not_begun",
         limit=("≤", "31"), due="2024-06-30"),
    # a milestone of 2023 that asks less than the straight line
    Case("level", "到2024年，森林覆盖率达到43%。", SEP24, "on_course", "ahead", reported("eco.forest.cover", "2023"),
         ("≥", "43"), step=exact("42.6"), entries=(("milestone", "42.6", "2022-05-01", "", "2023"),)),
    # the preliminary 42.9 is what was known in March 2025, the final 43.0 since April
    Case("level", "到2024年，森林覆盖率达到43%。", END, "missed", "broken",
         reported("eco.forest.cover", "2024", status="preliminary"), ("≥", "43"), known_at="2025-03-01"),
    Case("level", "到2024年，森林覆盖率达到43%。", END, "met", "kept", reported("eco.forest.cover", "2024"),
         ("≥", "43"),
         known_at="2025-05-01"),
    # what was entered for a district, or later, leaves what was reported of the city
    Case("level", "到2024年，森林覆盖率达到43%。", END, "met", "kept", reported("eco.forest.cover", "2024"),
         ("≥", "43"), entries=(("figure", "10", "2022-05-01", raw.DONGHU), ("figure", "11", "2025-01-01"))),
    # what was entered of the baseline year says nothing of how it goes
    Case("level", "到2024年，森林覆盖率达到43%。", JUN22, "cannot_be_judged", "not_reported", Decimal("42.2"),
         ("≥", "43"), entries=(("figure", "42.2", "2022-05-01", "", "2021"),)),
    # the fault of station c in December, and its correction on 10 February
    Case("level", "到2024年，二氧化氮年均浓度不高于28微克/立方米。", END, "missed", "broken",
         mean("no2", JAN24, END, corrected=False), ("≤", "28"), known_at="2025-02-01"),
    Case("level", "到2024年，二氧化氮年均浓度不高于28微克/立方米。", END, "met", "kept", mean("no2", JAN24, END),
         ("≤", "28"),
         known_at="2025-02-11"),
    Case("level", "到2024年，二氧化氮年均浓度不高于28微克/立方米。", END, "met", "kept", mean("no2", JAN24, END),
         ("≤", "28")),
    # constant for years at 26 to 30: the rest may come to 34.5, as never before
    Case("level", "到2024年，二氧化氮年均浓度不高于28微克/立方米。", SEP24, "on_course", "likely",
         mean("no2", JAN24, SEP24),
         ("≤", "28"), likely=True,
         room=("open", room_of_mean("≤", "28", day_values("no2", JAN24, SEP24), 92))),
    # the rest would have to come to 8, as never before
    Case("level", "到2024年，二氧化氮年均浓度不高于21微克/立方米。", SEP24, "at_risk", "unlikely",
         mean("no2", JAN24, SEP24),
         ("≤", "21"), likely=False,
         room=("open", room_of_mean("≤", "21", day_values("no2", JAN24, SEP24), 92))),
    Case("level", "到2024年，临江大桥断面总磷浓度不高于0.2毫克/升。", END, "missed", "broken",
         rounded(item_mean("w1", "tp", 2024), 3), ("≤", "0.2")),
]  # fmt: skip

STRICT = [
    Case("strict", "到2024年，PM2.5浓度低于31微克/立方米。", END, "missed", "broken", pm25(), ("<", "31")),
    Case("strict", "到2024年，优良天数比率优于87.2%。", END, "missed", "broken", good_ratio(JAN24, END),
         (">", "87.2")),
    Case("strict", "到2024年，SO2浓度低于8微克/立方米。", END, "met", "kept", mean("so2", JAN24, END), ("<", "8")),
    # below 31 is up to 30.5, and 365 days of 30.68 do not come down to that in one more
    Case("strict", "到2024年，PM2.5浓度低于31微克/立方米。", "2024-12-30", "missed", "lost", pm25(last="2024-12-30"),
         ("<", "31"), room=("impossible", None)),
]  # fmt: skip

SOFT = [
    Case("soft", "力争到2024年，优良天数比率达到87%。", END, "met", "kept", good_ratio(JAN24, END), ("≥", "87")),
    Case("soft", "力争到2024年，PM2.5浓度降到30微克/立方米。", END, "missed", "broken", pm25(), ("≤", "30")),
    # 319 of 366 are 87.2, and 318 are 86.9: not one day of 92 may go wrong, and none ever did
    Case("soft", "力争到2024年，优良天数比率达到87%。", SEP24, "on_course", "likely", good_ratio(JAN24, SEP24),
         ("≥", "87"),
         room=("exhausted", rest_good("87", SEP24, END)), likely=True),
]  # fmt: skip

VAGUE = [
    # 5 % of 44 is 2.2
    Case("approx", "到2024年，森林覆盖率达到44%左右。", END, "cannot_be_judged", "kept_roughly",
         reported("eco.forest.cover", "2024"), ("≥", "44"), vague=Fraction("2.2")),
    # 5 % of 45.3 is 2.265, of 45.2 is 2.26: 43.0 is 2.3 and 2.2 short
    Case("approx", "到2024年，森林覆盖率达到45.3%左右。", END, "missed", "broken",
         reported("eco.forest.cover", "2024"),
         ("≥", "45.3"), vague=Fraction("2.265")),
    Case("approx", "到2024年，森林覆盖率达到45.2%左右。", END, "cannot_be_judged", "kept_roughly",
         reported("eco.forest.cover", "2024"), ("≥", "45.2"), vague=Fraction("2.26")),
    Case("approx", "到2024年，PM2.5浓度控制在29微克/立方米左右。", END, "missed", "broken", pm25(), ("≤", "29"),
         vague=Fraction("1.45")),
    Case("approx", "到2024年，PM2.5浓度控制在30微克/立方米左右。", END, "cannot_be_judged", "kept_roughly", pm25(),
         ("≤", "30"),
         vague=Fraction("1.5")),
    Case("approx", "到2024年，森林覆盖率达到43%左右。", END, "met", "kept", reported("eco.forest.cover", "2024"),
         ("≥", "43"),
         vague=Fraction("2.15")),
    # one heavily polluted day: "basically none" is for a person to say once the year is over
    Case("approx", "到2024年，基本消除重污染天气。", END, "cannot_be_judged", "kept_roughly", heavy_days(JAN24, END),
         ("≤", "0"),
         vague=Fraction(10**6)),
    # "about 30" is for a person to say on the last day (30.68): on the day before, it cannot be lost for good
    Case("approx", "到2024年，PM2.5浓度控制在30微克/立方米左右。", "2024-12-30", "at_risk", "unlikely",
         pm25(last="2024-12-30"),
         ("≤", "30"), vague=Fraction("1.5"), likely=False),
    # nor can "basically none", by a single day
    Case("approx", "到2024年，基本消除重污染天气。", SEP24, "at_risk", "unlikely", heavy_days(JAN24, SEP24),
         ("≤", "0"),
         vague=Fraction(10**6), likely=False),
]  # fmt: skip

RANGES = [
    # 850 t recovered of 1 000 t used: the weaker end is enough
    Case("range", "到2024年，农膜回收率达到85%—88%。", END, "met", "kept", Decimal("85.00"), ("≥", "85")),
    Case("range", "到2024年，PM2.5浓度控制在28—30微克/立方米。", END, "missed", "broken", pm25(), ("≤", "30")),
    # 90 to 92 in three years is 91.33 in 2023
    Case("range", "到2024年，秸秆综合利用率达到92%—94%。", SEP24, "on_course", "ahead",
         reported("agri.straw.util_rate", "2023"),
         ("≥", "92"), step=on_the_way("90.0", "92", Fraction(2, 3))),
    # reached early, and lost in the year that counts
    Case("range", "到2024年，秸秆综合利用率达到92%—94%。", END, "missed", "broken",
         reported("agri.straw.util_rate", "2024"),
         ("≥", "92")),
]  # fmt: skip

IMPLIED = [
    # of none, one is too many, and gone is gone
    Case("implied", "到2024年，全面消除重污染天气。", SEP24, "missed", "lost", heavy_days(JAN24, SEP24), ("≤", "0"),
         room=("impossible", None)),
    Case("implied", "到2024年，全面消除重污染天气。", END, "missed", "broken", heavy_days(JAN24, END), ("≤", "0")),
    Case("implied", "到2024年，全面消除劣Ⅴ类断面。", END, "met", "kept", inferior_sections(2024), ("≤", "0")),
    # none is inferior, and there never was any room to lose
    Case("implied", "到2024年，全面消除劣Ⅴ类断面。", SEP24, "on_course", "meets_now", inferior_sections(2024, 9),
         ("≤", "0"),
         room=("exhausted", 0)),
    Case("implied", "到2024年，全面消除秸秆露天焚烧火点。", SEP24, "at_risk", "behind",
         reported("agri.straw.fire_points", "2023"), ("≤", "0"), step=Fraction(0)),
    Case("implied", "到2024年，全面消除秸秆露天焚烧火点。", END, "met", "kept",
         reported("agri.straw.fire_points", "2024"),
         ("≤", "0")),
]  # fmt: skip

COD = [reported("water.cod.emission", year) for year in ("2021", "2022", "2023", "2024")]
PERCENT = [
    # 10 % at least is 33.3, and more is welcome
    Case("percent", "到2024年，PM2.5浓度比2021年下降10%—16%。", END, "met", "kept", pm25(),
         ("≤", less(BASE_PM25, "10"))),
    # in the baseline year nobody knows yet what to start from; 41 would be the figure of its first half
    Case("percent", "到2024年，PM2.5浓度比2021年下降10%。", "2021-06-30", "cannot_be_judged", "no_baseline"),
    # 37 less 18 % is 30.34, less 16 % is 31.08
    Case("percent", "到2024年，PM2.5浓度比2021年下降18%。", END, "missed", "broken", pm25(),
         ("≤", less(BASE_PM25, "18"))),
    Case("percent", "到2024年，PM2.5浓度比2021年下降16%。", END, "met", "kept", pm25(), ("≤", less(BASE_PM25, "16"))),
    # 12 000 t less 8 % is 11 040, and 11 360 in 2023
    Case("percent", "到2024年，全市化学需氧量排放总量较2021年下降8%。", AFTER, "met", "kept", COD[3],
         ("≤", less(COD[0], "8"))),
    Case("percent", "到2024年，全市化学需氧量排放总量较2021年下降8%。", SEP24, "on_course", "ahead", COD[2],
         ("≤", less(COD[0], "8")), step=on_the_way(COD[0], less(COD[0], "8"), Fraction(2, 3))),
    # of 10 % 11 200 in 2023
    Case("percent", "到2024年，全市化学需氧量排放总量较2021年下降10%。", SEP24, "at_risk", "behind", COD[2],
         ("≤", less(COD[0], "10")), step=on_the_way(COD[0], less(COD[0], "10"), Fraction(2, 3))),
    # 82.5 and 3 % of it are 84.975, and 3 points 85.5: 87.2 is enough for both
    Case("percent", "到2024年，优良天数比率比2021年提高3%。", END, "met", "kept", good_ratio(JAN24, END),
         ("≥", less(BASE_GOOD, "-3"))),
    # 82.5 and 5.5 % of it are 87.04, and 5.5 points 88
    Case("percent", "到2024年，优良天数比率比2021年提高5.5%。", END, "cannot_be_judged", "two_readings",
         good_ratio(JAN24, END),
         ("≥", less(BASE_GOOD, "-5.5"))),
    # nobody can take a tenth from none
    Case("percent", "到2024年，秸秆露天焚烧火点数比2021年下降10%。", END, "cannot_be_judged", "zero_baseline",
         reported("agri.straw.fire_points", "2024")),
]  # fmt: skip

POINTS = [
    Case("points", "到2024年，优良天数比率比2021年提高5个百分点。", END, "missed", "broken", good_ratio(JAN24, END),
         ("≥", exact(BASE_GOOD) + 5)),
    Case("points", "到2024年，优良天数比率比2021年提高4个百分点。", END, "met", "kept", good_ratio(JAN24, END),
         ("≥", exact(BASE_GOOD) + 4)),
    # 87.5 is beyond 319 of 366
    Case("points", "到2024年，优良天数比率比2021年提高5个百分点。", SEP24, "missed", "lost", good_ratio(JAN24, SEP24),
         ("≥", exact(BASE_GOOD) + 5), room=("impossible", None)),
    # every year: 2024 is to have a point more than the 86.3 of 2023, and has 87.2
    Case("points", "优良天数比率每年提高1个百分点。", END, "missed", "broken", good_ratio(JAN24, END),
         ("≥", exact(good_ratio("2023-01-01", "2023-12-31")) + 1)),
    # a point in each of three years
    Case("points", "到2024年，优良天数比率年均提高2个百分点。", END, "missed", "broken", good_ratio(JAN24, END),
         ("≥", exact(BASE_GOOD) + 6)),
]  # fmt: skip

# What the plan prints stands in the unit of its goal: 1.2 万吨 are 12 000 t.
TENS = {"baseline_value": 1.2}
TONNES = "到2024年，全市化学需氧量排放总量控制在1.104万吨以内。"
PRINTED = [
    Case("level", TONNES, SEP24, "on_course", "ahead", COD[2],
         ("≤", "11040"), step=on_the_way("12000", "11040", Fraction(2, 3)), change=TENS),
    Case("level", TONNES.replace("1.104", "1.09"), SEP24, "at_risk", "behind", COD[2],
         ("≤", "10900"), step=on_the_way("12000", "10900", Fraction(2, 3)), change=TENS),
    Case("level", TONNES, AFTER, "met", "kept", COD[3], ("≤", "11040"), change=TENS),
]  # fmt: skip

COAL = [reported("energy.coal.total", year) for year in ("2021", "2022", "2023", "2024")]
AMOUNTS = [
    Case("amount", "到2024年，煤炭消费总量比2021年减少50万吨。", AFTER, "missed", "broken", COAL[3],
         ("≤", exact(COAL[0]) - 50)),
    # 2 016.67 is asked of 2023
    Case("amount", "到2024年，煤炭消费总量比2021年减少50万吨。", SEP24, "at_risk", "behind", COAL[2],
         ("≤", exact(COAL[0]) - 50),
         step=on_the_way(COAL[0], exact(COAL[0]) - 50, Fraction(2, 3))),
    Case("amount", "到2024年，PM2.5浓度比2021年下降6微克/立方米。", END, "met", "kept", pm25(),
         ("≤", exact(BASE_PM25) - 6)),
]  # fmt: skip

CUMULATED = [
    # 3.0, 2.5 and 3.2 % make 8.45 %, not their sum of 8.7
    Case("cumulated", "到2024年，单位GDP能耗比2021年下降8.5%。", AFTER, "missed", "broken", cumulated(ENERGY),
         ("≥", "8.5"),
         period="2022/2024"),
    Case("cumulated", "到2024年，单位GDP能耗比2021年下降8.4%。", AFTER, "met", "kept", cumulated(ENERGY),
         ("≥", "8.4")),
    # 5.42 % of 5.67 after two years; 3.26 % are still needed in the third
    Case("cumulated", "到2024年，单位GDP能耗比2021年下降8.5%。", SEP24, "at_risk", "behind", cumulated(ENERGY[:2]),
         ("≥", "8.5"), step=on_the_way("0", "8.5", Fraction(2, 3)), period="2022/2023"),
    Case("cumulated", "到2024年，单位GDP二氧化碳排放比2021年下降8%。", SEP24, "on_course", "ahead", cumulated(CARBON),
         ("≥", "8"), step=on_the_way("0", "8", Fraction(2, 3))),
    # 3 % in each of three years are 8.73 % together
    Case("cumulated", "到2024年，单位GDP能耗年均下降3%。", AFTER, "missed", "broken", cumulated(ENERGY),
         ("≥", each_year("3", 3))),
    # 2.9 % in each of three years are 8.4501 %, and 3.0, 2.5 and 3.2 % are 8.4514 %: both are published as 8.45 %
    Case("cumulated", "到2024年，单位GDP能耗年均下降2.9%。", AFTER, "met", "kept", cumulated(ENERGY),
         ("≥", each_year("2.9", 3))),
    # 4.0 and 2.0 % make 5.92 %, and 7.895 % are reached with 2.1 % in the third year
    Case("cumulated", "到2024年，单位GDP二氧化碳排放比2021年下降7.9%。", SEP24, "on_course", "ahead",
         cumulated(CARBON),
         ("≥", "7.9"), step=on_the_way("0", "7.9", Fraction(2, 3)), period="2022/2023",
         room=("open", room_of_rate("7.9", CARBON, 1, 3))),
    # nobody has reported 2024
    Case("cumulated", "到2024年，单位GDP二氧化碳排放比2021年下降8%。", AFTER, "cannot_be_judged", "not_reported"),
    # 31 of 37 is a decline of 16.2 %
    Case("cumulated", "到2024年，PM2.5浓度下降率达到16%。", END, "met", "kept",
         rounded(100 * (1 - Fraction(pm25()) / Fraction(BASE_PM25)), 1),
         ("≥", "16")),
    Case("cumulated", "到2024年，PM2.5浓度下降率达到16.3%。", END, "missed", "broken",
         rounded(100 * (1 - Fraction(pm25()) / Fraction(BASE_PM25)), 1), ("≥", "16.3")),
]  # fmt: skip

DAYS = [
    # one has been, and one is allowed; none was ever later than January
    Case("days", "到2024年，全市重度及以上污染天数控制在1天以内。", SEP24, "on_course", "likely",
         heavy_days(JAN24, SEP24),
         ("≤", "1"), room=("exhausted", 0), likely=True),
    Case("days", "到2024年，全市重度及以上污染天数控制在1天以内。", END, "met", "kept", heavy_days(JAN24, END),
         ("≤", "1")),
    Case("days", "到2024年，重污染天数比2021年减少2天。", END, "met", "kept", heavy_days(JAN24, END), ("≤", "2")),
    Case("days", "到2023年，全市重度及以上污染天数控制在1天以内。", "2023-12-31", "missed", "broken",
         heavy_days("2023-01-01", "2023-12-31"), ("≤", "1"), due="2023-12-31"),
]  # fmt: skip

SECTIONS = [
    Case("sections", "到2024年，地表水国考断面水质优良比例达到80%以上。", END, "missed", "broken",
         good_sections(2024), ("≥", "80")),
    # seven of eight, and seven are needed
    Case("sections", "到2024年，地表水国考断面水质优良比例达到80%以上。", SEP24, "at_risk", "no_slack",
         good_sections(2024, 9),
         ("≥", "80"), room=("exhausted", room_of_sections("≥", "80", classes(2024, 9)))),
    # December is missing on its 30th day: five of eight, two must improve
    Case("sections", "到2024年，地表水国考断面水质优良比例达到80%以上。", "2024-12-30", "at_risk", "must_improve",
         good_sections(2024, 11), ("≥", "80"), room=("behind", room_of_sections("≥", "80", classes(2024, 11))),
         period="2024-01/2024-11"),
    Case("sections", "到2024年，地表水国考断面水质优良比例达到75%以上。", END, "met", "kept", good_sections(2024),
         ("≥", "75")),
    # 62.5 to 75 asks 70.8 in 2023, which has 87.5
    Case("sections", "到2024年，地表水国考断面水质优良比例达到75%以上。", SEP23, "on_course", "ahead",
         good_sections(2023, 9),
         ("≥", "75"), step=on_the_way(good_sections(2021), "75", Fraction(2, 3)), room=("open", 1)),
    # the basin: 清河 alone
    Case("basin", "到2024年，清河流域国考断面优良比例达到80%。", END, "missed", "broken",
         good_sections(2024, river="清河"),
         ("≥", "80")),
    Case("basin", "到2024年，清河流域国考断面优良比例达到80%。", SEP24, "on_course", "meets_now",
         good_sections(2024, 9, river="清河"), ("≥", "80"),
         room=("open", room_of_sections("≥", "80", classes(2024, 9, "清河")))),
    Case("basin", "到2024年，清河流域国考断面优良比例达到60%。", END, "met", "kept",
         good_sections(2024, river="清河"), ("≥", "60")),
]  # fmt: skip

VILLAGES = "到2024年，完成80个行政村环境综合整治。"
MORE = "到2024年10月底前，完成100个行政村环境综合整治。"
OUTFALLS = "到2024年10月底前，建成34个入河排污口整治项目。"
done = {
    period: reported("rural.env.village_count", period) for period in ("2022", "2023", "2024Q1", "2024Q2", "2024Q3")
}
ALL_DONE = sum(done.values(), Decimal(0))
PROJECTS = [
    # 28 a year: 12 in the first quarter, in which 7 were due, and 16 to go
    Case("projects", "每年完成28个行政村环境综合整治。", "2024-03-31", "on_course", "ahead", done["2024Q1"],
         ("≥", "28"),
         step=Fraction(7), room=("open", 16), period="2024-01/2024-03"),
    Case("projects", "每年完成28个行政村环境综合整治。", "2023-12-31", "met", "kept", done["2023"], ("≥", "28"),
         due="2023-12-31"),
    Case("projects", "每年完成29个行政村环境综合整治。", "2023-12-31", "missed", "broken", done["2023"], ("≥", "29"),
         due="2023-12-31"),
    # 30 + 28 + 12 + 10 + 10 = 90: what is done stays done
    Case("projects", VILLAGES, SEP24, "met", "safe", ALL_DONE, ("≥", "80"), room=("reached", 0)),
    # 100 in the 34 months until October 2024 are 97 after 33
    Case("projects", MORE, SEP24, "at_risk", "behind", ALL_DONE, ("≥", "100"), due="2024-10-31", step=Fraction(97),
         room=("open", 10)),
    # what was done in October has not been reported
    Case("projects", MORE, "2024-10-31", "cannot_be_judged", "not_reported", ALL_DONE, ("≥", "100"), due="2024-10-31"),
    # entered by hand: 34 in 34 months are 33 after 33 months, 32 on the day before the last of September
    Case("projects", OUTFALLS, SEP24, "on_course", "ahead", Decimal(33), ("≥", "34"), due="2024-10-31",
         step=Fraction(33),
         room=("open", 1), entries=(("figure", "33", "2024-09-20"),)),
    Case("projects", OUTFALLS, SEP24, "at_risk", "behind", Decimal(32), ("≥", "34"), due="2024-10-31",
         step=Fraction(33),
         room=("open", 2), entries=(("figure", "32", "2024-09-20"),)),
    Case("projects", OUTFALLS, "2024-09-29", "on_course", "ahead", Decimal(32), ("≥", "34"), due="2024-10-31",
         step=Fraction(32), room=("open", 2), entries=(("figure", "32", "2024-09-20"),)),
    Case("projects", OUTFALLS, END, "met", "kept", Decimal(34), ("≥", "34"), due="2024-10-31",
         entries=(("figure", "33", "2024-09-20"), ("figure", "34", "2024-10-28"))),
    Case("projects", OUTFALLS, SEP24, "cannot_be_judged", "no_indicator", due="2024-10-31"),
    # what there was in November is no proof of what there was when it was due; with its month it is
    Case("projects", OUTFALLS, END, "cannot_be_judged", "not_reported", Decimal(34), ("≥", "34"), due="2024-10-31",
         entries=(("figure", "34", "2024-11-28"),)),
    Case("projects", OUTFALLS, END, "met", "kept", Decimal(34), ("≥", "34"), due="2024-10-31",
         entries=(("figure", "34", "2024-11-28", "", "2024-10"), ("figure", "40", "2024-12-28"))),
    # one history under no name and under the city's
    Case("projects", OUTFALLS, SEP24, "cannot_be_judged", "no_indicator", due="2024-10-31",
         entries=(("figure", "33", "2024-09-20"), ("figure", "withdrawn", "2024-09-25", raw.CITY))),
    Case("projects", OUTFALLS, SEP24, "on_course", "ahead", Decimal(33), ("≥", "34"), due="2024-10-31",
         step=Fraction(33), room=("open", 1),
         entries=(("figure", "30", "2024-09-20", raw.CITY), ("figure", "33", "2024-09-20"))),
    # a figure of 2022 and one of 2023, entered together: the later one, against two thirds of the way to 84
    Case("projects", "到2024年，建成84个入河排污口整治项目。", "2024-01-31", "at_risk", "behind", Decimal(55),
         ("≥", "84"), step=Fraction(58), room=("open", 29),
         entries=(("figure", "55", "2024-01-20", "", "2023"), ("figure", "27", "2024-01-20", "", "2022"))),
    # 135 hm2 are more than 0.2 万亩, which are 133.33
    Case("amount", "到2024年，湿地修复面积0.2万亩。", AFTER, "met", "kept", Decimal(135),
         ("≥", exact("0.2") * 10000 / 15)),
]  # fmt: skip

CLASSES = [
    # the permanganate index: 5.83 of the months to September, 6.25 of the year; a rest of 6.5 is 1.11 times that
    Case("class", "到2024年，清河入湖口断面水质达到或优于Ⅲ类。", SEP24, "on_course", "meets_now", Decimal(3),
         ("≤", "3"),
         room=("open", Decimal("1.11"))),
    Case("class", "到2024年，清河入湖口断面水质达到或优于Ⅲ类。", END, "missed", "broken", Decimal(4), ("≤", "3")),
    # 6.67, and 6.00: the limit itself is within the class; the rest must come to 4, which is 0.60 of 6.67
    Case("class", "到2024年，下渡断面水质达到或优于Ⅲ类。", SEP24, "at_risk", "must_improve", Decimal(4), ("≤", "3"),
         room=("behind", Decimal("0.60"))),
    Case("class", "到2024年，下渡断面水质达到或优于Ⅲ类。", END, "met", "kept", Decimal(3), ("≤", "3")),
    # total phosphorus: 0.19 to September, 0.205 of the year
    Case("class", "到2024年，临江大桥断面水质达到Ⅲ类。", END, "missed", "broken", Decimal(4), ("≤", "3")),
]  # fmt: skip

ENERGY_TASK = "到2024年，单位GDP能耗下降率完成省下达任务。"
SENT = (("reference", "8.4", "2024-10-08"),)
BY_REFERENCE = [
    Case("by_reference", ENERGY_TASK, SEP24, "cannot_be_judged", "by_reference", cumulated(ENERGY[:2]), entries=SENT),
    Case("by_reference", ENERGY_TASK, AFTER, "met", "kept", cumulated(ENERGY), ("≥", "8.4"), entries=SENT),
    # sent anew: the later one counts
    Case("by_reference", ENERGY_TASK, AFTER, "missed", "broken", cumulated(ENERGY), ("≥", "8.5"),
         entries=(*SENT, ("reference", "8.5", "2025-01-08"))),
    Case("by_reference", ENERGY_TASK, SEP24, "at_risk", "behind", cumulated(ENERGY[:2]), ("≥", "8.4"),
         step=on_the_way("0", "8.4", Fraction(2, 3)), entries=(("reference", "8.4", "2024-09-30"),)),
]  # fmt: skip

STANDARDS = [
    # GB 3095-2012: PM2.5 35 and 15, NO2 40
    Case("standard", "到2024年，PM2.5年均浓度达到国家二级标准。", END, "met", "kept", pm25(), ("≤", "35")),
    Case("standard", "到2024年，PM2.5年均浓度达到国家一级标准。", END, "missed", "broken", pm25(), ("≤", "15")),
    Case("standard", "到2024年，PM10年均浓度达到国家二级标准。", END, "met", "kept", mean("pm10", JAN24, END),
         ("≤", "70")),
]  # fmt: skip

COVER = "到2024年，森林覆盖率稳步提高。"
WORDS = [
    Case("qualitative", COVER, SEP24, "cannot_be_judged", "qualitative",
         entries=(("judgement", "met", "2024-10-08"),)),
    Case("qualitative", COVER, END, "met", "by_person",
         entries=(("judgement", "met", "2024-10-08"),)),
    # once it is due nobody needs to hear how it went in November
    Case("qualitative", COVER, END, "cannot_be_judged", "qualitative",
         entries=(("judgement", "met", "2024-10-08"), ("judgement", "at_risk", "2024-11-08"))),
]  # fmt: skip

WINTER = "2022年10月至2023年3月秋冬季期间，PM2.5平均浓度控制在45微克/立方米以内。"
BY_MARCH = "到2024年3月，秋冬季PM2.5平均浓度不高于45微克/立方米。"
BY_JANUARY = "到2024年1月，秋冬季PM2.5平均浓度不高于43微克/立方米。"
WINTER_WATER = "2023年秋冬季国考断面优良比例不低于85%。"
SEASONS = [
    # a winter of two years: the mean of its six months
    Case("season", WINTER_WATER, "2024-03-31", "met", "kept", winter_sections(2023), ("≥", "85"),
         due="2024-03-31", period="2023-10/2024-03"),
    Case("season", WINTER, JUN22, "cannot_be_judged", "period_not_begun", limit=None, due="2023-03-31"),
    # October to January: 30, 40, 48 and a January of two heavy and twelve light days; the rest may still come to less
    Case("season", WINTER, "2023-03-31", "met", "kept", pm25("2022-10-01", "2023-03-31"), ("≤", "45"),
         due="2023-03-31",
         period="2022-10/2023-03"),
    Case("season", WINTER.replace("45", "42"), "2023-03-31", "missed", "broken", pm25("2022-10-01", "2023-03-31"),
         ("≤", "42"), due="2023-03-31"),
    # one year before cannot teach: it is above 45 on the last of January, and nothing else is known
    Case("season", WINTER, "2023-01-31", "at_risk", "short_now", pm25("2022-10-01", "2023-01-31"), ("≤", "45"),
         due="2023-03-31", period="2022-10/2023-01",
         room=("open", room_of_mean("≤", "45", day_values("pm2_5", "2022-10-01", "2023-01-31"), 59))),
]  # fmt: skip

SEASONS += [
    # by a month of it: the winter that ends then, and not the months of the year
    Case("season", BY_MARCH, "2024-03-31", "met", "kept", pm25("2023-10-01", "2024-03-31"), ("≤", "45"),
         due="2024-03-31", period="2023-10/2024-03"),
    Case("season", BY_MARCH.replace("45", "40"), "2024-03-31", "missed", "broken", pm25("2023-10-01", "2024-03-31"),
         ("≤", "40"), due="2024-03-31", period="2023-10/2024-03"),
    Case("season", BY_JANUARY, "2024-02-29", "missed", "broken", pm25("2023-10-01", "2024-01-31"), ("≤", "43"),
         due="2024-01-31", period="2023-10/2024-01"),
]  # fmt: skip

EACH_WINTER = "每年秋冬季PM2.5平均浓度控制在45微克/立方米以内。"
YEARLY = [
    # a season of every year: that of 2023 is over in March 2024
    Case("every", EACH_WINTER, "2024-03-31", "met", "kept", pm25("2023-10-01", "2024-03-31"), ("≤", "45"),
         due="2024-03-31",
         period="2023-10/2024-03"),
    Case("every", "每年优良天数比率不低于85%。", "2023-12-31", "met", "kept", good_ratio("2023-01-01", "2023-12-31"),
         ("≥", "85"), due="2023-12-31"),
    # 36 bad days of ozone and 14 of particles: 50 of 365 leave 86.3, and none was bad after September
    Case("every", "每年优良天数比率不低于85%。", SEP23, "on_course", "likely", good_ratio("2023-01-01", SEP23),
         ("≥", "85"),
         due="2023-12-31", likely=True, room=("open", rest_good("85", SEP23, "2023-12-31"))),
    Case("every", "每年优良天数比率不低于88%。", SEP23, "missed", "lost", good_ratio("2023-01-01", SEP23),
         ("≥", "88"),
         due="2023-12-31", room=("impossible", None)),
    # 18 bad days of 92
    Case("every", "每季度优良天数比率不低于80%。", SEP24, "met", "kept", good_ratio("2024-07-01", SEP24), ("≥", "80"),
         due=SEP24),
    Case("every", "每季度优良天数比率不低于85%。", SEP24, "missed", "broken", good_ratio("2024-07-01", SEP24),
         ("≥", "85"),
         due=SEP24),
]  # fmt: skip

LINJIANG, DONGHU, BEISHAN, ANPING = raw.LINJIANG, raw.DONGHU, raw.BEISHAN, raw.ANPING
PM25_30 = "到2024年，PM2.5年均浓度不高于31微克/立方米。"
DISTRICTS = [
    # goals of their own: 30 for one that has 30, 32 for one that has 33
    Case("district", PM25_30, END, "met", "kept", pm25(region=LINJIANG), ("≤", "30"), region=LINJIANG,
         entries=(("goal", "30", "2022-05-01", LINJIANG),)),
    Case("district", PM25_30, END, "missed", "broken", pm25(region=DONGHU), ("≤", "32"), region=DONGHU,
         entries=(("goal", "32", "2022-05-01", DONGHU),)),
    # nothing was measured in 北山区 in 2024, in 2023 too few days of February; 安平县 has no station
    Case("district", PM25_30, END, "cannot_be_judged", "no_data", region=BEISHAN,
         entries=(("goal", "31", "2022-05-01", BEISHAN),), limit=("≤", "31")),
    Case("missing", "到2023年，PM2.5年均浓度不高于31微克/立方米。", "2023-12-31", "cannot_be_judged", "incomplete",
         mean("pm2_5", "2023-01-01", "2023-12-31", BEISHAN), ("≤", "31"), change={"region": BEISHAN},
         due="2023-12-31"),
    Case("missing", "到2024年，PM2.5年均浓度不高于31微克/立方米。", END, "cannot_be_judged", "no_stations",
         limit=("≤", "31"),
         change={"region": ANPING}),
    Case("missing", "到2024年，公众生态环境满意度达到90%。", END, "cannot_be_judged", "not_reported",
         limit=("≥", "90")),
]  # fmt: skip

# What the board does not answer rightly yet, with the right answer.
CASES: list[Case] = [
    *LEVELS, *STRICT, *SOFT, *VAGUE, *RANGES, *IMPLIED, *PERCENT, *POINTS, *PRINTED, *AMOUNTS, *CUMULATED, *DAYS,
    *SECTIONS, *PROJECTS, *CLASSES, *BY_REFERENCE, *STANDARDS, *WORDS, *SEASONS, *YEARLY, *DISTRICTS,
]  # fmt: skip
