"""The raw numbers of a city that does not exist: what its monitors measured, what its offices reported.

Every value is constant over a day, or over a month, so that any figure can be worked out with a pencil. This module
imports nothing from bilan: the lake of the tests is written from it, and the reference reckons with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

CITY, LINJIANG, DONGHU, BEISHAN, ANPING = "990100", "990102", "990103", "990104", "990121"
FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)

# Ambient air. Station, district, and by how much it is above the city's day (particles and nitrogen dioxide only).
STATIONS = {"a": (LINJIANG, -2), "b": (LINJIANG, 0), "c": (DONGHU, 2), "d": (BEISHAN, 0)}
SHIFTED = ("pm2_5", "no2")
POLLUTANTS = ("pm2_5", "pm10", "so2", "no2", "co", "o3")

# PM2.5 of an ordinary day, by month.
PM25 = {
    2021: (50, 48, 40, 34, 28, 22, 20, 20, 24, 32, 42, 50),
    2022: (48, 46, 38, 32, 26, 22, 18, 20, 24, 30, 40, 48),
    2023: (46, 44, 36, 30, 26, 20, 18, 18, 22, 30, 38, 46),
    2024: (44, 40, 34, 28, 24, 20, 16, 18, 20, 28, 36, 42),
}
# How many days of January were of 160 (heavily polluted), and how many after them of 90 (lightly polluted).
HEAVY = {2021: 4, 2022: 3, 2023: 2, 2024: 1}
LIGHT = {2021: 16, 2022: 14, 2023: 12, 2024: 10}
# On how many of the first days of each month from May to August ozone came to 170 instead of 90.
OZONE = {2021: 11, 2022: 10, 2023: 9, 2024: 9}
NO2 = {2021: 30, 2022: 29, 2023: 28, 2024: 26}
SO2 = {2021: 9, 2022: 8, 2023: 8, 2024: 7}
PM10 = {2021: 64, 2022: 62, 2023: 60, 2024: 57}

# Station d measured nothing in these days.
SILENT = {"d": ((date(2023, 2, 21), date(2023, 2, 28)), (date(2024, 1, 1), date(2024, 12, 31)))}
# Until it was corrected, station c had 120 too much of nitrogen dioxide in December 2024.
FAULT = ("c", "no2", date(2024, 12, 1), date(2024, 12, 31), 120)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``."""
    return (first + timedelta(n) for n in range((last - first).days + 1))


def ordinary(pollutant: str, day: date) -> Decimal:
    """The city's value of a day."""
    year = day.year
    if pollutant == "pm2_5":
        if day.month == 1 and day.day <= HEAVY[year] + LIGHT[year]:
            return Decimal(160 if day.day <= HEAVY[year] else 90)
        return Decimal(PM25[year][day.month - 1])
    if pollutant == "o3":
        return Decimal(170 if 5 <= day.month <= 8 and day.day <= OZONE[year] else 90)
    if pollutant == "co":
        return Decimal("1.4") if day.day <= 2 else Decimal("0.8")
    return Decimal({"pm10": PM10, "so2": SO2, "no2": NO2}[pollutant][year])


def measured(station: str, pollutant: str, day: date, *, corrected: bool = True) -> Decimal | None:
    """What a station measured on each hour of a day, None where it measured nothing."""
    if any(first <= day <= last for first, last in SILENT.get(station, ())):
        return None
    above = STATIONS[station][1] if pollutant in SHIFTED else 0
    where, what, first, last, fault = FAULT
    wrong = fault if not corrected and (station, pollutant) == (where, what) and first <= day <= last else 0
    return ordinary(pollutant, day) + above + wrong


# Surface water: section, name, river, basin, district.
SECTIONS = {
    "w1": ("临江大桥", "清河", "清河流域", LINJIANG),
    "w2": ("清河入湖口", "清河", "清河流域", DONGHU),
    "w3": ("青石渡", "清河", "清河流域", LINJIANG),
    "w4": ("白沙", "清河", "清河流域", BEISHAN),
    "w5": ("柳林", "清河", "清河流域", BEISHAN),
    "w6": ("石桥", "墨溪", "云江流域", ANPING),
    "w7": ("下渡", "墨溪", "云江流域", ANPING),
    "w8": ("云台", "墨溪", "云江流域", ANPING),
}
_CODMN = {
    2021: ("5", "8", "3", "3", "7", "5", "16", "3"),
    2022: ("5", "7", "3", "3", "5", "5", "14", "3"),
    2023: ("5", "5", "3", "3", "5", "5", "8", "3"),
    2024: ("5", "5", "3", "3", "5", "5", "8", "3"),
}


