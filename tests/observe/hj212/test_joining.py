"""Split packets: parts in any order, twice, never, of several outlets at once."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from bilan.observe.hj212 import Joiner, Packet, decode, encode, examine

TIME = "DataTime=20240520210600"


def part(pno: int | None, pnum: int | None = 3, mn: str = "X1", cn: str = "2051", time: str = TIME) -> Packet:
    content = f"{time};w0100{pno}-Avg={pno},w0100{pno}-Flag=N"
    qn = f"2024052021070000{pno}"
    return decode(encode(content, qn=qn, cn=cn, mn=mn, st="32", flag=7, pnum=pnum, pno=pno))


WHOLE = f"{TIME};w01001-Avg=1,w01001-Flag=N;w01002-Avg=2,w01002-Flag=N;w01003-Avg=3,w01003-Flag=N"


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_parts_in_any_order(order: tuple[int, ...]) -> None:
    joiner = Joiner()
    *waiting, joined = (joiner.add(part(pno)) for pno in order)
    assert waiting == [None, None]
    assert joined is not None
    assert (joined.cp, joined.missing, list(joined.data)) == (WHOLE, [], ["DataTime", "w01001", "w01002", "w01003"])
    assert joined.key == ("X1", "2051", "20240520210600", 3)
    assert [record.factor for record in joined.records] == ["w01001", "w01002", "w01003"]
    assert list(joiner.finish()) == []


def test_parts_that_come_twice() -> None:
    joiner = Joiner()
    assert [joiner.add(part(pno)) for pno in (1, 1, 2, 2)] == [None] * 4
    joined = joiner.add(part(3))
    assert joined is not None
    assert joined.cp == WHOLE


def test_parts_that_never_come() -> None:
    joiner = Joiner()
    joiner.add(part(3))
    joiner.add(part(1))
    (left,) = joiner.finish()
    assert left.missing == ["2"]
    assert list(left.data) == ["DataTime", "w01001", "w01003"]
    assert list(joiner.finish()) == []


def test_parts_of_several_outlets_commands_and_times_at_once() -> None:
    messages = [
        [part(pno, mn=mn, cn=cn, time=f"DataTime=2024052021{minute}00") for pno in (1, 2, 3)]
        for mn in ("X1", "X2")
        for cn in ("2051", "2061")
        for minute in (10, 20)
    ]
    parts = [packet for message in messages for packet in message]
    random.Random(1).shuffle(parts)
    joiner = Joiner()
    done = [joined for packet in parts if (joined := joiner.add(packet))]
    assert len({joined.key for joined in done}) == len(messages)
    assert all(not joined.missing and len(joined.records) == 3 for joined in done)


def test_messages_of_another_number_of_parts_are_others() -> None:
    joiner = Joiner()
    assert joiner.add(part(1, 2)) is None
    assert joiner.add(part(2, 3)) is None
    assert [message.key.pnum for message in joiner.finish()] == [2, 3]


@pytest.mark.parametrize(("pno", "pnum"), [(1, 1), (4, 3), (0, 3), (None, None), (1, 0)])
def test_packets_that_are_no_part_are_complete(pno: int | None, pnum: int | None) -> None:
    joiner = Joiner()
    packet = part(pno, pnum)
    joined = joiner.add(packet)
    assert joined is not None
    assert joined.cp == packet.cp
    assert joined.data == packet.data
    assert list(joiner.finish()) == []


def test_damaged_packets_belong_to_nothing() -> None:
    with pytest.raises(ValueError, match="errors"):
        Joiner().add(examine(b"##"))


def test_no_more_parts_are_held_than_the_limit() -> None:
    joiner = Joiner(limit=10)
    for number in range(100):
        assert joiner.add(part(number % 9 + 1, 9, mn=f"X{number}")) is None
    assert len(list(joiner.finish())) == 10
    assert joiner.given_up == 90
    one = Joiner(limit=10)
    for number in range(1, 12):
        one.add(part(number, 9999))
    assert (one.given_up, list(one.finish())) == (1, [])


def test_a_log_across_parts_is_not_mistaken() -> None:
    joiner = Joiner()
    told = {"cn": "3020", "mn": "X1", "st": "32", "flag": 7, "pnum": 2}
    first = encode(f"{TIME};i11001-Info=//a;b//", pno=1, **told)
    second = encode(f"{TIME};i11002-Info=//c//", pno=2, **told)
    joiner.add(decode(second))
    joined = joiner.add(decode(first))
    assert joined is not None
    assert joined.data["i11001"] == {"Info": "//a;b//"}
    assert joined.data["i11002"] == {"Info": "//c//"}


def test_a_part_sent_again_after_its_message_was_complete_opens_no_new_one() -> None:
    joiner = Joiner()
    assert [joiner.add(part(pno)) is not None for pno in (1, 2, 3, 2)] == [False, False, True, False]
    assert list(joiner.finish()) == []
    assert [joiner.add(part(pno)) is not None for pno in (1, 2, 3)] == [False, False, True]
