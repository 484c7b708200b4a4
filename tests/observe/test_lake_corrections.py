"""One row for what is said twice, two for a correction, and the past as it was known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilan.observe import Added, Lake, lake_merge
from bilan.observe.lake_schema import KEY
from bilan.policy.precedence import OTHERS, precedence, precedences

from .lake_rows import at, day_of, hours, present, row, stored, table

MAY, JUNE, JULY = day_of("2024-05-02"), day_of("2024-06-01"), day_of("2024-07-01")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def add(lake: Lake, *rows: dict[str, Any], at: datetime = MAY, batch: str = "b") -> Added:
    return lake.add([table(*rows)], batch=batch, received_at=at)


def lines(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["value"], row["received_at"], row["superseded_at"]) for row in rows]


def values(lake: Lake) -> list[float]:
    return [row["value"] for row in present(lake)]


# --- the same row ---


def test_the_same_file_twice_is_one_row_each(lake: Lake) -> None:
    rows = hours(30, stations=4)
    assert lake.add([rows], batch="b1") == Added(new=120)
    before = lake.version
    assert lake.add([rows], batch="b2") == Added(same=120)
    assert lake.version == before
    assert len(stored(lake)) == 120


def test_the_same_row_twice_in_one_batch_is_one_row(lake: Lake) -> None:
    assert add(lake, row(), row()) == Added(new=1, same=1)
    assert len(stored(lake)) == 1


def test_the_same_value_from_another_file_is_the_same(lake: Lake) -> None:
    add(lake, row())
    assert add(lake, row(source_ref="file-2", source_line=99), at=JUNE) == Added(same=1)
    assert lines(stored(lake)) == [(35.0, MAY, None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"station": "s2"},
        {"parameter": "a34002"},
        {"statistic": "max"},
        {"seconds": 86400},
        {"time": at("2024-05-01T09:00")},
    ],
)
def test_another_key_is_another_row(lake: Lake, changes: dict[str, Any]) -> None:
    assert add(lake, row(), row(source_line=3, **changes)) == Added(new=2)


# --- corrections ---


@pytest.mark.parametrize(
    "changes", [{"value": 36.0}, {"value": None}, {"unit": "mg/m3"}, {"flag": "H"}, {"state": None}]
)
def test_a_correction_closes_the_old_row_and_adds_the_new_in_one_commit(lake: Lake, changes: dict[str, Any]) -> None:
    add(lake, row(), row(station="s2", source_line=3))
    before = lake.version
    assert add(lake, row(source_ref="file-2", **changes), at=JUNE, batch="b2") == Added(corrected=1)
    assert lake.version == before + 1
    old, new, other = stored(lake)
    assert (old["superseded_at"], old["batch"], old["value"]) == (JUNE, "b", 35.0)
    assert (new["received_at"], new["superseded_at"], new["batch"]) == (JUNE, None, "b2")
    assert {name: new[name] for name in changes} == changes
    assert other["superseded_at"] is None


def test_history_has_every_row_and_what_was_known_when(lake: Lake) -> None:
    add(lake, row(), row(station="s2", source_line=3))
    add(lake, row(value=36.0, source_ref="file-2"), at=JUNE)
    add(lake, row(value=37.0, source_ref="file-3"), row(statistic="max", value=50.0, source_ref="file-3"), at=JULY)

    def known(moment: datetime | None = None) -> list[tuple[str, float]]:
        found = lake.history("s1", "a34004", at("2024-05-01T08:00"), known_at=moment).to_pylist()
        return [(row["statistic"], row["value"]) for row in found]

    assert known() == [("avg", 35.0), ("avg", 36.0), ("avg", 37.0), ("max", 50.0)]
    second = timedelta(microseconds=1)
    assert known(MAY - second) == []
    assert known(MAY) == known(JUNE - second) == [("avg", 35.0)]
    assert known(JUNE) == known(JULY - second) == [("avg", 36.0)]
    assert known(JULY) == [("avg", 37.0), ("max", 50.0)]
    assert lake.history("s1", "a34004", at("2024-05-01T07:00")).num_rows == 0
    assert lake.history("s9", "a34004", at("2024-05-01T08:00")).num_rows == 0


def test_a_file_that_was_corrected_since_does_not_come_back(lake: Lake) -> None:
    add(lake, row())
    add(lake, row(value=36.0, source_ref="file-2"), at=JUNE)
    assert add(lake, row(), at=JULY) == Added(same=1)
    assert values(lake) == [36.0]


def test_a_file_that_left_no_row_does_not_come_back_either(lake: Lake) -> None:
    """file-2 repeats file-1, file-3 corrects it: the whole folder again must change nothing."""
    folder = [row(), row(source_ref="file-2"), row(value=36.0, source_ref="file-3")]
    for one in folder:
        add(lake, one)
    before = lake.version
    assert [add(lake, one, at=JUNE) for one in folder] == [Added(same=1)] * 3
    assert values(lake) == [36.0]
    assert lake.version == before


def test_it_does_not_come_back_when_all_came_in_one_chunk_or_the_log_was_cut(lake: Lake) -> None:
    folder = [row(), row(source_ref="file-2"), row(value=36.0, source_ref="file-3")]
    assert add(lake, *folder) == Added(new=1, same=1, corrected=1)
    lake._observations.table.create_checkpoint()
    lake._observations.table.cleanup_metadata()
    again = Lake(lake.path)
    assert add(again, *folder, at=JUNE) == Added(same=3)
    assert values(again) == [36.0]


def test_a_return_to_an_old_value_counts_in_whatever_order_its_file_comes(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wide file comes parameter by parameter: the chunks of one import do not bind each other."""
    add(lake, row(parameter="a34002"), row())
    add(lake, row(value=36.0, source_ref="file-2"), at=JUNE)
    monkeypatch.setattr(lake_merge, "CHUNK_ROWS", 1)
    back = [row(parameter="a34002", source_ref="file-3", source_line=9), row(source_ref="file-3", source_line=2)]
    assert add(lake, *back, at=JULY) == Added(same=1, corrected=1)
    assert [found["value"] for found in present(lake)] == [35.0, 35.0]
    assert add(lake, *back, at=JULY) == Added(same=2)


