"""One code for a parameter, however it is called."""

from __future__ import annotations

from collections import Counter

import pytest

from bilan.evaluate.air.pollutants import POLLUTANTS
from bilan.observe.importers.units import factor
from bilan.policy.parameters import parameter, parameter_2005, parameters


@pytest.mark.parametrize(
    ("called", "code"),
    [
        ("pm25", "a34004"),
        ("pm2_5", "a34004"),
        ("PM2.5", "a34004"),
        ("PM₂.₅", "a34004"),
        ("细颗粒物", "a34004"),
        ("细颗粒物(PM2.5)", "a34004"),
        ("PM10", "a34002"),
        ("PM1.0", "a34005"),  # not PM10
        ("SO₂", "a21026"),
        ("O3", "a05024"),
        ("NO", "a21003"),
        ("ＣＯ", "a21005"),
        ("NH3-N", "w21003"),
        ("氨 氮", "w21003"),
        ("CODMn", "w01019"),
        ("COD", "w01018"),
        ("DO", "w01009"),
        ("pH", "w01001"),
        ("叶绿素a", "w01016"),
        ("w01019", "w01019"),
        ("W01019", "w01019"),
    ],
)
def test_a_parameter_is_found_however_it_is_called(called: str, code: str) -> None:
    found = parameter(called)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("called", ["", "aqi", "pm", "36", "COD5"])
def test_what_is_no_parameter_is_none(called: str) -> None:
    assert parameter(called) is None


@pytest.mark.parametrize(("code", "now"), [("02", "a21026"), ("060", "w21003"), ("s01", "a19001"), ("B01", "w00000")])
def test_codes_of_2005_are_found_apart(code: str, now: str) -> None:
    found = parameter_2005(code)
    assert found is not None
    assert found.code == now
    assert parameter(code) is None


def test_codes_are_unique() -> None:
    assert [code for code, n in Counter(row.code for row in parameters()).items() if n > 1] == []
    assert [code for code, n in Counter(r.code_2005 for r in parameters() if r.code_2005).items() if n > 1] == []
    assert parameter_2005("") is None


def test_no_name_means_two_parameters() -> None:
    wrong = [
        (row.code, name)
        for row in parameters()
        for name in (row.code, row.name, *row.aliases)
        if (found := parameter(name)) is None or found.code != row.code
    ]
    assert wrong == []


def test_units_of_packets_convert_into_those_of_the_lake() -> None:
    for row in parameters():
        if row.hj212_unit:
            assert factor(row.hj212_unit, row.unit) > 0


def test_the_six_pollutants_of_the_evaluation_are_these() -> None:
    found = [parameter(pollutant.name) for pollutant in POLLUTANTS]
    assert [(row.code, row.unit) for row in found if row] == [(p.code, p.unit) for p in POLLUTANTS]
