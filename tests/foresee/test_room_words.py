"""Every room has its sentence in both languages: the table holds what the functions say, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from bilan.foresee.room import Room
from bilan.foresee.room_classes import Item, room_of_class
from bilan.foresee.room_counts import room_of_count
from bilan.foresee.room_limits import Limit
from bilan.foresee.room_means import Scale, SoFar, room_of_mean, room_of_mean_of_cities, room_of_mean_of_sections
from bilan.foresee.room_percentiles import room_of_percentile
from bilan.foresee.room_rates import room_of_rate
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_sections import room_of_sections
from bilan.foresee.room_shares import DaysSoFar, room_of_days, room_of_share
from bilan.foresee.room_words import Value, room_texts, sentence

AT_MOST, AT_LEAST = Limit("at_most", 35, 0), Limit("at_least", Decimal("80"), 1)


def means() -> Iterator[Room]:
    scale = Scale("%", highest=100)
    for limit, total, count, left in [
        (AT_MOST, 300, 10, 10),
        (AT_MOST, 690, 10, 10),
        (AT_MOST, 800, 10, 10),
        (AT_LEAST, 1000, 10, 1),
        (Limit("at_most", 0), 0, 10, 10),
        (AT_MOST, 300, 10, 0),
        (AT_MOST, 400, 10, 0),
        (AT_MOST, 0, 0, 0),
    ]:
        so_far = SoFar(total, count, Rest(left))
        yield room_of_mean(limit, so_far, scale)
        yield room_of_mean_of_cities(limit, [so_far, so_far], scale)
        yield room_of_mean_of_sections(limit, [so_far, so_far], scale)
    few = SoFar(8000, 100, Rest(100, Fraction(1, 10)))
    yield room_of_mean(Limit("at_most", 40, 0), few, scale)
    yield room_of_mean_of_cities(Limit("at_most", 40, 0), [few], scale)
    yield room_of_mean_of_sections(Limit("at_most", 40, 0), [few, few], scale)


def days() -> Iterator[Room]:
    for counted, valid, left in [
        (0, 0, 0),
        (250, 300, 0),
        (50, 300, 0),
        (150, 200, 100),
        (190, 200, 10),
        (80, 200, 10),
    ]:
        for limit in (AT_LEAST, Limit("at_most", 20, 1), Limit("at_most", 80, 1)):
            yield room_of_share(limit, DaysSoFar(counted, valid, Rest(left)))
    yield room_of_share(AT_LEAST, DaysSoFar(80, 100, Rest(100)))
    yield room_of_share(Limit("at_least", 100, 1), DaysSoFar(10, 10, Rest(10)))
    yield room_of_share(Limit("at_most", 0, 1), DaysSoFar(0, 10, Rest(10)))
    for at_least in (0, 1, 5, 10, 16):
        yield room_of_days(Limit("at_least", at_least), DaysSoFar(1, 10, Rest(9)))
        yield room_of_days(Limit("at_least", at_least), DaysSoFar(1, 10, Rest(0)))
        yield room_of_days(Limit("at_most", at_least), DaysSoFar(1, 10, Rest(9)))
    yield room_of_days(AT_MOST, DaysSoFar(0, 0, Rest(0)))
    few = Rest(92, Fraction(1, 2))
    yield room_of_share(Limit("at_least", Decimal("90.9"), 1), DaysSoFar(240, 273, few))
    yield room_of_share(Limit("at_most", 9, 1), DaysSoFar(33, 273, few))
    yield room_of_days(Limit("at_least", 300), DaysSoFar(240, 273, few))


def percentiles() -> Iterator[Room]:
    for above, valid, left in [
        (30, 273, 92),
        (36, 273, 92),
        (37, 273, 92),
        (38, 273, 92),
        (10, 300, 20),
        (36, 365, 0),
        (37, 365, 0),
        (38, 365, 0),
        (0, 0, 0),
    ]:
        yield room_of_percentile(Limit("at_most", 160, 0), 90, DaysSoFar(above, valid, Rest(left)), unit="µg/m3")


def sections() -> Iterator[Room]:
    for counted in (0, 1, 2, 3):
        for value in (0, 50, 100):
            yield room_of_sections(Limit("at_least", value, 1), counted, 4)
            yield room_of_sections(Limit("at_most", value, 1), counted, 4, "inferior_section", "latest")
    yield room_of_sections(Limit("at_least", 101), 1, 4)
    yield room_of_sections(Limit("at_most", 0, strict=True), 1, 4)
    yield room_of_sections(AT_LEAST, 4, 4, ended=True)
    yield room_of_sections(AT_LEAST, 3, 4, ended=True)
    yield room_of_sections(AT_LEAST, 0, 0)


def counts() -> Iterator[Room]:
    for done, left in [(5, 3), (10, 3), (12, 3), (10, 0), (12, 0)]:
        yield room_of_count(Limit("at_least", 10), done, left, unit="km")
        yield room_of_count(Limit("at_most", 10), done, left)


def rates() -> Iterator[Room]:
    for target, years_left in [(20, 2), (100, 2), (101, 2), (10, 2), (10, 0), (20, 0)]:
        yield room_of_rate(Limit("at_least", target), [10], years_left)
    yield room_of_rate(Limit("at_least", 20), [100], 2)


def classes() -> Iterator[Room]:
    for total, count, left in [(8, 10, 2), (11, 10, 2), (30, 10, 2), (8, 10, 0), (11, 10, 0), (0, 0, 2)]:
        yield room_of_class([Item("氨氮", Limit("at_most", 1, 2), SoFar(total, count, Rest(left)))], "class_3")


ROOMS = [*means(), *days(), *percentiles(), *sections(), *counts(), *rates(), *classes()]


def test_the_table_holds_every_code_and_no_other() -> None:
    assert {code for code in room_texts() if not code.startswith("word.")} == {room.code for room in ROOMS}


def test_every_word_that_is_named_has_its_row() -> None:
    named = {value for room in ROOMS for _, value in (*room.numbers, ("", room.unit), ("", room.per_unit))}
    words = {value for value in named if isinstance(value, str) and re.fullmatch("[a-z_]{3,}", value)}
    assert {"day", "month", "project", "good_day", "inferior_section", "mean", "at_most"} <= words
    assert {f"word.{word}" for word in words} <= room_texts().keys()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.code)
def test_is_one_sentence_in_both_languages(room: Room) -> None:
    zh, en = room.sentence(), room.sentence("en")
    assert re.fullmatch(r"[^。{}]+。", zh)
    assert re.fullmatch(r"[A-Z][^{}]+\.", en)
    assert not re.search(r"_|  |None(?! of )| [，。；）%]", zh + en)
    assert not re.search("[\u4e00-\u9fff]", en.replace("氨氮", ""))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.code)
def test_the_amount_is_said(room: Room) -> None:
    if room.state == "open":
        assert str(room.amount) in room.sentence()
        assert str(room.amount) in room.sentence("en")


@pytest.mark.parametrize(
    ("unit", "said"), [("km", "10 km"), ("%", "10%"), ("", "10"), ("辆", "10 辆"), ("project", "10 个")]
)
def test_a_unit_stands_off_unless_it_is_a_sign(unit: str, said: str) -> None:
    numbers: dict[str, Value] = {"done": 12, "sign": "≥", "target": 10, "unit": unit}
    assert f"（≥{said}）" in sentence("count.reached", numbers)


def test_a_code_without_words_and_a_place_without_a_number_are_defects() -> None:
    with pytest.raises(KeyError):
        sentence("mean.nonsense", {})
    with pytest.raises(KeyError):
        sentence("count.reached", {"done": 12})


def test_the_sentences_that_offices_will_read() -> None:
    room = room_of_mean(AT_MOST, SoFar(30 * 273, 273, Rest(92)))
    assert room.sentence() == (
        "其余时间（预计有效 92 天）均值不超过 51.8 µg/m³，即达到要求（≤35 µg/m³）；迄今有效 273 天，均值 30.0 µg/m³。"
    )
    share = room_of_share(Limit("at_least", Decimal("87.7"), 1), DaysSoFar(240, 273, Rest(92)))
    assert share.sentence() == (
        "预计还有 92 个有效日，其中不是优良天的最多 12 天，就能达到要求（≥87.7%；迄今有效 273 天，其中优良天 240 天）。"
    )
    heavy = room_of_days(Limit("at_most", 3), DaysSoFar(1, 200, Rest(165)))
    assert heavy.sentence("en") == (
        "Of 165 valid days still expected, no more than 2 may be heavily polluted days for the level asked "
        "(≤3 days); so far 1 of 200 are."
    )
    behind = room_of_sections(Limit("at_least", 85, 1), 15, 20)
    assert behind.sentence() == ("还须有 2 个断面升到Ⅰ～Ⅲ类（要求 ≥85%；按期内均值，20 个断面中 15 个，占 75.0%）。")
    rate = room_of_rate(Limit("at_least", Decimal("13.5"), 1), [Decimal("2.5"), Decimal("3.1")], 3)
    assert rate.sentence() == "剩 3 年，平均每年还须下降 2.88%（2 年累计下降 5.5%，要求 ≥13.5%）。"