def test_a_true_return_to_an_old_value_is_a_correction(lake: Lake) -> None:
    for number, value in enumerate([35.0, 36.0, 35.0], start=1):
        add(lake, row(value=value, source_ref=f"file-{number}"), at=MAY + timedelta(days=number))
    assert [line[0] for line in lines(stored(lake))] == [35.0, 36.0, 35.0]
    assert values(lake) == [35.0]


def test_the_same_line_read_otherwise_is_a_correction(lake: Lake) -> None:
    """A mapping put right and the same file imported again."""
    add(lake, row(value=0.035, unit="mg/m3", source="table"))
    assert add(lake, row(source="table"), at=JUNE) == Added(corrected=1)
    assert values(lake) == [35.0]


def test_several_rows_of_one_key_count_in_their_order(lake: Lake) -> None:
    told = [35.0, 36.0, 36.0, 34.0]
    rows = [row(value=value, source_line=line) for line, value in enumerate(told)]
    assert add(lake, *rows) == Added(new=1, same=1, corrected=2)
    assert lines(stored(lake)) == [(35.0, MAY, MAY), (36.0, MAY, MAY), (34.0, MAY, None)]


def test_a_row_received_before_the_one_it_corrects_counts_from_when_that_came(lake: Lake) -> None:
    add(lake, row(), at=JUNE)
    add(lake, row(value=36.0, source_ref="file-2"), at=MAY)
    assert sorted(lines(stored(lake))) == [(35.0, JUNE, JUNE), (36.0, JUNE, None)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_imports_that_overlap_leave_one_row_of_a_key_at_every_moment(lake: Lake, order: tuple[int, ...]) -> None:
    came = [day_of(f"2024-06-01T{clock}") for clock in ("10:00", "12:05", "12:00")]
    for number in order:
        add(lake, row(value=float(number), source_ref=f"file-{number}"), at=came[number])
    key = ("s1", "a34004", at("2024-05-01T08:00"))
    known = [
        lake.history(*key, known_at=day_of(f"2024-06-01T{clock}")).num_rows for clock in ("12:02", "12:05", "12:30")
    ]
    assert max(known) == known[-1] == 1
    assert [item["value"] for item in present(lake)] == [float(order[-1])]


def test_what_an_import_commits_late_came_late(lake: Lake) -> None:
    """An import that waited for another has not received its rows before those that it corrects."""

    def rows() -> Iterator[Any]:
        add(lake, row(), at=datetime.now(UTC))
        yield table(row(value=36.0, source_ref="file-2"))

    began = datetime.now(UTC)
    lake.add(rows(), batch="b2")
    first, second = lake.history("s1", "a34004", at("2024-05-01T08:00")).to_pylist()
    assert began < first["received_at"] < first["superseded_at"] == second["received_at"]


def test_one_correction_rewrites_only_the_file_it_touches(lake: Lake) -> None:
    for month in ("2024-01", "2024-02", "2024-03"):
        lake.add([hours(48, first=f"{month}-01T01:00", source_ref=month)], batch="b")
    before = {file.name: file.first_day.month for file in lake.files()}
    add(lake, row(station="s0", time=at("2024-02-01T01:00"), value=1000.0, source_ref="file-2"))
    after = {file.name for file in lake.files()}
    assert {month for name, month in before.items() if name not in after} == {2}
    assert sum(file.closed for file in lake.files()) == 1


def test_a_large_correction_is_spread_over_groups_and_files(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bilan.observe.lake_parquet.GROUP_ROWS", 50)
    monkeypatch.setattr(lake_merge, "CHUNK_ROWS", 130)
    lake.add([hours(100, stations=4)], batch="b", received_at=MAY)
    added = lake.add([hours(100, stations=4, source_ref="file-2", flag="H")], batch="b2", received_at=JUNE)
    assert added == Added(corrected=400)
    rows = stored(lake)
    assert [row["superseded_at"] for row in rows if row["flag"] is None] == [JUNE] * 400
    assert [row["superseded_at"] for row in rows if row["flag"] == "H"] == [None] * 400


# --- precedence ---


def test_the_data_of_precedence_is_whole() -> None:
    assert OTHERS in precedences()
    assert (
        precedence("review") > precedence("table") > precedence("somebody") > precedence("cnemc") > precedence("hj212")
    )


def test_a_lower_source_is_kept_but_does_not_prevail(lake: Lake) -> None:
    add(lake, row(source="review"))
    raw = row(value=40.0, source="hj212", source_ref="chain")
    assert add(lake, raw, at=JUNE) == Added(outranked=1)
    assert lines(stored(lake)) == [(35.0, MAY, None), (40.0, JUNE, JUNE)]
    assert add(lake, raw, at=JULY) == Added(same=1)
    assert add(lake, raw | {"source_ref": "chain-2"}, at=JULY) == Added(same=1)
    assert len(stored(lake)) == 2


def test_a_higher_source_prevails_whichever_came_first(lake: Lake) -> None:
    add(lake, row(value=40.0, source="hj212", source_ref="chain"))
    assert add(lake, row(source="review"), at=JUNE) == Added(corrected=1)
    assert lines(stored(lake)) == [(40.0, MAY, JUNE), (35.0, JUNE, None)]


def test_a_higher_source_that_agrees_takes_over(lake: Lake) -> None:
    """Otherwise the lower source could correct a value that the higher one has confirmed."""
    add(lake, row(source="hj212", source_ref="chain"))
    assert add(lake, row(source="review"), at=JUNE) == Added(corrected=1)
    assert add(lake, row(value=40.0, source="hj212", source_ref="chain-2"), at=JULY) == Added(outranked=1)
    assert [(row["source"], row["value"]) for row in present(lake)] == [("review", 35.0)]


def test_an_unlisted_source_stands_where_the_star_stands(lake: Lake) -> None:
    add(lake, row(source="somebody"))
    assert add(lake, row(value=1.0, source="cnemc", source_ref="f2")) == Added(outranked=1)
    assert add(lake, row(value=2.0, source="table", source_ref="f3")) == Added(corrected=1)


# --- all of it, against the rules in plain words ---

STATEMENT = st.fixed_dictionaries(
    {
        "station": st.sampled_from(["s1", "s2"]),
        "value": st.sampled_from([1.0, 2.0, None]),
        "source": st.sampled_from(["hj212", "cnemc", "water-4h", "review"]),
        "source_ref": st.sampled_from(["f1", "f2", "f3"]),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(STATEMENT, max_size=6), min_size=1, max_size=5))
def test_the_lake_ends_as_the_rules_say(imports: list[list[dict[str, Any]]]) -> None:
    """One by one: the higher source prevails, of equals the later; all again changes nothing."""
    batches = [
        [row(**told, source_line=10 * number + line) for line, told in enumerate(batch)]
        for number, batch in enumerate(imports)
    ]
    standing: dict[str, dict[str, Any]] = {}
    for told in (told for batch in batches for told in batch):
        old = standing.get(told["station"])
        if old is None or precedence(told["source"]) >= precedence(old["source"]):
            standing[told["station"]] = told
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        counts = [add(lake, *batch, at=MAY + timedelta(days=day)) for day, batch in enumerate(batches)]
        rows = stored(lake)
        now = {row["station"]: row for row in present(lake)}
        assert {name: told["value"] for name, told in standing.items()} == {n: r["value"] for n, r in now.items()}
        assert {name: precedence(told["source"]) for name, told in standing.items()} == {
            name: precedence(row["source"]) for name, row in now.items()
        }
        assert len({tuple(row[name] for name in KEY) for row in rows}) == len(present(lake)) == len(now)
        assert sum(count.stored for count in counts) == len(rows)
        assert all(row["superseded_at"] is None or row["superseded_at"] >= row["received_at"] for row in rows)
        again = [add(lake, *batch, at=JULY) for batch in batches]
        assert again == [Added(same=len(batch)) for batch in batches]
        assert stored(lake) == rows
