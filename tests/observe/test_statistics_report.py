"""Which of several reports stands, and which say something new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bilan.observe.statistics_report import Report, standing, unseen

from .statistics_tables import moment, report


def first(*reports: Report) -> Report:
    return standing(reports)[0]


def test_the_later_of_two_stands() -> None:
    early, late = report(value=41, on="2026-01-10"), report(value=42, on="2026-03-01")
    assert first(early, late) is late
    assert first(late, early) is late


def test_later_is_by_the_day_that_it_says_and_not_by_its_arrival() -> None:
    old_but_late = report(value=41, on="2026-01-10", received_at=moment("2026-06-01"))
    new = report(value=42, on="2026-03-01", received_at=moment("2026-03-02"))
    assert first(old_but_late, new) is new


def test_without_a_day_it_is_the_day_of_arrival_in_beijing() -> None:
    said = report(value=41, on="2026-03-02")
    silent = report(value=42, received_at=moment("2026-03-01T17:00"))  # 01:00 of 2 March in Beijing
    assert silent.day == said.day
    assert first(said, silent) is silent  # on one day the one that arrived later: the other came on 1 February


def test_a_final_figure_outranks_a_later_preliminary_one() -> None:
    final = report(value=41, on="2026-03-01")
    straggler = report(value=42, on="2026-06-01", status="preliminary")
    assert first(final, straggler) is final
    revised = report(value=43, on="2026-07-01")
    assert first(final, straggler, revised) is revised


def test_in_one_file_the_later_line_stands() -> None:
    above, below = report(value=41, source_line=2), report(value=42, source_line=3)
    assert first(below, above) is below


def test_what_was_known_then() -> None:
    early = report(value=41, received_at=moment("2026-01-10"))
    late = report(value=42, received_at=moment("2026-03-01"))
    assert standing([early, late], moment("2026-02-01")) == [early]
    assert standing([early, late], moment("2026-03-01"))[0] is late  # at that very moment it was
    assert standing([early, late], moment("2025-12-31")) == []


def test_a_doubled_row_is_one() -> None:
    one, same = report(source_line=2), report(source_line=3)
    assert unseen([], [one, same], read_before=False) == [one]
    assert unseen([one], [same], read_before=False) == []


def test_printed_otherwise_it_is_the_same() -> None:
    # 12 000 t and 1.2 万吨
    one = report(value=12000, unit="t", given="12000", given_unit="t")
    same = report(value=12000, unit="t", given="1.2", given_unit="万吨", step=one.step * 1000)
    assert unseen([one], [same], read_before=False) == []


def test_any_other_word_makes_it_another_report() -> None:
    one = report()
    for change in (
        {"value": 42.4},
        {"status": "preliminary"},
        {"source": "统计年鉴"},
        {"note": "修订"},
        {"on": "2026-01-01"},
    ):
        other = report(**change)
        assert unseen([one], [other], read_before=False) == [other]


def test_an_undated_value_may_come_back_as_a_correction() -> None:
    ten, twelve = report(value=10), report(value=12, received_at=moment("2026-03-01"))
    again = report(value=10, source_ref="b", received_at=moment("2026-04-01"))
    assert unseen([ten, twelve], [again], read_before=False) == [again]
    assert first(ten, twelve, again) is again
    assert unseen([ten, twelve], [report(value=10)], read_before=True) == []  # but not from the old file


def test_a_dated_report_is_one_for_ever() -> None:
    ten, twelve = report(value=10, on="2026-01-01"), report(value=12, on="2026-02-01")
    assert unseen([ten, twelve], [report(value=10, on="2026-01-01", source_ref="b")], read_before=False) == []


def test_a_growing_list_adds_its_end() -> None:
    """The office sends its whole list each time: 10, 12; then 10, 12, 13."""
    ten, twelve, thirteen = (report(value=value) for value in (10, 12, 13))
    assert unseen([ten, twelve], [ten, twelve, thirteen], read_before=False) == [thirteen]
    assert unseen([ten, twelve], [ten, twelve], read_before=False) == []
    assert unseen([ten, twelve], [twelve, thirteen], read_before=False) == [thirteen]


def test_what_was_refused_when_the_file_was_read_before_is_taken() -> None:
    ten, twelve = report(value=10), report(value=12, source_line=3)
    assert unseen([ten], [ten, twelve], read_before=True) == [twelve]


REPORTS = st.lists(
    st.builds(
        lambda value, on, status: report(value=value, on=on, status=status),
        st.integers(1, 4),
        st.sampled_from((None, "2026-01-01", "2026-01-02")),
        st.sampled_from(("preliminary", "final")),
    ),
    max_size=8,
)


@given(REPORTS, REPORTS)
def test_nothing_is_new_twice(before: list[Report], arriving: list[Report]) -> None:
    known = unseen([], before, read_before=False)
    fresh = unseen(known, arriving, read_before=False)
    assert unseen([*known, *fresh], arriving, read_before=True) == []
    contents = {one.content for one in (*known, *fresh)}
    assert {one.content for one in arriving} <= contents  # whatever was said is known


@given(REPORTS)
def test_the_order_of_arrival_in_a_list_does_not_change_what_is_final(reports: list[Report]) -> None:
    found = standing(reports)
    assert found == standing(reports[::-1]) or len({one.rank for one in found}) < len(found)
    if any(one.status == "final" for one in reports):
        assert found[0].status == "final"
