"""Stored frames in the lake: each value once, corrections, whose MN it was, what is refused, and the way back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from bilan.observe import Added, Lake
from bilan.observe.hj212 import encode_parts
from bilan.observe.hj212.gateway.state import GatewayState
from bilan.observe.hj212.loading import loader
from bilan.observe.hj212.loading.loader import Loader
from bilan.observe.hj212.loading.reading import Reading, find
from bilan.observe.hj212.loading.refused import MOST, RefusedFiles, read_refused_values
from bilan.observe.hj212.loading.rows import Refusal
from bilan.observe.hj212.loading.state import Checkpoint, CheckpointFile, LoaderError
from bilan.observe.hj212.register import Outlet, Register
from bilan.observe.hj212.store import Store, StoreError, read
from bilan.observe.hj212.store.identity import store_id
from bilan.observe.lake_merge import CHUNK_ROWS
from bilan.observe.lake_schema import LakeError

from ..lake_rows import stored
from .loader_frames import ARRIVED, MN, OUTLET, frame, instants, keep, load, loading, rows, seconds

HOUR = "DataTime=20240501080000;a19001-Avg=6.1,a19001-Flag=N"


@pytest.mark.parametrize("version", [2005, 2017, 2025])
def test_a_packet_of_each_version(tmp_path: Path, version: int) -> None:
    factor = "S01" if version == 2005 else "a19001"
    keep(tmp_path / "store", frame(HOUR.replace("a19001", factor), "2061", version=version))
    done = load(tmp_path)
    assert (done.frames, done.packets, done.rows, done.added, done.doubtful) == (1, 1, 1, Added(new=1), 0)
    columns = ("station", "parameter", "statistic", "seconds", "time", "value", "unit", "flag", "state", "source")
    assert rows(tmp_path, *columns) == [
        ("s1", "a19001", "avg", 3600, "2024-05-01T09:00:00", 6.1, "%", "N", None, "hj212")
    ]


def test_every_figure_opens_to_its_packet(tmp_path: Path) -> None:
    frames = list(instants(5))
    for part in (frames[:2], frames[2:]):
        keep(tmp_path / "store", *part)
    load(tmp_path)
    for value, ref, line in rows(tmp_path, "value", "source_ref", "source_line"):
        found = find(tmp_path / "store", ref, line)
        assert (found.raw, found.seq, found.arrived) == (
            frames[int(value)],
            line,
            seconds("2024-05-01T12:00:00") * 10**6,
        )
    with pytest.raises(StoreError, match="没有第 99 条记录"):
        find(tmp_path / "store", "2024-05-01/01", 99)
    for ref in ("2024-05-02/01", "2024-05-01/02", "2024-05-01/01-000003"):
        with pytest.raises(StoreError, match="没有这个文件"):
            find(tmp_path / "store", ref, 1)
    with pytest.raises(StoreError, match="应为“日期/编号”"):
        find(tmp_path / "store", "a.csv", 1)


def test_a_resend_is_no_second_value(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR, "2061"))
    load(tmp_path)
    keep(tmp_path / "store", frame(HOUR, "2061", version=2025, rf=True), frame(HOUR, "2061"))
    assert load(tmp_path).added == Added(same=2)
    assert len(stored(Lake(tmp_path / "lake"))) == 1


def test_a_resend_with_another_value_is_a_correction(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR, "2061"))
    load(tmp_path)
    keep(tmp_path / "store", frame(HOUR.replace("6.1", "6.2"), "2061"))
    assert load(tmp_path).added == Added(corrected=1)
    found = [(row["value"], row["superseded_at"] is None) for row in stored(Lake(tmp_path / "lake"))]
    assert sorted(found) == [(6.1, False), (6.2, True)]
    keep(tmp_path / "store", frame(HOUR, "2061"))
    assert load(tmp_path).added == Added(corrected=1)  # and back, on the device's word
    assert rows(tmp_path, "value") == [(6.1,)]


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(3))
    assert load(tmp_path).frames == 3
    assert load(tmp_path).frames == 0
    keep(tmp_path / "store", *instants(2, first="2024-05-01T09:00:00"))
    assert load(tmp_path).frames == 2
    assert len(rows(tmp_path, "value")) == 5


def test_loading_again_from_the_beginning_changes_nothing(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR, "2061"), frame(HOUR.replace("6.1", "6.2"), "2061"), frame("a19001-Rtd=1"))
    before = load(tmp_path)
    assert before.added == Added(new=1, corrected=1)
    version = Lake(tmp_path / "lake").version
    with loading(tmp_path) as one:
        one.begin_again()
        again = one.run_once()
    assert (again.frames, again.added) == (3, Added(same=2))
    assert Lake(tmp_path / "lake").version == version
    assert [refused.count for refused in read_refused_values(tmp_path / "store")] == [1]


def test_two_loads_of_one_store_into_two_lakes(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(3))
    for name in ("one", "two", "one"):
        with Loader(tmp_path / "store", Lake(tmp_path / name), Register([OUTLET]), means=False) as one:
            one.run_once()
    assert [len(stored(Lake(tmp_path / name))) for name in ("one", "two")] == [3, 3]


def test_batches_as_small_as_one_packet(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(5))
    told: list[float] = []
    with loading(tmp_path, batch_rows=1, progress=lambda _, fraction: told.append(fraction)) as one:
        assert one.run_once().added == Added(new=5)
    assert len(told) == 5
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_mn_belongs_to_whom_it_was_given_on_the_day_of_arrival(tmp_path: Path) -> None:
    turn = date(2026, 1, 1)
    old, new = Outlet("old", MN, "1", st="31", valid_to=turn), Outlet("new", MN, "2", st="31", valid_from=turn)
    keep(tmp_path / "store", frame(HOUR, "2061"), arrived="2025-12-31T23:59:59")
    keep(tmp_path / "store", frame(HOUR.replace("6.1", "6.2"), "2061"), arrived="2026-01-01T00:00:00")
    assert load(tmp_path, old, new).added == Added(new=2)
    assert rows(tmp_path, "station", "value") == [("new", 6.2), ("old", 6.1)]
    lake = Lake(tmp_path / "lake")
    assert [lake.station_by_external("mn", MN, day) for day in (date(2025, 12, 31), turn)] == ["old", "new"]


def test_the_stations_of_the_register_are_those_of_the_lake(tmp_path: Path) -> None:
    keep(tmp_path / "store")
    outlet = Outlet("s1", MN, "123456", name="一厂", medium="gas")
    assert load(tmp_path, outlet).stations == 1
    assert load(tmp_path, outlet).stations == 0
    (station,) = Lake(tmp_path / "lake").stations().to_pylist()
    assert (station["id"], station["name"], station["medium"]) == ("s1", "一厂", "gas")


def test_strangers_are_counted_and_never_believed(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR, "2061", mn="X0000000000002"), frame(HOUR, "2061"))
    done = load(tmp_path)
    assert (done.unknown, done.packets, done.doubtful) == (1, 1, 1)
    assert rows(tmp_path, "station") == [("s1",)]
    (refused,) = read_refused_values(tmp_path / "store")
    assert (refused.mn, refused.reason, refused.source_line) == ("X0000000000002", "unknown-mn", 1)


def test_damaged_frames_are_counted_and_cost_nothing_else(tmp_path: Path) -> None:
    good = frame(HOUR, "2061")
    damaged = [good.replace(b"6.1", b"6.2"), good[:40], b"##", b"", b"\xff" * 300, good.replace(b"##0", b"##1")]
    keep(tmp_path / "store", *damaged, good)
    done = load(tmp_path)
    assert (done.frames, done.damaged, done.packets) == (7, 6, 1)
    assert rows(tmp_path, "value", "source_line") == [(6.1, 7)]


def test_a_store_that_is_damaged_is_told_and_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path / "store", *instants(3))
    (part,) = (tmp_path / "store" / "frames").rglob("*.frames")
    part.write_bytes(part.read_bytes().replace(b"a19001-Rtd=1.0", b"a19001-Rtd=7.0"))
    with loading(tmp_path) as one:
        done, again = one.run_once(), one.run_once()
    assert done.lost >= 1
    assert again.lost == 0
    assert ("散列" in caplog.text) or ("应为" in caplog.text)
    assert (7.0,) not in rows(tmp_path, "value")


def test_what_is_refused_is_counted_by_sort_and_once(tmp_path: Path) -> None:
    wrong = [frame(f"DataTime=202405010{hour}0000;zz-Rtd={hour};a19001-Rtd=1") for hour in range(4)]
    keep(tmp_path / "store", *wrong)
    assert load(tmp_path).refused == 4
    keep(tmp_path / "store", wrong[0])
    load(tmp_path)
    (refused,) = read_refused_values(tmp_path / "store", "2024-05-01")
    assert (refused.field, refused.reason, refused.value) == ("zz-Rtd", "factor.unknown", "0")
    assert (refused.source_ref, refused.source_line, refused.count) == ("2024-05-01/01", 1, 5)
    assert list(read_refused_values(tmp_path / "store", "2024-05-02")) == []


def test_endless_sorts_of_refusals_are_bounded(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR))
    (found,) = read(tmp_path / "store")
    files = RefusedFiles(tmp_path / "store")
    for number in range(MOST + 50):
        files.add(found, MN, "2011", Refusal(f"z{number}-Rtd", "1", "factor.unknown"))
    files.save()
    told = list(read_refused_values(tmp_path / "store"))
    assert (len(told), told[-1].count, told[-1].field) == (MOST + 1, 50, "")


KEY, OTHER = b"0123456789abcdef", b"fedcba9876543210"


def test_enciphered_packets_under_the_keys_of_the_register(tmp_path: Path) -> None:
    turn = date(2024, 4, 1)
    before = Outlet("s1", MN, "1", st="31", keys=(OTHER,), valid_to=turn)
    after = Outlet("s1", MN, "1", st="31", keys=(KEY,), valid_from=turn)
    cps = [HOUR.replace("20240501080000", f"2024050108{minute}000") for minute in range(3)]
    raws = [frame(cp, "2051", version=2025, key=key) for cp, key in zip(cps, (KEY, OTHER, b"x" * 16), strict=True)]
    keep(tmp_path / "store", *raws)
    done = load(tmp_path, before, after)
    assert (done.packets, done.damaged) == (2, 1)
    (refused,) = read_refused_values(tmp_path / "store")
    assert (refused.reason, refused.value, refused.source_line) == ("damaged", "cipher.key", 3)


def test_keys_that_the_gateway_gave_by_command(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR, "2061", version=2025, key=KEY))
    with GatewayState(tmp_path / "store") as state:
        state.add_key(MN, KEY)
    assert load(tmp_path).packets == 1


def test_an_enciphered_packet_of_a_stranger_is_a_stranger_s(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame(HOUR, "2061", version=2025, key=KEY, mn="X0000000000002"))
    assert load(tmp_path).unknown == 1


def test_split_packets_are_loaded_part_by_part(tmp_path: Path) -> None:
    cp = "DataTime=20240501080000;" + ";".join(
        f"e101{number:02}-Avg={number},e101{number:02}-Flag=N" for number in range(1, 60)
    )
    parts = encode_parts(cp, version=2017, qn=datetime(2024, 5, 1, 9), cn="2061", mn=MN, st="52")
    assert len(parts) > 1
    for raw in (parts[1], parts[0], parts[1]):
        keep(tmp_path / "store", raw)
        load(tmp_path, Outlet("s1", MN, "1"))
    assert sorted(rows(tmp_path, "parameter", "value")) == [(f"e101{number:02}", number) for number in range(1, 60)]


def test_a_part_without_a_time_has_that_of_the_part_before_it(tmp_path: Path) -> None:
    first = frame(HOUR, "2061", flag=7, pnum=2, pno=1)
    second = frame("a01012-Avg=120.5,a01012-Flag=N", "2061", flag=7, pnum=2, pno=2)
    keep(tmp_path / "store", first)
    load(tmp_path)  # another run, also another process
    keep(tmp_path / "store", second, second)
    done = load(tmp_path)
    assert (done.packets, done.refused) == (2, 0)
    assert ("a01012", "2024-05-01T09:00:00", 120.5) in rows(tmp_path, "parameter", "time", "value")


def test_frames_of_several_writers_come_by_arrival(tmp_path: Path) -> None:
    """A device that changed to another writer corrects there what it said to the first one."""
    clock = [0]

    def at(text: str) -> None:
        clock[0] = seconds(text) * 10**9

    with (
        Store(tmp_path / "store", clock=lambda: clock[0]) as one,
        Store(tmp_path / "store", clock=lambda: clock[0]) as two,
    ):
        for number, writer in enumerate((two, one, two, one), 1):
            at(f"2024-05-01T12:00:0{number}")
            writer.append([(frame(HOUR.replace("6.1", f"{number}.0"), "2061"), "p")])
    with loading(tmp_path, batch_rows=1) as loader_:
        assert loader_.run_once().added == Added(new=1, corrected=3)
    assert rows(tmp_path, "value", "source_ref") == [(4.0, f"{store_id(tmp_path / 'store')}:2024-05-01/01")]
    assert load(tmp_path).frames == 0


def test_writers_are_read_up_to_one_moment(tmp_path: Path) -> None:
    """What comes to one writer while the other is read would else come before what the other got earlier."""
    now = [0]

    def says(store: Store, second: int) -> None:
        now[0] = seconds(ARRIVED) * 10**9 + second * 10**9
        store.append([(frame(HOUR.replace("6.1", f"{second}.0"), "2061"), "p")])

    folder = tmp_path / "store"
    with Store(folder, clock=lambda: now[0]) as one, Store(folder, clock=lambda: now[0]) as two:
        says(one, 1)
        says(two, 2)
        reading = Reading(folder, None, lambda _: None, clock=lambda: now[0])
        says(two, 3)  # writers are opened when the first frame is asked for
        first = [found.seq for found in reading]
        now[0] += 10**9
        rest = list(Reading(folder, reading.position, lambda _: None, clock=lambda: now[0]))
        assert (first, [(found.writer, found.seq) for found in rest]) == ([1, 1], [(2, 2)])
        ahead = Reading(folder, None, lambda _: None, clock=lambda: 0)
        assert len(list(ahead)) == 3  # of a clock that was put back since


def test_a_part_that_is_packed_while_the_loader_looks_at_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path / "store", *instants(1))
    reading = Reading(tmp_path / "store", None, lambda _: None)
    (part,) = (tmp_path / "store" / "frames").rglob("*.frames")
    part.unlink()
    monkeypatch.setattr(Path, "exists", lambda _: True)
    assert reading.fraction == 1.0


def test_an_outlet_that_sends_a_forgotten_month_does_not_widen_the_others_search(tmp_path: Path) -> None:
    """Nor do rows that come late hide what came in time, or the other way round, when all of it comes again."""
    keep(tmp_path / "store", *instants(40, first="2024-03-01T01:00:00", every=86400), *instants(5))
    with loading(tmp_path, any_age=True) as one:
        assert one.run_once().added == Added(new=45)
        files = one.lake.files(["a19001"])
    spans = [(str(file.first_day), str(file.last_day), file.rows) for file in files]
    assert sorted(spans) == [("2024-03-01", "2024-04-09", 40), ("2024-05-01", "2024-05-01", 5)]


def hour_of(day: str, value: str) -> bytes:
    return frame(f"DataTime={day}080000;a19001-Avg={value},a19001-Flag=N", "2061")


@pytest.mark.parametrize("batch_rows", [1, 2, 1000])
def test_a_correction_beside_a_re_send_of_an_older_day(tmp_path: Path, batch_rows: int) -> None:
    """The lake notes how far a source was judged, so that its lines must come in their order."""
    arrived, settings = "2024-05-10T12:00:00", {"clock": lambda: seconds("2024-05-10T12:00:00")}
    older, newer = ("20240420", "7.0"), "20240510"
    keep(tmp_path / "store", hour_of(*older), hour_of(newer, "1.0"), hour_of(newer, "2.0"), arrived=arrived)
    assert load(tmp_path, **settings).added == Added(new=2, corrected=1)
    keep(tmp_path / "store", hour_of(newer, "1.0"), hour_of(*older), arrived=arrived)
    assert load(tmp_path, batch_rows=batch_rows, **settings).added == Added(same=1, corrected=1)
    standing = sorted(rows(tmp_path, "value"))
    assert standing == [(1.0,), (7.0,)]
    with loading(tmp_path, **settings) as one:
        one.begin_again()
        assert one.run_once().added == Added(same=5)


@pytest.mark.parametrize("died_after", [1, 2])
def test_a_loader_that_dies_between_what_came_in_time_and_what_came_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, died_after: int
) -> None:
    arrived, settings = "2024-05-10T12:00:00", {"clock": lambda: seconds("2024-05-10T12:00:00")}
    older = [hour_of("20240420", value) for value in ("7.0", "8.0")]
    newer = [hour_of("20240510", value) for value in ("1.0", "2.0")]
    keep(tmp_path / "store", *older, *newer, arrived=arrived)
    load(tmp_path, **settings)
    keep(tmp_path / "store", newer[1], newer[0], *older, older[1], arrived=arrived)
    add, calls = Lake.add, iter(range(died_after))

    def dying(*told: object, **named: object) -> object:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return add(*told, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "add", dying)
        if died_after == 1:
            with pytest.raises(KeyboardInterrupt):
                load(tmp_path, **settings)
        else:
            load(tmp_path, **settings)
    for _ in range(2):
        load(tmp_path, **settings)
        assert sorted(rows(tmp_path, "value")) == [(1.0,), (8.0,)]


def test_a_batch_is_committed_at_once(tmp_path: Path) -> None:
    """Else the lake could note a line as judged of which the rest is still to come."""
    keep(tmp_path / "store")
    with loading(tmp_path, batch_rows=10**9) as one:
        assert one._batch_rows + 10_000 < CHUNK_ROWS  # a frame more, which has less than ten thousand bytes


def test_what_is_sent_again_of_an_older_day_opens_to_its_packet(tmp_path: Path) -> None:
    raws = [hour_of("20240420", "7.0"), hour_of("20240501", "1.0")]
    keep(tmp_path / "store", *raws)
    load(tmp_path)
    found = {
        value: find(tmp_path / "store", *at).raw for value, *at in rows(tmp_path, "value", "source_ref", "source_line")
    }
    assert found == {7.0: raws[0], 1.0: raws[1]}
    assert len(set(rows(tmp_path, "source_ref"))) == 2


def test_a_day_of_many_parts_is_one_source(tmp_path: Path) -> None:
    frames = list(instants(7))
    for raw in frames[:6]:
        with Store(tmp_path / "store", part_bytes=1, clock=lambda: seconds(ARRIVED) * 10**9) as store:
            store.append([(raw, "p")])
    keep(tmp_path / "store", frames[6], arrived="2024-05-02T12:00:00")
    assert len(list((tmp_path / "store" / "frames" / "2024-05-01").iterdir())) > 3
    load(tmp_path)
    found = rows(tmp_path, "value", "source_ref", "source_line")
    assert len({ref for _, ref, _ in found}) == 2
    for value, ref, line in found:
        kept = find(tmp_path / "store", ref, line)
        assert kept.raw == frames[int(value)]
        assert find(tmp_path / "store", f"{kept.day}/{kept.writer:02}-{kept.part:06}", line).raw == kept.raw


def test_an_mn_is_that_of_the_moment_of_arrival_not_of_the_folder(tmp_path: Path) -> None:
    """A writer's clock that was ahead and is put back goes on in the folder of the later day."""
    turn = date(2024, 5, 2)
    old, new = Outlet("old", MN, "1", st="31", valid_to=turn), Outlet("new", MN, "1", st="31", valid_from=turn)
    clock = ["2024-05-01T08:00:00"]
    with Store(tmp_path / "store", clock=lambda: seconds(clock[0]) * 10**9) as store:
        for clock[0], raw in zip(
            ("2024-05-01T08:00:00", "2024-05-03T08:01:00", "2024-05-01T08:02:00"), instants(3), strict=True
        ):
            store.append([(raw, "p")])
    load(tmp_path, old, new)
    assert rows(tmp_path, "station", "value") == [("new", 1.0), ("old", 0.0), ("old", 2.0)]


