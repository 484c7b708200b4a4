"""Answers to what devices send: 9014 to data, 9013 to notices, with the QN of what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bilan.observe.hj212.encoding import flag_of, frame
from bilan.policy import hj212 as standard

_DATA, _NOTICE = "9014", "9013"
_WANTED = 1  # bit 0 of the Flag
_QN_MAX = 40  # what is longer is no QN, and the answer would fit into no packet
_ANSWERS_OF_HOST = frozenset((_DATA, _NOTICE))


def answer_to(header: Mapping[str, str]) -> bytes | None:
    """The frame that answers a packet with this header; None where no answer is wanted or none can be given.

    >>> answer_to({"QN": "20240520210700000", "CN": "2011", "PW": "123456", "MN": "X1", "Flag": "5"})[:33]
    b'##0065QN=20240520210700000;ST=91;'
    >>> answer_to({"QN": "20240520210700000", "CN": "2011", "PW": "123456", "MN": "X1", "Flag": "4"}) is None
    True
    """
    tail = _tail(header["CN"], header.get("Flag", ""), header.get("PW", ""), header["MN"])
    qn = header.get("QN", "")
    return frame(b"QN=%b%b" % (qn.encode(), tail)) if tail and 0 < len(qn) <= _QN_MAX else None


@lru_cache(65_536)
def _tail(cn: str, flag: str, pw: str, mn: str) -> bytes:
    """Everything behind the QN; empty where no answer is wanted, and for what is itself an answer."""
    if not (flag.isascii() and flag.isdigit() and len(flag) <= 3 and int(flag) & _WANTED):
        return b""
    edition = standard.edition_of_flag(int(flag)) or 2017
    command = standard.command(cn, edition)
    answer = command.answer if command else (_DATA if cn.startswith("2") else _NOTICE)
    if not answer or cn in _ANSWERS_OF_HOST:
        return b""
    return f";ST=91;CN={answer};PW={pw};MN={mn};Flag={flag_of(edition)};CP=&&&&".encode()