def sampled(section: str, item: str, year: int, month: int) -> Decimal:
    """The only sample of a month: permanganate index and total phosphorus differ, the rest is clean everywhere."""
    if item == "codmn":
        if year == 2024 and month >= 7 and section in ("w2", "w7"):
            return Decimal("7.5" if section == "w2" else "4")
        return Decimal(_CODMN[year][int(section[1]) - 1])
    if item == "tp" and section == "w1":
        return Decimal("0.25") if (year, month) >= (2024, 10) else Decimal("0.19")
    return Decimal({"ph": "7.5", "do": "8", "nh3n": "0.1", "tp": "0.05"}[item])


# Statistics: indicator, region, period, value in the unit of the indicator, status, received.
REPORTS = (
    ("eco.forest.cover", CITY, "2021", "42.1", "final", "2022-03-01"),
    ("eco.forest.cover", CITY, "2022", "42.4", "final", "2023-03-01"),
    ("eco.forest.cover", CITY, "2023", "42.6", "final", "2024-03-01"),
    ("eco.forest.cover", CITY, "2024", "42.9", "preliminary", "2025-02-01"),
    ("eco.forest.cover", CITY, "2024", "43.0", "final", "2025-04-01"),
    ("agri.straw.util_rate", CITY, "2021", "90.0", "final", "2022-03-01"),
    ("agri.straw.util_rate", CITY, "2022", "92.5", "final", "2023-03-01"),
    ("agri.straw.util_rate", CITY, "2023", "93.0", "final", "2024-03-01"),
    ("agri.straw.util_rate", CITY, "2024", "91.9", "final", "2025-03-01"),
    ("energy.intensity.decline", CITY, "2022", "3.0", "final", "2023-06-01"),
    ("energy.intensity.decline", CITY, "2023", "2.5", "final", "2024-06-01"),
    ("energy.intensity.decline", CITY, "2024", "3.2", "final", "2025-06-01"),
    ("carbon.intensity.decline", CITY, "2022", "4.0", "final", "2023-06-01"),
    ("carbon.intensity.decline", CITY, "2023", "2.0", "final", "2024-06-01"),
    ("water.cod.emission", CITY, "2021", "12000", "final", "2022-06-01"),
    ("water.cod.emission", CITY, "2022", "11700", "final", "2023-06-01"),
    ("water.cod.emission", CITY, "2023", "11300", "final", "2024-06-01"),
    ("water.cod.emission", CITY, "2024", "11040", "final", "2025-06-01"),
    ("energy.coal.total", CITY, "2021", "2050", "final", "2022-06-01"),
    ("energy.coal.total", CITY, "2022", "2030", "final", "2023-06-01"),
    ("energy.coal.total", CITY, "2023", "2020", "final", "2024-06-01"),
    ("energy.coal.total", CITY, "2024", "2001", "final", "2025-06-01"),
    ("agri.straw.fire_points", CITY, "2021", "0", "final", "2022-03-01"),
    ("agri.straw.fire_points", CITY, "2022", "0", "final", "2023-03-01"),
    ("agri.straw.fire_points", CITY, "2023", "2", "final", "2024-03-01"),
    ("agri.straw.fire_points", CITY, "2024", "0", "final", "2025-03-01"),
    ("solid.medwaste.safe_rate", CITY, "2021", "100", "final", "2022-03-01"),
    ("solid.medwaste.safe_rate", CITY, "2022", "100", "final", "2023-03-01"),
    ("solid.medwaste.safe_rate", CITY, "2023", "99.9", "final", "2024-03-01"),
    ("solid.medwaste.safe_rate", CITY, "2024", "100", "final", "2025-03-01"),
    ("agri.manure.util_rate", CITY, "2021", "80", "final", "2022-03-01"),
    ("agri.manure.util_rate", CITY, "2022", "80", "final", "2023-03-01"),
    ("agri.manure.util_rate", CITY, "2023", "80", "final", "2024-03-01"),
    ("agri.manure.util_rate", CITY, "2024", "80", "final", "2025-03-01"),
    ("part.film.recovered", CITY, "2024", "850", "final", "2025-03-01"),
    ("part.film.used", CITY, "2024", "1000", "final", "2025-03-01"),
    ("rural.env.village_count", CITY, "2022", "30", "final", "2023-01-15"),
    ("rural.env.village_count", CITY, "2023", "28", "final", "2024-01-15"),
    ("rural.env.village_count", CITY, "2024Q1", "12", "final", "2024-04-15"),
    ("rural.env.village_count", CITY, "2024Q2", "10", "final", "2024-07-15"),
    ("rural.env.village_count", CITY, "2024Q3", "10", "final", "2024-10-15"),
    ("eco.wetland.restored_area", CITY, "2024", "135", "final", "2025-02-01"),
)