def test_a_lake_that_was_made_anew_or_put_back_is_loaded_from_the_beginning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lake, backup = tmp_path / "lake", tmp_path / "backup"
    keep(tmp_path / "store", *instants(2))
    load(tmp_path)
    shutil.copytree(lake, backup)
    keep(tmp_path / "store", *instants(2, first="2024-05-01T10:00:00"))
    assert load(tmp_path).frames == 2
    assert load(tmp_path).frames == 0
    assert caplog.text == ""
    shutil.rmtree(lake)
    backup.rename(lake)
    assert load(tmp_path).added == Added(new=2, same=2)
    shutil.rmtree(lake)
    assert load(tmp_path).added == Added(new=4)
    assert caplog.text.count("从头装载存储") == 2
    assert load(tmp_path).frames == 0


def test_what_is_noted_as_loaded_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    add, save = Lake.add, CheckpointFile.save

    def adding(*told: object, **named: object) -> object:
        done.append("add")
        return add(*told, **named)  # type: ignore[arg-type]

    def saving(file: CheckpointFile, told: Checkpoint) -> None:
        done.append("save")
        save(file, told)

    monkeypatch.setattr(Lake, "add", adding)
    monkeypatch.setattr(CheckpointFile, "save", saving)
    monkeypatch.setattr(loader.os, "sync", lambda: done.append("sync"))
    keep(tmp_path / "store", *instants(60))
    load(tmp_path, means=True)
    assert done == ["add", "sync", "save", "add", "sync", "save"]
    done.clear()
    checkpoint(tmp_path).unlink()
    load(tmp_path)  # as after a kill before the sync: all of it is there, perhaps in memory only
    assert done == ["add", "sync", "save"]


