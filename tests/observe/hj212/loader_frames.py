"""Stores with simulated packets, and what the lake holds of them; MNs, stations and values are invented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bilan.observe import Lake
from bilan.observe.hj212 import encode, flag_of
from bilan.observe.hj212.loading.loader import Loaded, Loader
from bilan.observe.hj212.register import Outlet, Register
from bilan.observe.hj212.store import Store

from ..lake_rows import present

BEIJING = timezone(timedelta(hours=8))
MN = "X0000000000001"
OUTLET = Outlet("s1", MN, "123456", st="31")
ARRIVED = "2024-05-01T12:00:00"


def seconds(text: str) -> int:
    """The seconds since 1970 UTC of a Beijing time such as ``2024-05-01T08:00:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp())


def beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S")


def frame(cp: str, cn: str = "2011", *, version: int = 2017, **changes: Any) -> bytes:
    """A frame of that version; one of 2005 has neither QN nor Flag."""
    told: dict[str, Any] = {"cn": cn, "mn": MN, "st": "31"}
    if version > 2005:
        told |= {"qn": "20240501120000000", "flag": flag_of(version, answer=True)}
    return encode(cp, **(told | changes))


def keep(folder: Path, *raws: bytes, arrived: str = ARRIVED) -> None:
    """Append frames to the store, in one batch."""
    with Store(folder, clock=lambda: seconds(arrived) * 10**9) as store:
        store.append([(raw, "10.0.0.7:5000") for raw in raws])


@contextmanager
def loading(tmp_path: Path, *outlets: Outlet, **settings: Any) -> Iterator[Loader]:
    usual: dict[str, Any] = {"means": False, "clock": lambda: seconds(ARRIVED)}
    with Loader(
        tmp_path / "store", Lake(tmp_path / "lake"), Register(outlets or [OUTLET]), **(usual | settings)
    ) as one:
        yield one


def load(tmp_path: Path, *outlets: Outlet, **settings: Any) -> Loaded:
    with loading(tmp_path, *outlets, **settings) as loader:
        return loader.run_once()


def rows(tmp_path: Path, *names: str) -> list[tuple[Any, ...]]:
    """What the lake holds now: the columns ``names`` of each row; times in Beijing."""
    return [tuple(_plain(row[name]) for name in names) for row in present(Lake(tmp_path / "lake", create=False))]


def _plain(value: Any) -> Any:
    return beijing(value) if isinstance(value, datetime) else value


def instants(count: int, first: str = "2024-05-01T08:00:00", every: int = 60, **changes: Any) -> Iterable[bytes]:
    """Real-time frames with one value each, the number of the frame."""
    for number in range(count):
        moment = datetime.fromisoformat(first) + timedelta(seconds=every * number)
        yield frame(f"DataTime={moment:%Y%m%d%H%M%S};a19001-Rtd={number}.0,a19001-Flag=N", **changes)
