"""The DataTime of split messages whose first part alone has it."""

from __future__ import annotations

from typing import Any

from bilan.observe.hj212 import decode
from bilan.observe.hj212.loading import parts
from bilan.observe.hj212.loading.parts import LATEST, OpenParts

from .loader_frames import frame

TIME = "20240501080000"


def part(number: int, time: str = "", **changes: Any) -> bytes:
    return frame(
        f"DataTime={time};a19001-Avg=1" if time else "a19001-Avg=1", "2061", flag=7, pnum=3, pno=number, **changes
    )


def told(*raws: bytes, every: int = 1, to: OpenParts | None = None) -> list[str | None]:
    """The DataTimes that are given to ``raws``, which come one after the other; the process ends after each."""
    found: list[str | None] = []
    for number, raw in enumerate(raws):
        to = OpenParts(to.to_json() if to else {})
        found.append(to.data_time(decode(raw), 1000 + number * every))
    return found


def test_parts_that_come_again_cost_no_other_part() -> None:
    assert told(part(1, TIME), part(2), part(2), part(3), part(3)) == [None, TIME, TIME, TIME, TIME]
    assert told(part(1, TIME), part(2), part(1, TIME), part(2), part(3)) == [None, TIME, None, TIME, TIME]


def test_a_part_that_is_missing_leaves_those_behind_it_without_a_time() -> None:
    assert told(part(1, TIME), part(3), part(2), part(3)) == [None, None, TIME, TIME]
    assert told(part(2), part(3)) == [None, None]


def test_a_part_that_comes_too_late_is_of_another_message() -> None:
    assert told(part(1, TIME), part(2), every=LATEST) == [None, TIME]
    assert told(part(1, TIME), part(2), every=LATEST + 1) == [None, None]


def test_history_and_present_of_one_command_stay_apart() -> None:
    history = {"version": 2025, "rf": True}
    old, new = "20240401080000", TIME
    sent = part(1, old, **history), part(1, new), part(2, **history), part(2), part(3, **history), part(3)
    assert told(*sent) == [None, None, old, new, old, new]


def test_messages_that_are_remembered_are_bounded() -> None:
    opened = OpenParts({})
    for number in range(parts.MOST + 5):
        opened.data_time(decode(part(1, TIME, mn=f"X{number}")), 1000)
    assert len(opened.to_json()) == parts.MOST
    opened.data_time(decode(part(1, TIME)), 1001 + LATEST)
    assert len(opened.to_json()) == 1