def test_old_real_time_data_are_refused_unless_any_age_is_wanted(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(2), arrived="2024-07-01T12:00:00")
    assert load(tmp_path).refused == 2
    assert [refused.reason for refused in read_refused_values(tmp_path / "store")] == ["time.old"]
    with loading(tmp_path, any_age=True) as one:
        one.begin_again()
        assert one.run_once().added == Added(new=2)


def test_one_loader_at_a_time(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(1))
    with loading(tmp_path), pytest.raises(LoaderError, match="另一个进程正在装载"):
        load(tmp_path)
    load(tmp_path)


def test_a_folder_that_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(LoaderError, match="没有这个文件夹"):
        load(tmp_path)


def checkpoint(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "store" / "loader").glob("*.json")
    return path


def test_a_checkpoint_that_is_none_is_told_and_can_be_left(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(2))
    load(tmp_path)
    told = json.loads(checkpoint(tmp_path).read_text())
    assert told["lake"] == Lake(tmp_path / "lake").path
    for text in ("", "{}", '{"format": 2}', "[1]"):
        checkpoint(tmp_path).write_text(text)
        with pytest.raises(LoaderError, match="加 --again"):
            load(tmp_path)
    checkpoint(tmp_path).unlink()
    assert load(tmp_path).added == Added(same=2)


