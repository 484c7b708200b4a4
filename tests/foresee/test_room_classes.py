"""Room of class goals: the item that asks most of the rest decides."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.room import Room
from bilan.foresee.room_classes import Item, room_of_class
from bilan.foresee.room_limits import Limit
from bilan.foresee.room_means import SoFar
from bilan.foresee.room_rest import Rest


def item(name: str, limit: Limit, mean: str, count: int = 9, left: int = 3) -> Item:
    return Item(name, limit, SoFar(Decimal(mean) * count, count, Rest(left)))


NITROGEN = Limit("at_most", 1, 2)  # class III, mg/L; kept by 1.005
PHOSPHORUS = Limit("at_most", Decimal("0.2"), 2)  # kept by 0.205
OXYGEN = Limit("at_least", 5, 1)  # kept from 4.95 on


def said(room: Room) -> tuple[str, str | None, object]:
    return room.state, None if room.amount is None else str(room.amount), dict(room.numbers)["worst"]


class TestOneItem:
    def test_beyond_its_limit(self) -> None:
        """(1.005 x 12 - 10.8) / 3 = 0.42, which is 0.35 of 1.2; 1.2 / 1."""
        room = room_of_class([item("氨氮", NITROGEN, "1.2")], "class_3")
        assert said(room) == ("behind", "0.35", "氨氮")
        assert dict(room.numbers)["over"] == (("氨氮", Decimal("1.20")),)
        assert dict(room.numbers)["allowed"] == Decimal("0.420")
        assert (room.kind, room.code, room.per, room.per_unit) == ("class", "class.behind", 3, "month")
        assert room.exhausted

    def test_within_its_limit(self) -> None:
        """(1.005 x 12 - 7.2) / 3 = 1.62, which is 2.025 of 0.8."""
        room = room_of_class([item("氨氮", NITROGEN, "0.8")], "class_3")
        assert said(room) == ("open", "2.02", "氨氮")
        assert dict(room.numbers)["over"] == ()

    @pytest.mark.parametrize(("mean", "state"), [("1.005", "open"), ("1.006", "behind"), ("1", "open")])
    def test_on_its_limit(self, mean: str, state: str) -> None:
        assert room_of_class([item("氨氮", NITROGEN, mean)], "class_3").state == state

    def test_one_that_must_be_high(self) -> None:
        """(4.95 x 12 - 36) / 3 = 7.8, which is 1.95 of 4."""
        room = room_of_class([item("溶解氧", OXYGEN, "4")], "class_3")
        assert said(room) == ("behind", "1.95", "溶解氧")
        assert dict(room.numbers)["over"] == (("溶解氧", Decimal("0.80")),)

    def test_one_that_may_come_to_nothing(self) -> None:
        """6.6 x 9 = 59.4 = 4.95 x 12."""
        assert said(room_of_class([item("溶解氧", OXYGEN, "6.6")], "class_3")) == ("open", "0.00", "溶解氧")

    def test_one_that_must_be_high_and_was_nothing(self) -> None:
        """(4.95 x 12 - 0) / 3 = 19.8: no factor leads there from zero."""
        room = room_of_class([item("溶解氧", OXYGEN, "0")], "class_3")
        assert said(room) == ("behind", None, "溶解氧")
        assert dict(room.numbers)["allowed"] == Decimal("19.80")

    def test_impossible(self) -> None:
        """1.35 x 9 = 12.15 is more than 1.005 x 12 = 12.06."""
        room = room_of_class([item("氨氮", NITROGEN, "1.35")], "class_3")
        assert said(room) == ("impossible", None, "氨氮")

    @pytest.mark.parametrize(("mean", "state"), [("1", "met"), ("1.1", "missed")])
    def test_nothing_left(self, mean: str, state: str) -> None:
        assert room_of_class([item("氨氮", NITROGEN, mean, left=0)], "class_3").state == state

    def test_a_limit_of_zero_is_none(self) -> None:
        with pytest.raises(ValueError, match="no limit of 0"):
            item("氨氮", Limit("at_most", 0), "1")


class TestSeveralItems:
    def test_the_worst_decides(self) -> None:
        """Phosphorus: (0.205 x 12 - 2.25) / 3 = 0.07, 0.28 of 0.25, below the 0.35 of nitrogen."""
        items = [item("氨氮", NITROGEN, "1.2"), item("总磷", PHOSPHORUS, "0.25"), item("溶解氧", OXYGEN, "8")]
        room = room_of_class(items, "class_3")
        assert said(room) == ("behind", "0.28", "总磷")
        assert dict(room.numbers)["over"] == (("氨氮", Decimal("1.20")), ("总磷", Decimal("1.25")))
        assert "氨氮 1.20、总磷 1.25；" in room.sentence()
        assert "that miss class Ⅲ (mean / limit): 氨氮 1.20, 总磷 1.25;" in room.sentence("en")

    def test_high_and_low_are_weighed_alike(self) -> None:
        """Oxygen must double nearly (1.95, so 1 / 1.95 = 0.51), nitrogen must come to 0.35: nitrogen."""
        items = [item("溶解氧", OXYGEN, "4"), item("氨氮", NITROGEN, "1.2")]
        assert said(room_of_class(items, "class_3")) == ("behind", "0.35", "氨氮")
        items = [item("溶解氧", OXYGEN, "4"), item("氨氮", NITROGEN, "1.1")]  # (12.06 - 9.9) / 3 = 0.72, 0.65
        assert said(room_of_class(items, "class_3")) == ("behind", "1.95", "溶解氧")

    def test_one_lost_item_loses_the_class(self) -> None:
        items = [item("氨氮", NITROGEN, "1.35"), item("总磷", PHOSPHORUS, "0.1")]
        room = room_of_class(items, "class_3")
        assert room.state == "impossible"
        assert dict(room.numbers)["lost"] == "氨氮"

    def test_an_item_without_a_value_decides_nothing(self) -> None:
        empty = Item("总磷", PHOSPHORUS, SoFar(0, 0, Rest(3)))
        room = room_of_class([item("氨氮", NITROGEN, "1.2"), empty], "class_3")
        assert said(room) == ("behind", "0.35", "氨氮")
        assert dict(room.numbers)["unjudged"] == 1
        assert said(room_of_class([empty], "class_3")) == ("unknown", None, None)
        assert said(room_of_class([], "class_3")) == ("unknown", None, None)

    def test_the_longest_rest_is_told(self) -> None:
        items = [item("氨氮", NITROGEN, "0.8", left=1), item("总磷", PHOSPHORUS, "0.1", left=3)]
        assert room_of_class(items, "class_3").per == 3

    def test_one_at_zero_asks_nothing(self) -> None:
        items = [item("总磷", PHOSPHORUS, "0"), item("氨氮", NITROGEN, "0.8")]
        assert said(room_of_class(items, "class_3")) == ("open", "2.02", "氨氮")


@given(
    st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=1, max_size=4),
    st.integers(1, 11),
    st.integers(1, 6),
)
def test_the_class_is_met_at_the_factor_and_not_one_step_beyond(
    means: list[tuple[int, bool]], count: int, left: int
) -> None:
    """Every item may take the factor that the worst is given, a high one its inverse; then the worst is just within."""
    items = [
        item(str(k), OXYGEN if high else NITROGEN, str(Decimal(hundredths).scaleb(-2)), count, left)
        for k, (hundredths, high) in enumerate(means)
    ]
    room = room_of_class(items, "class_3")
    if room.amount is None:
        assert room.state == "impossible"
        return
    worst = items[int(str(dict(room.numbers)["worst"]))]

    def meets(one: Item, factor: Fraction) -> bool:
        mean = one.so_far.mean or Fraction()
        return one.limit.met_by((mean * count + factor * mean * left) / (count + left))

    factor = Fraction(room.amount)
    assert meets(worst, factor)
    beyond = factor + Fraction(1, 100) * (1 if worst.limit.side == "at_most" else -1)
    assert not meets(worst, beyond) or beyond < 0
    assert (room.state == "behind") == any(one.over for one in items)
    for one in items:
        same = worst.limit.side == one.limit.side
        assert meets(one, factor if same else 1 / factor if factor else Fraction(10**6))
