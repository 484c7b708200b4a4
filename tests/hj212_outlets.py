"""Outlets that do not exist, their register, and what they send: what tests of the commands of a gateway share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bilan.observe.hj212 import encode
from bilan.observe.hj212.gateway.state import Presence

MN = "X0000000000001"
SILENT, NEW, STRANGER = "X0000000000002", "X0000000000003", "X0000000000009"
KEY = "0123456789abcdef"

REGISTER = f"""station,name,mn,st,password,key,valid_from
s1,一号烟囱,{MN},31,123456,,
s2,二号排口,{SILENT},32,654321,,
s3,三号站,{NEW},31,111111,{KEY},2026-01-01
"""


def write_register(folder: Path, text: str = REGISTER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "register.csv"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def frame(mn: str = MN, pw: str = "123456", value: str = "1.5", qn: str = "20260301080000000", flag: int = 5) -> bytes:
    cp = f"DataTime=20260301080000;a21026-Rtd={value},a21026-Flag=N"
    return encode(cp, cn="2011", mn=mn, st="31", pw=pw, qn=qn, flag=flag)


def presence(mn: str = MN, *, online: bool = True, version: int = 2017) -> Presence:
    return Presence(
        mn, online, "2026-03-01T00:00:00.000+00:00", "2026-03-01T00:10:00.000+00:00", "10.0.0.7:50", version
    )


def clock(*moments: datetime) -> Callable[[], int]:
    """A clock that shows each moment once and stays at the last one."""
    left = [int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()) * 10**9 for moment in moments]
    return lambda: left.pop(0) if len(left) > 1 else left[0]