def test_a_position_of_another_store_is_told(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(2))
    load(tmp_path)
    told = json.loads(checkpoint(tmp_path).read_text())
    told["position"] = told["position"][:-64] + "0" * 64
    checkpoint(tmp_path).write_text(json.dumps(told))
    keep(tmp_path / "store", *instants(1))
    with pytest.raises(LoaderError, match="加 --again"):
        load(tmp_path)


def test_following_until_it_is_told_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "PAUSE", 0.02)
    monkeypatch.setattr(loader, "SECONDS_PER_FILE", 0.0)
    monkeypatch.setattr(loader, "SHARE", 0)
    keep(tmp_path / "store", *instants(2))
    stop = threading.Event()
    seen: list[int] = []

    def told(done: loader.Loaded) -> None:
        seen.append(done.frames)
        if sum(seen) == 2:
            keep(tmp_path / "store", *instants(3, first="2024-05-01T09:00:00"))
        elif sum(seen) == 5 and not stop.is_set():
            keep(tmp_path / "store", *instants(1, first="2024-05-01T10:00:00"))
            stop.set()

    with loading(tmp_path) as one:
        assert one.follow(stop, told).added == Added(new=6)
    assert [count for count in seen if count] == [2, 3, 1]


def test_following_goes_on_when_lake_or_disk_refuse_for_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "RETRY", 0.01)
    keep(tmp_path / "store", *instants(2), frame("DataTime=20240501080000;zz-Rtd=1"))
    stop = threading.Event()
    add, failures = Lake.add, iter([LakeError("湖不在"), OSError(28, "disk full")])

    def failing(*told: object, **named: object) -> object:
        for error in failures:
            raise error
        return add(*told, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Lake, "add", failing)
    with loading(tmp_path) as one:
        done = one.follow(stop, lambda _: stop.set())
    assert (done.added, done.refused) == (Added(new=2), 1)
    assert [refused.count for refused in read_refused_values(tmp_path / "store")] == [1]


