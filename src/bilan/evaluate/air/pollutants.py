"""The six pollutants of ambient air and the steps in which their concentrations are counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# Concentrations are whole numbers of 10**-4 of their unit: four decimals are more than any network reports, also after
# a conversion between standard states, and a century of hours still fits into 64 bits.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Pollutant:
    """``name`` as columns carry it, ``formula`` as people write it, ``code`` of HJ 212-2017, ``unit``."""

    name: str
    formula: str
    code: str
    unit: str


# The order of GB 3095 table 1, in which several primary pollutants are listed, too.
POLLUTANTS = (
    Pollutant("so2", "SO2", "a21026", "µg/m3"),
    Pollutant("no2", "NO2", "a21004", "µg/m3"),
    Pollutant("pm10", "PM10", "a34002", "µg/m3"),
    Pollutant("pm2_5", "PM2.5", "a34004", "µg/m3"),
    Pollutant("co", "CO", "a21005", "mg/m3"),
    Pollutant("o3", "O3", "a05024", "µg/m3"),
)
BY_NAME = {pollutant.name: pollutant for pollutant in POLLUTANTS}


def steps(concentration: str | Decimal) -> int:
    """Return ``concentration``, a decimal of a table, in steps of ``10**-DIGITS``.

    >>> steps("0.1"), steps("35")
    (1000, 350000)
    """
    counted = Decimal(concentration).scaleb(DIGITS)
    if counted != int(counted):
        raise ValueError(f"{concentration} has more than {DIGITS} decimals")
    return int(counted)
