"""Words, numbers and colours: both languages say everything, and text on a colour can be read."""

from __future__ import annotations

import csv
import re
from decimal import Decimal

import pytest

from bilan.policy.tables import FOLDER
from bilan.policy.texts import after_number
from bilan.publish.charts_words import colour, contrast, ink, percent, shown


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines(), strict=True))


def places(text: str) -> set[str]:
    return {name.partition(":")[0] for name in re.findall(r"{([^}]*)}", text)}


@pytest.mark.parametrize("row", table("chart_texts.csv"), ids=lambda row: row["code"])
def test_both_languages_have_the_same_places(row: dict[str, str]) -> None:
    assert row["zh"]
    assert row["en"]
    assert places(row["zh"]) == places(row["en"])


def test_every_word_and_every_colour_is_used() -> None:
    code = "".join(path.read_text("utf-8") for path in (FOLDER.parent / "publish").glob("*.py"))
    for row in [*table("chart_texts.csv"), *table("chart_colours.csv")]:
        head = row["code"].rpartition(".")[0]
        assert f'"{row["code"]}"' in code or f'"{head}.{{' in code or f"'{head}.{{" in code, row["code"]


@pytest.mark.parametrize("row", table("chart_colours.csv"), ids=lambda row: row["code"])
def test_a_colour_is_a_colour_and_text_on_it_can_be_read(row: dict[str, str]) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", row["colour"])
    if not row["code"].startswith("role."):
        assert contrast(ink(row["colour"]), row["colour"]) >= 4.5


def test_text_can_be_read_on_white() -> None:
    """WCAG 2.1, 1.4.3."""
    for code in ("role.text", "role.faint", "role.limit"):
        assert contrast(colour(code), "#ffffff") >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#ffffff", 1.0), ("#000000", "#ffffff", 21.0), ("#ff0000", "#ffffff", 3.998)],
)
def test_contrast(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.001)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0%"),
        (0.004, "<1%"),
        (0.005, "<1%"),
        (0.0051, "1%"),
        (0.5, "50%"),
        (0.994, "99%"),
        (0.996, ">99%"),
        (1.0, "100%"),
    ],
)
def test_only_what_is_certain_is_called_so(share: float, said: str) -> None:
    assert percent(share) == said


def test_numbers_keep_their_digits() -> None:
    assert [shown(Decimal(text)) for text in ("31.0", "-2.50", "1E+3", "0")] == ["31.0", "−2.50", "1000", "0"]


def test_units_in_print() -> None:
    assert [after_number(unit) for unit in ("亿m3", "µg/m3", "%/a", "1")] == [" 亿m³", " µg/m³", "%/a", ""]
    assert [after_number(unit, "en") for unit in ("亿m3", "µg/m3", "d")] == [" ×10⁸ m³", " µg/m³", " days"]