def test_following_takes_a_changed_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "PAUSE", 0.02)
    file = tmp_path / "register.csv"
    file.write_text(f"station,mn,password\ns1,{MN},1\n")
    file.chmod(0o600)
    keep(tmp_path / "store")
    stop = threading.Event()

    def told(done: loader.Loaded) -> None:
        if done.stations:
            file.write_text(f"station,mn,password\ns1,{MN},1\ns2,X0000000000002,2\n") if not stop.is_set() else None
        if len(one.register) == 2:
            stop.set()

    with Loader(tmp_path / "store", Lake(tmp_path / "lake"), Register.load(file)) as one:
        one.follow(stop, told)
    assert {row["id"] for row in Lake(tmp_path / "lake").stations().to_pylist()} == {"s1", "s2"}


def test_a_broken_register_is_told_once_and_the_one_before_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loader, "PAUSE", 0.01)
    file = tmp_path / "register.csv"
    file.write_text(f"station,mn,password\ns1,{MN},1\n")
    file.chmod(0o600)
    keep(tmp_path / "store")
    stop = threading.Event()
    runs: list[int] = []

    def told(done: loader.Loaded) -> None:
        runs.append(done.frames)
        if len(runs) == 1:
            file.write_text("station,mn\n")
        elif len(runs) == 4:
            keep(tmp_path / "store", *instants(2))
            stop.set()

    with Loader(tmp_path / "store", Lake(tmp_path / "lake"), Register.load(file), means=False) as one:
        assert one.follow(stop, told).added == Added(new=2)  # also the last run, after the signal
    assert caplog.text.count("缺少列 password") == 1
    assert "继续使用原来的登记表" in caplog.text


def test_following_goes_on_after_an_error_that_nobody_thought_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loader, "RETRY", 0.01)
    keep(tmp_path / "store", *instants(2))
    stop = threading.Event()
    add, failures = Lake.add, iter([duckdb.IOException("no"), pa.ArrowInvalid("no"), sqlite3.OperationalError("no")])

    def failing(*told: object, **named: object) -> object:
        for error in failures:
            raise error
        return add(*told, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Lake, "add", failing)
    with loading(tmp_path) as one:
        assert one.follow(stop, lambda _: stop.set()).added == Added(new=2)
    assert caplog.text.count("Traceback") == 3


def test_a_stop_does_not_wait_for_a_long_backlog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "GRACE", 0.0)
    keep(tmp_path / "store", *instants(5))
    stop = threading.Event()
    stop.set()
    with loading(tmp_path, batch_rows=2) as one:
        assert one.follow(stop).frames == 2
    assert load(tmp_path).frames == 3


def test_how_far_the_lake_lags_behind(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(1), arrived="2024-05-01T11:00:00")
    now = [seconds("2024-05-01T12:00:00")]
    lags: list[float] = []
    with loading(tmp_path, batch_rows=1, clock=lambda: now[0], progress=lambda *_: lags.append(one.lag)) as one:
        one.run_once()
        now[0] += 5
        lags.append(one.lag)
    assert lags == [3600.0, 5.0]
